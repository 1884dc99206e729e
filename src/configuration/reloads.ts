/** What others know of changes of config: what is in force, since which change, and what came of the last. */
import type { ChangedBy } from './config-entry.js';
import type { HeldBack } from './held-back.js';
import type { RecordedChange } from './recorded-changes.js';
import { type Refused, refusalRule } from './refusal.js';

/** How the config in force came to be. */
export interface Standing {
  /** Digest of the registry. */
  readonly registry: string;
  /** RFC 3339: since when. */
  readonly since: string;
  /** By which change, at this replica or another; absent as long as the start is on no record. */
  readonly change?: RecordedChange;
}

/** A change that was refused, and why. */
export interface Failure {
  /** RFC 3339. */
  readonly time: string;
  readonly by: ChangedBy;
  readonly faults: readonly Refused[];
}

export const reloadOutcome = { changed: 'changed', unchanged: 'unchanged', failed: 'failed' } as const;
export type ReloadOutcome = (typeof reloadOutcome)[keyof typeof reloadOutcome];

/** A change that was planned: from which config to which, by the registries' digests. */
export interface Planned {
  readonly running: string;
  readonly next: string;
}

/** Why something planned was not done: what it was planned on is no more, or the config is not kept. */
export const notDone = { moved: 'moved', notKept: 'not-kept' } as const;
export type NotDone = (typeof notDone)[keyof typeof notDone];

/** Changes go one after another, and none rejects for what is in the files. */
export interface Reloads {
  /**
   * Enters what the start has put in force into the ledger, where its last change put something else. Once that is done, nothing.
   *
   * @throws LedgerError or what the store throws: to be tried again
   */
  begin(): Promise<void>;
  /** Reads the files and puts them in force, if they can be. */
  reload(by: ChangedBy): Promise<ReloadOutcome>;
  /** The same, if they and what is in force are those of the plan. */
  apply(plan: Planned, by: ChangedBy): Promise<ReloadOutcome | NotDone>;
  /**
   * Puts the config in force again that was so before, leaving out what was rolled back from. The files stay as they are, and are held back: taken up once they
   * change, or when they are asked for, and not by a restart.
   *
   * @param running digest of the registry that is to go
   */
  rollBack(running: string, by: ChangedBy): Promise<ReloadOutcome | NotDone>;
  /**
   * Rolls back as well, where an operator has rolled back at another replica from what is in force here. To be called now and then.
   *
   * @throws what the store throws
   */
  follow(): Promise<void>;
  /** The files have changed, and wait for an operator. */
  notice(): void;
  /** Whether the files have changed since they were last read. */
  isDue(): boolean;
  standing(): Standing;
  /** Files that were rolled back from, as far as they are those that were read last. */
  heldBack(): HeldBack | undefined;
  /** The last change, if it was refused; undefined once the files are in force. */
  failure(): Failure | undefined;
  /** How often each has come out since the start. */
  counts(): Readonly<Record<ReloadOutcome, number>>;
  /** Waits for what is under way, and then takes nothing more. */
  close(): Promise<void>;
}

/** Whether a refusal may pass by itself, so that the same files are worth another try. */
export const mayPass = (failure: Failure | undefined): boolean =>
  failure?.faults.some(({ rule }) => rule === refusalRule.notRecorded) ?? false;
