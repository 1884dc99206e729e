/** Gathers the entries of one group commit: encoded, hashed, and laid out as the one statement that appends them. */
import { hash, randomFillSync } from 'node:crypto';
import { encodeEntry, saltLength, type TaggedDraft } from './entry.js';
import { LedgerError, ledgerFault } from './ledger.js';
import { type Hash, leafPrefix } from './merkle.js';
import { type PeriodKeys, periodOf } from './period-keys.js';
import type { PeriodKey } from './tag.js';

/** Most entries of a batch. */
export const batchEntries = 500;
/** Most bytes of a batch, side rows included; a single entry may be over it with its sealed reply. */
const batchBytes = 4 * 1024 * 1024;
/** Most bytes of an entry: tile bundles carry a 16-bit length. */
const entryBytes = 65_535;
const newline = 0x0a;

export interface Batch {
  /** Of every entry, milliseconds since 1970 in UTC. */
  readonly time: number;
  readonly leaves: readonly Hash[];
  /** The entries, one a line; valid until the next batch is begun. */
  readonly lines: Buffer;
  /** 16 bytes an entry. */
  readonly salts: Buffer;
  readonly tags: readonly Hash[];
  /** For each tag, of which entry of the batch it is and in which role. */
  readonly tagEntries: readonly number[];
  readonly tagRoles: readonly string[];
  /** The rarer side rows as JSON; null when there are none, as mostly. */
  readonly side: string | null;
}

export interface BatchBuilder {
  begin(time: number): void;
  /**
   * @returns false when the batch is full: the draft belongs to the next one
   * @throws {LedgerError} `too-large`
   * @throws {TypeError} when the draft cannot be encoded; the batch is as it was
   */
  add(draft: TaggedDraft): boolean;
  finish(): Batch;
}

/** One builder serves one writer, batch after batch, in one piece of memory. */
export function openBatchBuilder(keys: PeriodKeys): BatchBuilder {
  const lines = Buffer.allocUnsafeSlow(batchBytes + 2 * entryBytes);
  const salts = Buffer.alloc(batchEntries * saltLength);
  let time = 0;
  let timeText = '';
  let key: PeriodKey;
  /** Where the next line begins, and what the side rows weigh. */
  let end = 0;
  let sideBytes = 0;
  let rows = noRows();

  function begin(at: number): void {
    time = at;
    timeText = new Date(at).toISOString();
    key = keys.keyOf(periodOf(at));
    end = 0;
    sideBytes = 0;
    rows = noRows();
  }

  function add(draft: TaggedDraft): boolean {
    const number = rows.leaves.length;
    if (number === batchEntries) return false;
    const { text, subjects } = encodeEntry(draft, timeText, key, newSalt(number));
    // Room for one character more than is allowed, so that what is too long is seen to be.
    const start = end + 1;
    const length = lines.write(text, start, entryBytes + 4);
    if (length > entryBytes) throw new LedgerError(ledgerFault.tooLarge, `an entry is over ${entryBytes} bytes`);
    const side = saltLength + subjects.length * subjectBytes + sealBytes(draft);
    if (number > 0 && start + length + sideBytes + side > batchBytes) return false;

    // The byte before the line is first the leaf's prefix, then what ends the line before.
    lines[end] = leafPrefix;
    rows.leaves.push(hash('sha256', lines.subarray(end, start + length), 'hex'));
    lines[end] = newline;
    end = start + length;
    sideBytes += side;
    for (const subject of subjects) {
      rows.tags.push(subject.tag);
      rows.tagEntries.push(number);
      rows.tagRoles.push(subject.role);
    }
    if (draft.opensIntent) rows.opens.push(number);
    if (draft.closesIntent !== undefined) rows.closes.push(draft.closesIntent);
    if (draft.seal !== undefined) {
      rows.seals.push({ ...draft.seal, entry: number, reply: draft.seal.reply.toString('base64') });
    }
    return true;
  }

  /** Salts are made some at a time: one by one costs more, and most batches are far from full. */
  function newSalt(number: number): Buffer {
    const at = number * saltLength;
    if (number % saltsAtOnce === 0) randomFillSync(salts, at, Math.min(saltsAtOnce * saltLength, salts.length - at));
    return salts.subarray(at, at + saltLength);
  }

  function finish(): Batch {
    const { leaves, tags, tagEntries, tagRoles, opens, closes, seals } = rows;
    const isPlain = opens.length + closes.length + seals.length === 0;
    return {
      time,
      leaves,
      lines: lines.subarray(1, end),
      salts: salts.subarray(0, leaves.length * saltLength),
      tags,
      tagEntries,
      tagRoles,
      side: isPlain ? null : JSON.stringify({ opens, closes, seals }),
    };
  }

  return { begin, add, finish };
}

const saltsAtOnce = 32;
/** A subject's row: its tag, and what else there is to it. */
const subjectBytes = 40;
const sealBytes = ({ seal }: TaggedDraft) => (seal === undefined ? 0 : Math.ceil((seal.reply.length * 4) / 3));

const noRows = () => ({
  leaves: [] as Hash[],
  tags: [] as Hash[],
  tagEntries: [] as number[],
  tagRoles: [] as string[],
  opens: [] as number[],
  closes: [] as string[],
  seals: [] as object[],
});
