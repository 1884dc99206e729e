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
  let leaves: Hash[] = [];
  let tags: Hash[] = [];
  let tagEntries: number[] = [];
  let tagRoles: string[] = [];
  let opens: number[] = [];
  let closes: string[] = [];
  let seals: object[] = [];

  function begin(at: number): void {
    time = at;
    timeText = new Date(at).toISOString();
    key = keys.keyOf(periodOf(at));
    end = 0;
    sideBytes = 0;
    leaves = [];
    tags = [];
    tagEntries = [];
    tagRoles = [];
    opens = [];
    closes = [];
    seals = [];
    randomFillSync(salts);
  }

  function add(draft: TaggedDraft): boolean {
    const number = leaves.length;
    if (number === batchEntries) return false;
    const { text, subjects } = encodeEntry(draft, timeText, key, saltOf(number));
    // Room for one character more than is allowed, so that what is too long is seen to be.
    const start = end + 1;
    const length = lines.write(text, start, entryBytes + 4);
    if (length > entryBytes) throw new LedgerError(ledgerFault.tooLarge, `an entry is over ${entryBytes} bytes`);
    const side = saltLength + subjects.length * (32 + 8) + (draft.seal?.reply.length ?? 0);
    if (number > 0 && start + length + sideBytes + side > batchBytes) return false;

    // The byte before the line is first the leaf's prefix, then what ends the line before.
    lines[end] = leafPrefix;
    leaves.push(hash('sha256', lines.subarray(end, start + length), 'hex'));
    lines[end] = newline;
    end = start + length;
    sideBytes += side;
    for (const subject of subjects) {
      tags.push(subject.tag);
      tagEntries.push(number);
      tagRoles.push(subject.role);
    }
    if (draft.opensIntent) opens.push(number);
    if (draft.closesIntent !== undefined) closes.push(draft.closesIntent);
    if (draft.seal !== undefined) {
      seals.push({ ...draft.seal, entry: number, reply: draft.seal.reply.toString('base64') });
    }
    return true;
  }

  const saltOf = (number: number) => salts.subarray(number * saltLength, (number + 1) * saltLength);

  function finish(): Batch {
    const side = opens.length + closes.length + seals.length > 0 ? JSON.stringify({ opens, closes, seals }) : null;
    const used = leaves.length * saltLength;
    return {
      time,
      leaves,
      lines: lines.subarray(1, end),
      salts: salts.subarray(0, used),
      tags,
      tagEntries,
      tagRoles,
      side,
    };
  }

  return { begin, add, finish };
}
