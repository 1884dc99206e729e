/** The agreements in memory, compiled, so that deciding needs no I/O: read again whole, in one snapshot, whenever they may have moved. */
import type { Registry } from '../registry/registry.js';
import type { Agreement } from './agreement.js';
import { type CompiledGrants, compileGrants, type Grants, type Kept } from './grants.js';

/** Every agreement's latest version, and the agreements' version they were read under, in one snapshot. */
export interface ReadAgreements {
  readonly version: number;
  readonly agreements: readonly Agreement[];
}

export interface AgreementIndex {
  /**
   * The grants as they are now. Take them once a decision: grants and version belong together.
   *
   * @param registry one that they are kept compiled for; without it, the one in force
   */
  current(registry?: Registry): Grants;
  /** Every agreement's latest version, as it was last read. */
  agreements(): readonly Agreement[];
  /**
   * Reads the agreements again unless the version held is already `least` or later. Callers share a read, but never
   * one that began before they called and turns out too old.
   *
   * @param least without it, a read that begins after the call is waited for
   * @returns the grants now; they may still be older than `least`, when there is no such version
   * @throws what the read throws: the store does not answer
   */
  refresh(least?: number): Promise<Grants>;
  /** Compiles every grant for another registry as well, and keeps them up until it is forgotten. */
  compile(registry: Registry): void;
  /** From now on the registry is the one in force. Grants for the one before are kept until it is forgotten. */
  adopt(registry: Registry): void;
  /** Nobody decides by the registry any more. */
  forget(registry: Registry): void;
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
  /** For the registry in force, the one that is about to be, and those that exchanges under way began with. */
  const compiled = new Map([[registry, compileGrants(held.version, held.agreements, registry, secret)]]);

  let reading: Promise<void> | undefined;

  /** @param kept grants for the same registry, or for the one in force */
  function compileFor(next: Registry, kept: Kept): void {
    compiled.set(next, compileGrants(held.version, held.agreements, next, secret, kept));
  }

  function grantsFor(asked: Registry): CompiledGrants {
    const grants = compiled.get(asked);
    if (grants === undefined) throw new Error('no grants are kept for this registry');
    return grants;
  }

  async function readAgain(): Promise<void> {
    // Two reads never run at once, so an older version can only be a store that was set back.
    held = await read();
    for (const [each, grants] of compiled) compileFor(each, { registry: each, grants });
  }

  /** The read that runs, or a new one. */
  function shared(): Promise<void> {
    reading ??= readAgain().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  function compile(next: Registry): void {
    if (!compiled.has(next)) compileFor(next, { registry: inForce, grants: grantsFor(inForce) });
  }

  return {
    current: (asked = inForce) => grantsFor(asked),
    agreements: () => held.agreements,
    async refresh(least = Number.POSITIVE_INFINITY) {
      if (grantsFor(inForce).version >= least) return grantsFor(inForce);
      // What runs now may have begun before the change that the caller has heard of.
      if (reading !== undefined) await reading.catch(() => undefined);
      if (grantsFor(inForce).version < least) await shared();
      return grantsFor(inForce);
    },
    compile,
    adopt(next) {
      compile(next);
      inForce = next;
    },
    forget(gone) {
      if (gone !== inForce) compiled.delete(gone);
    },
  };
}
