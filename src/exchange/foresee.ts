/** What can be said of a composite's parts before any of them is asked: whether the caller has an agreement for each, whatever the question will be. */
import type { Grant } from '../agreements/grant.js';
import type { Grants } from '../agreements/grants.js';
import { type Exit, isExit, type PartExit } from '../problem.js';
import type { ServicePart } from '../registry/registry.js';
import { type Considered, consider, decide } from './decide.js';
import type { Gateway } from './gateway.js';
import type { Prepared } from './prepare.js';
import type { Trail } from './trail.js';

/** One part, as it would be decided if its constraints hold. */
export interface Foreseen extends ServicePart {
  /** Why it would be refused. */
  readonly exit: Exit | undefined;
  readonly grant: Grant | undefined;
  readonly considered: readonly Considered[];
  /** Of a part that is a composite itself. */
  readonly parts: readonly Foreseen[];
}

/** @param service the composite's id */
export function foresee(service: string, trail: Trail, agreements: Grants): readonly Foreseen[] {
  const { client, now, registry } = trail;
  const parts = registry.services.get(service)?.parts ?? [];
  if (client === undefined) return [];
  const purpose = trail.purpose ?? trail.tokenPurpose;
  return parts.map(part => {
    const question = { client, purpose, tokenPurpose: undefined, request: {}, now, registry };
    const grants = agreements.of(client.department, part.service).map(withoutConstraints);
    const found = decide(question, grants);
    return {
      ...part,
      exit: isExit(found) ? found : undefined,
      grant: isExit(found) ? undefined : found,
      considered: consider(question, grants),
      parts: foresee(part.service, trail, agreements),
    };
  });
}

/** What constraints hold of is made of earlier replies, and not there yet. */
const withoutConstraints = (grant: Grant): Grant => ({ ...grant, constraints: [] });

/**
 * Refuses a composite that cannot do without a part for which the caller has no agreement: no department is asked for what
 * could not be used, and no intent is written for it.
 */
export function refuseInVain({ service }: Prepared, gateway: Gateway, trail: Trail): Exit | undefined {
  if (service.parts === undefined) return undefined;
  return refusedBy(foresee(service.id, trail, gateway.agreements.current(trail.registry)));
}

/** What the parts that the whole cannot do without make of it. */
export function refusedBy(foreseen: readonly Foreseen[]): Exit | undefined {
  const parts = foreseen.flatMap(({ step, service, isNeeded, exit: own, parts }): PartExit[] => {
    const exit = isNeeded ? (own ?? refusedBy(parts)) : undefined;
    return exit === undefined ? [] : [{ step, service, exit, record: undefined }];
  });
  return parts.length === 0 ? undefined : { code: 'STILE_PART_REFUSED', parts };
}
