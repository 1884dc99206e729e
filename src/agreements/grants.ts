/** All grants there are at one version of the agreements, by consumer and service. */
import type { Registry } from '../registry/registry.js';
import { type Agreement, agreementState } from './agreement.js';
import { compileGrant, type Grant } from './grant.js';
import { movedPins, pinsOf } from './pin.js';

export interface Grants {
  /** The agreements' version these grants were compiled from; the append of a record compares it. */
  readonly version: number;
  /** In the order of the agreements' ids; empty when there is none. */
  of(consumer: string, service: string): readonly Grant[];
}

export interface CompiledGrants extends Grants {
  readonly byAgreement: ReadonlyMap<string, Grant>;
}

/** Grants compiled earlier, and the registry they were compiled against. */
export interface Kept {
  readonly registry: Registry;
  readonly grants: CompiledGrants;
}

/**
 * Compiles agreements against a registry. Ended ones grant nothing, and nobody is told of them.
 *
 * @param kept those of agreements that have not changed, on services that have not either, are taken over
 */
export function compileGrants(
  version: number,
  agreements: readonly Agreement[],
  registry: Registry,
  secret: Buffer,
  kept?: Kept,
): CompiledGrants {
  const byAgreement = new Map<string, Grant>();
  const byConsumer = new Map<string, Map<string, Grant[]>>();
  for (const agreement of agreements.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    if (agreement.state === agreementState.ended) continue;
    const known = kept && knownGrant(agreement, kept, registry);
    const grant = known ?? compileGrant(agreement, registry, secret);
    if (grant === null) continue;
    byAgreement.set(agreement.id, grant);
    const byService = byConsumer.get(agreement.consumer) ?? new Map<string, Grant[]>();
    byConsumer.set(agreement.consumer, byService);
    byService.set(agreement.service, [...(byService.get(agreement.service) ?? []), grant]);
  }
  return { version, byAgreement, of: (consumer, service) => byConsumer.get(consumer)?.get(service) ?? none };
}

/** The grant compiled earlier, if it would be compiled just so again: it depends on what the agreement pins, and on the consumer's division. */
function knownGrant(agreement: Agreement, kept: Kept, registry: Registry): Grant | undefined {
  const known = kept.grants.byAgreement.get(agreement.id);
  if (known?.agreement.version !== agreement.version) return undefined;
  if (kept.registry === registry) return known;
  const [before, now] = [kept.registry, registry].map(({ services, departments }) => ({
    service: services.get(agreement.service),
    division: departments.get(agreement.consumer)?.division,
  }));
  if (before?.service === undefined || now?.service === undefined || before.division !== now.division) return undefined;
  return movedPins(pinsOf(before.service), now.service).length === 0 ? known : undefined;
}

const none: readonly Grant[] = Object.freeze([]);
