/** The agreements in memory, so that deciding needs no I/O: what has changed is read, in one snapshot, whenever they may have moved. */
import type { Registry } from '../registry/registry.js';
import type { Agreement } from './agreement.js';
import { type Grants, grantCompiler, grantsOf } from './grants.js';
import { agreementsWhere, type HeldAgreements, type Sought, withAll, withChanged } from './held-agreements.js';

/** Agreements' latest versions, and the agreements' version they were read under, in one snapshot. */
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
  /** Whether there is none, ended ones included. */
  isEmpty(): boolean;
  /** The agreements that are sought, in their latest versions as they were last read. */
  where(sought: Sought): Promise<readonly Agreement[]>;
  /**
   * Reads the agreements again unless the version held is already `least` or later. Callers share a read, but never
   * one that began before they called and turns out too old.
   *
   * @param least without it, a read of all of them that begins after the call is waited for
   * @returns the grants now; they may still be older than `least`, when there is no such version
   * @throws what the read throws: the store does not answer
   */
  refresh(least?: number): Promise<Grants>;
  /** Keeps the grants for another registry up as well, until it is forgotten. */
  compile(registry: Registry): void;
  /** From now on the registry is the one in force. Grants for the one before are kept until it is forgotten. */
  adopt(registry: Registry): void;
  /** Nobody decides by the registry any more. */
  forget(registry: Registry): void;
}

export interface AgreementIndexOptions {
  /** @param since a version of the agreements: those that have changed after it will do; without it, all of them */
  readonly read: (since?: number) => Promise<ReadAgreements>;
  readonly registry: Registry;
  /** From which the keys of `hash` masks are made, 32 bytes. */
  readonly secret: Buffer;
}

/** What was read, and the version that it was read under. */
interface Taken {
  readonly version: number;
  readonly held: HeldAgreements;
}

/** Opens the index and resolves once the agreements have been read. */
export async function openAgreementIndex({ read, registry, secret }: AgreementIndexOptions): Promise<AgreementIndex> {
  const compile = grantCompiler(secret);
  let inForce = registry;
  let now = await takenAll(nothing, await read());
  /** For the registry in force, the one that is about to be, and those that exchanges under way began with. */
  const grants = new Map<Registry, Grants>();
  keepFor(registry);

  let reading: Promise<void> | undefined;
  let isAllDue = false;

  function keepFor(each: Registry): void {
    grants.set(each, grantsOf(now.version, now.held, each, compile));
  }

  function grantsFor(asked: Registry): Grants {
    const found = grants.get(asked);
    if (found === undefined) throw new Error('no grants are kept for this registry');
    return found;
  }

  /** Two reads never run at once, so an older version can only be a store that was set back. */
  async function readAgain(): Promise<void> {
    const all = isAllDue;
    isAllDue = false;
    const found = await read(all ? undefined : now.version);
    const isSetBack = !all && found.version < now.version;
    if (all) now = await takenAll(now.held, found);
    else if (isSetBack) now = await takenAll(now.held, await read());
    else now = { version: found.version, held: await withChanged(now.held, found.agreements) };
    for (const each of grants.keys()) keepFor(each);
  }

  /** The read that runs, or a new one. */
  function shared(): Promise<void> {
    reading ??= readAgain().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  function keep(next: Registry): void {
    if (!grants.has(next)) keepFor(next);
  }

  return {
    current: (asked = inForce) => grantsFor(asked),
    isEmpty: () => now.held.size === 0,
    where: sought => agreementsWhere(now.held, sought),
    async refresh(least = Number.POSITIVE_INFINITY) {
      if (grantsFor(inForce).version >= least) return grantsFor(inForce);
      // What runs now may have begun before the change that the caller has heard of.
      if (reading !== undefined) await reading.catch(() => undefined);
      if (grantsFor(inForce).version < least) {
        isAllDue ||= least === Number.POSITIVE_INFINITY;
        await shared();
      }
      return grantsFor(inForce);
    },
    compile: keep,
    adopt(next) {
      keep(next);
      inForce = next;
    },
    forget(gone) {
      if (gone !== inForce) grants.delete(gone);
    },
  };
}

const nothing: HeldAgreements = new Map();

const takenAll = async (before: HeldAgreements, { version, agreements }: ReadAgreements): Promise<Taken> => ({
  version,
  held: await withAll(before, agreements),
});
