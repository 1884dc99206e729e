/** All grants there are at one version of the agreements, by consumer and service: each compiled when an exchange first needs it. */
import type { Registry, Service } from '../registry/registry.js';
import type { Agreement } from './agreement.js';
import { compileGrant, type Grant } from './grant.js';
import { type HeldAgreements, liveAgreements } from './held-agreements.js';
import { movedPins, pinsOf } from './pin.js';

export interface Grants {
  /** The agreements' version these grants were compiled from; the append of a record compares it. */
  readonly version: number;
  /** In the order of the agreements' ids; empty when there is none. */
  of(consumer: string, service: string): readonly Grant[];
}

export type GrantCompiler = (agreement: Agreement, registry: Registry) => Grant | null;

/**
 * Compiles grants, and gives them again as long as they would be compiled just so.
 *
 * @param secret from which the keys of `hash` masks are made
 */
export function grantCompiler(secret: Buffer): GrantCompiler {
  const known = new WeakMap<
    Agreement,
    { readonly grant: Grant; readonly service: Service; readonly division: string }
  >();
  return (agreement, registry) => {
    const service = registry.services.get(agreement.service);
    const division = registry.departments.get(agreement.consumer)?.division;
    if (service === undefined || division === undefined) return null;
    const before = known.get(agreement);
    // It rests on what the agreement pins, and on the consumer's division.
    if (before?.division === division && isSame(before.service, service)) return before.grant;
    const grant = compileGrant(agreement, registry, secret);
    if (grant !== null) known.set(agreement, { grant, service, division });
    return grant;
  };
}

const isSame = (before: Service, now: Service): boolean =>
  before === now || movedPins(pinsOf(before), now).length === 0;

/** The grants that agreements come to under a registry. */
export function grantsOf(version: number, held: HeldAgreements, registry: Registry, compile: GrantCompiler): Grants {
  const compiled = new WeakMap<readonly Agreement[], readonly Grant[]>();
  return {
    version,
    of(consumer, service) {
      const agreements = liveAgreements(held, consumer, service);
      if (agreements.length === 0) return none;
      const known = compiled.get(agreements);
      if (known !== undefined) return known;
      const grants = agreements.flatMap(agreement => compile(agreement, registry) ?? []);
      compiled.set(agreements, grants);
      return grants;
    },
  };
}

const none: readonly Grant[] = Object.freeze([]);
