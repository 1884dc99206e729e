/** What a changed config comes to for services made of others: by their parts, and by what their consumers may ask of those. */
import { type Agreement, agreementState } from '../agreements/agreement.js';
import type { ServiceBroken } from '../registry/contract-change/judge-contracts.js';
import type { Registry, Service } from '../registry/registry.js';
import { standingOf } from './agreement-standing.js';
import type { Why } from './consequence.js';

/** The ids of all that a service is made of, parts of parts included. */
export function partsWithin(id: string, registry: Registry, found = new Set<string>()): ReadonlySet<string> {
  for (const { service } of registry.services.get(id)?.parts ?? []) {
    if (found.has(service)) continue;
    found.add(service);
    partsWithin(service, registry, found);
  }
  return found;
}

const partWhy = (of: string): Why => ({ reason: 'part', of });

/** The parts whose contracts break somebody, and those that otherwise answer otherwise. */
export function partsMoved(
  id: string,
  running: Registry,
  next: Registry,
  broken: readonly ServiceBroken[],
): { readonly breaks: readonly Why[]; readonly changes: readonly Why[] } {
  const parts = [...partsWithin(id, next)];
  const isBroken = (part: string): boolean => broken.some(({ service }) => service === part);
  const changed = parts.filter(part => {
    const [old, now] = [running.services.get(part), next.services.get(part)];
    return !isBroken(part) && old !== undefined && now !== undefined && answersOtherwise(old, now);
  });
  return { breaks: parts.filter(isBroken).map(partWhy), changes: changed.map(partWhy) };
}

const answersOtherwise = (old: Service, now: Service): boolean =>
  old.contract.digest !== now.contract.digest || old.mapping !== now.mapping || old.sharing !== now.sharing;

/** What the consumer of a composite service loses or gains of its parts, though nothing of the composite's own agreement moves. */
export interface PartsHeld {
  readonly breaks: readonly Why[];
  readonly loses: readonly Why[];
  readonly gains: readonly Why[];
}

/** Of a service that is made of no other. */
export const noParts: PartsHeld = { breaks: [], loses: [], gains: [] };

/**
 * @param live the agreements that an exchange may still be made under
 * @returns for an agreement, what becomes of the parts of its service
 */
export function partsHeld(
  live: readonly Agreement[],
  running: Registry,
  next: Registry,
  broken: readonly ServiceBroken[],
): (agreement: Agreement) => PartsHeld {
  let byHolder: ReadonlyMap<string, readonly Agreement[]> | undefined;
  return ({ consumer, service, purposes }) => {
    if (next.services.get(service)?.parts === undefined) return noParts;
    byHolder ??= holders(live);
    const held = byHolder;
    const parts = [...partsWithin(service, next)].map(part => ({
      part,
      agreements: held.get(`${consumer} ${part}`) ?? [],
    }));
    const has = (agreements: readonly Agreement[], purpose: string, registry: Registry): boolean =>
      agreements.some(each => {
        const { state, purposes } = standingOf(each, registry);
        return state === agreementState.active && purposes.includes(purpose);
      });
    const known = purposes.filter(id => running.purposes.has(id) && next.purposes.has(id));
    const moved = (from: Registry, to: Registry): Why[] =>
      parts
        .filter(({ agreements }) => known.some(id => has(agreements, id, from) && !has(agreements, id, to)))
        .map(({ part }) => partWhy(part));
    const breaks = parts.filter(({ part, agreements }) =>
      broken.some(each => each.service === part && agreements.some(({ id }) => each.agreements.includes(id))),
    );
    return {
      breaks: breaks.map(({ part }) => partWhy(part)),
      loses: moved(running, next),
      gains: moved(next, running),
    };
  };
}

/** The agreements of each consumer for each service. */
function holders(live: readonly Agreement[]): ReadonlyMap<string, readonly Agreement[]> {
  const found = new Map<string, Agreement[]>();
  for (const agreement of live) {
    const holder = `${agreement.consumer} ${agreement.service}`;
    const known = found.get(holder);
    if (known === undefined) found.set(holder, [agreement]);
    else known.push(agreement);
  }
  return found;
}
