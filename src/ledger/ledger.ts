/** What the rest of the gateway knows of the ledger: append an entry, or learn by name why it could not be. */

/** An entry before the ledger gives it its time; `v` and `time` are the ledger's, everything else is the writer's. */
export interface EntryBody {
  readonly kind: EntryKind | RollKind;
  /** 128 random bits, base64url, so that a hash confirms no guess. */
  readonly id: string;
  readonly [member: string]: unknown;
}

export const entryKind = {
  exchange: 'exchange',
  explain: 'explain',
  intent: 'intent',
  refusals: 'refusals',
  search: 'search',
  token: 'token',
  agreement: 'agreement',
  reconciliation: 'reconciliation',
  retention: 'retention',
  erasure: 'erasure',
  config: 'config',
} as const;
export type EntryKind = (typeof entryKind)[keyof typeof entryKind];

/** Of the roll's entries, which are about the ledger itself: no search is for them. */
export const rollKind = { checkpoint: 'checkpoint', key: 'key', shard: 'shard' } as const;
export type RollKind = (typeof rollKind)[keyof typeof rollKind];

/** What became of a shard. */
export const shardAction = { added: 'added', retired: 'retired' } as const;

/** What was done with a whole month of the ledger. */
export const retentionAction = { archived: 'archived', dropped: 'dropped', held: 'held', freed: 'freed' } as const;
export type RetentionAction = (typeof retentionAction)[keyof typeof retentionAction];

/** What was erased for good: a period's key, or what staff wrote beside an entry. */
export const erasureAction = { period: 'period', text: 'text' } as const;
export type ErasureAction = (typeof erasureAction)[keyof typeof erasureAction];

/** Why a text was erased: words that can be counted, as a text of one's own would be one more to erase. */
export const erasureReason = {
  /** A person it tells about asked for it. */
  request: 'request',
  /** A court or an authority ordered it. */
  order: 'order',
  /** It should never have been written. */
  mistake: 'mistake',
} as const;
export type ErasureReason = (typeof erasureReason)[keyof typeof erasureReason];

/** What became of an exchange. */
export const outcome = { released: 'released', refused: 'refused', failed: 'failed', unknown: 'unknown' } as const;
export type Outcome = (typeof outcome)[keyof typeof outcome];

/** Whom an entry is about. The identifier itself is never stored: only its tag under the period's key. */
export interface Subject {
  readonly kind: string;
  readonly identifier: string;
  readonly role: 'asked' | 'related';
}

/**
 * Most persons and enterprises that one entry may be about: their side rows are some 2 MB, half of what a group commit may
 * hold, and take the store about a third of a second.
 */
export const entrySubjects = 50_000;

export interface Draft {
  readonly entry: EntryBody;
  /** The agreements' version the entry was decided under; absent when it depends on none. */
  readonly agreements?: number;
  readonly subjects?: readonly Subject[];
  /** Bytes to be digested under the period's key, such as `request` and `reply`; only the digests are stored. */
  readonly digests?: Readonly<Record<string, string | Buffer>>;
  /** What staff wrote, to stand beside the entry until it is erased; only a salted digest of it is in the entry. */
  readonly text?: string;
  /** This entry erases the text beside the one that its `record` names. */
  readonly erases?: boolean;
  /** This entry opens the intent that carries its own id. */
  readonly opensIntent?: boolean;
  /** Id of the intent entry this one closes. */
  readonly closesIntent?: string;
  /** The sealed reply to keep with this entry, for repeats. */
  readonly seal?: { readonly client: string; readonly service: string; readonly key: string; readonly reply: Buffer };
}

/** The roll: one more log, whose entries are the checkpoints of the shards, which have the numbers from 0. */
export const rollShard = -1;

export interface Position {
  readonly shard: number;
  readonly index: number;
}

export const ledgerFault = {
  /** The agreements' version has moved: decide again. */
  moved: 'moved',
  /** The queue is full. */
  full: 'full',
  /** It was not durable in time; it may still become so. */
  deadline: 'deadline',
  /** No shard is leased, or the store does not answer. */
  unavailable: 'unavailable',
  /** The entry is over 65,535 bytes, or about more than {@link entrySubjects}. */
  tooLarge: 'too-large',
  /** This machine's clock is more than 2 s off the database's. */
  clock: 'clock',
  /** The gateway is draining. */
  closed: 'closed',
} as const;
export type LedgerFault = (typeof ledgerFault)[keyof typeof ledgerFault];

export class LedgerError extends Error {
  readonly fault: LedgerFault;
  constructor(fault: LedgerFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'LedgerError';
    this.fault = fault;
  }
}

export interface Ledger {
  /**
   * Resolves with the entry's position once it is durable and hashed into the tree,
   * or rejects with a {@link LedgerError}, and then nothing may be released.
   */
  append(draft: Draft): Promise<Position>;
  /**
   * Appends an entry and changes the agreements in one transaction, moving the agreements' version on every head.
   *
   * @param change runs inside the transaction, before the entry; what it returns is handed back with the position. It
   * may run more than once, in a new transaction each time.
   * @param further entries that follow the first at once, such as one for each agreement of an import
   */
  appendWithChange<T>(
    draft: Draft,
    change: (query: Query) => Promise<T>,
    further?: readonly Draft[],
  ): Promise<{ readonly position: Position; readonly version: number; readonly result: T }>;
  /** Null when an append would be tried now; otherwise why it would not. */
  fault(): LedgerFault | null;
  close(): Promise<void>;
}

/** The one thing a change needs of a connection. */
export type Query = (
  text: string,
  values: readonly unknown[],
) => Promise<{ readonly rows: readonly Record<string, unknown>[] }>;

/** `shard/index`, as in the header `Stile-Record`. */
export const positionText = (position: Position): string => `${position.shard}/${position.index}`;
