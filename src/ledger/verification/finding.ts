/** What a verification can find wrong: the closed set of faults, and where in the ledger each was met. */
import { rollShard } from '../ledger.js';

export const ledgerWrong = {
  /** A position has no row, and a later one, the head or a checkpoint says that it was given. */
  missing: 'missing',
  /** A position has more than one row. */
  twice: 'twice',
  /** A row is beyond the end that the head of its shard tells. */
  beyond: 'beyond',
  /** An entry is not the one that its leaf, or the tile that holds it, was made of. */
  entry: 'entry',
  /** An entry's time is before its predecessor's, or not that of its row. */
  time: 'time',
  /** A search column is not what the entry says. */
  columns: 'columns',
  /** The side rows are not those that the entry's digest was made over. */
  subjects: 'subjects',
  /** What was written beside an entry is not what its digest was made over, or is gone and no entry erased it, or is back. */
  text: 'text',
  /** A tile is missing, or not what the entries make it. */
  tile: 'tile',
  /** A head row is missing, or not what the entries make it. */
  head: 'head',
  /** The table of months does not say where a month begins. */
  months: 'months',
  /** An intent is open that should be closed, or the other way round. */
  intent: 'intent',
  /** A part of a composite names no intent of the same question, or a composite a record that is no part of it. */
  parts: 'parts',
  /** The entries are not those that were signed. */
  root: 'root',
  /** A checkpoint is malformed, of another log or size than it should be, or smaller than the one before it. */
  checkpoint: 'checkpoint',
  /** No key that was known by then signed it, or a signature is not good. */
  signature: 'signature',
  /** A change of keys is not signed by all its keys and by one that was known before. */
  key: 'key',
  /** Entries are in no signed checkpoint, and have not been for longer than it takes. */
  unsigned: 'unsigned',
  /** The ledger does not extend a checkpoint that was kept from before. */
  kept: 'kept',
  /** A shard is not in the set that the roll tells of, or has more than when it was retired. */
  shard: 'shard',
  /** The archive of a dropped month is not there, does not verify, or is not of what was dropped. */
  archive: 'archive',
  /** Fewer of the witnesses that are trusted cosigned the roll than must have. */
  witnesses: 'witnesses',
} as const;
export type LedgerWrong = (typeof ledgerWrong)[keyof typeof ledgerWrong];

export interface Finding {
  readonly wrong: LedgerWrong;
  /** The first position it holds of, as `positionName` writes it, or the log that it is about. */
  readonly at: string;
  /** The last position it may hold of, where it cannot be told which. */
  readonly until?: string;
  /** A column, a size, a note's origin: technical, and never a value of an entry. */
  readonly detail?: string;
}

/** `shard/index`, and `roll/index` of the roll. */
export const positionName = (shard: number, index: number): string => `${logName(shard)}/${index}`;

export const logName = (shard: number): string => (shard === rollShard ? 'roll' : String(shard));

/** Most findings that are kept; of more only the number is. */
const mostFindings = 100;

export interface Findings {
  readonly list: readonly Finding[];
  readonly count: number;
  add(wrong: LedgerWrong, at: string, more?: Omit<Finding, 'wrong' | 'at'>): void;
}

/** @param earlier what a verification that is resumed had found */
export function collectFindings(earlier: readonly Finding[] = []): Findings {
  const list = [...earlier];
  let count = list.length;
  return {
    list,
    get count() {
      return count;
    },
    add(wrong, at, more = {}) {
      count += 1;
      if (list.length < mostFindings) list.push({ wrong, at, ...more });
    },
  };
}
