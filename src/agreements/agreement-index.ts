/** The agreements in memory, compiled, so that deciding needs no I/O: read again whole, in one snapshot, whenever they may have moved. */
import type { Registry } from '../registry/registry.js';
import type { Agreement } from './agreement.js';
import { type CompiledGrants, compileGrants, type Grants } from './grants.js';

/** Every agreement's latest version, and the agreements' version they were read under, in one snapshot. */
export interface ReadAgreements {
  readonly version: number;
  readonly agreements: readonly Agreement[];
}

export interface AgreementIndex {
  /** The grants as they are now. Take them once a decision: grants and version belong together. */
  current(): Grants;
  /**
   * Reads the agreements again unless the version held is already `least` or later. Callers share a read, but never
   * one that began before they called and turns out too old.
   *
   * @param least without it, a read that begins after the call is waited for
   * @returns the grants now; they may still be older than `least`, when there is no such version
   * @throws what the read throws: the store does not answer
   */
  refresh(least?: number): Promise<Grants>;
  /** Compiles every grant again, against another registry. */
  adopt(registry: Registry): void;
}

export interface AgreementIndexOptions {
  readonly read: () => Promise<ReadAgreements>;
  readonly registry: Registry;
  /** From which the keys of `hash` masks are made, 32 bytes. */
  readonly secret: Buffer;
}

/** Opens the index and resolves once the agreements have been read. */
export async function openAgreementIndex({ read, registry, secret }: AgreementIndexOptions): Promise<AgreementIndex> {
  let inForce = registry;
  let held = await read();
  let grants: CompiledGrants = compileGrants(held.version, held.agreements, inForce, secret);
  let reading: Promise<void> | undefined;

  async function readAgain(): Promise<void> {
    const found = await read();
    // Two reads never run at once, so an older version can only be a store that was set back.
    held = found;
    grants = compileGrants(found.version, found.agreements, inForce, secret, grants.byAgreement);
  }

  /** The read that runs, or a new one. */
  function shared(): Promise<void> {
    reading ??= readAgain().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  return {
    current: () => grants,
    async refresh(least = Number.POSITIVE_INFINITY) {
      if (grants.version >= least) return grants;
      // What runs now may have begun before the change that the caller has heard of.
      if (reading !== undefined) await reading.catch(() => undefined);
      if (grants.version < least) await shared();
      return grants;
    },
    adopt(next) {
      inForce = next;
      grants = compileGrants(held.version, held.agreements, next, secret);
    },
  };
}
