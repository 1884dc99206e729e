/** All grants there are at one version of the agreements, by consumer and service. */
import type { Registry } from '../registry/registry.js';
import { type Agreement, agreementState } from './agreement.js';
import { compileGrant, type Grant } from './grant.js';

export interface Grants {
  /** The agreements' version these grants were compiled from; the append of a record compares it. */
  readonly version: number;
  /** In the order of the agreements' ids; empty when there is none. */
  of(consumer: string, service: string): readonly Grant[];
}

export interface CompiledGrants extends Grants {
  readonly byAgreement: ReadonlyMap<string, Grant>;
}

/**
 * Compiles agreements against a registry. Ended ones grant nothing, and nobody is told of them.
 *
 * @param kept grants compiled earlier from the same registry: those of agreements that have not changed are taken over
 */
export function compileGrants(
  version: number,
  agreements: readonly Agreement[],
  registry: Registry,
  secret: Buffer,
  kept?: ReadonlyMap<string, Grant>,
): CompiledGrants {
  const byAgreement = new Map<string, Grant>();
  const byConsumer = new Map<string, Map<string, Grant[]>>();
  for (const agreement of agreements.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    if (agreement.state === agreementState.ended) continue;
    const known = kept?.get(agreement.id);
    const grant = known?.agreement.version === agreement.version ? known : compileGrant(agreement, registry, secret);
    if (grant === null) continue;
    byAgreement.set(agreement.id, grant);
    const byService = byConsumer.get(agreement.consumer) ?? new Map<string, Grant[]>();
    byConsumer.set(agreement.consumer, byService);
    byService.set(agreement.service, [...(byService.get(agreement.service) ?? []), grant]);
  }
  return { version, byAgreement, of: (consumer, service) => byConsumer.get(consumer)?.get(service) ?? none };
}

const none: readonly Grant[] = Object.freeze([]);
