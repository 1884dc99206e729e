/** Gathers the entries of one group commit: encoded, hashed, and laid out as the one statement that appends them. */
import { hash, randomFillSync } from 'node:crypto';
import { type Columns, columnsOf, type Facet } from './columns.js';
import { encodeEntry, saltLength, type TaggedDraft } from './entry.js';
import { entrySubjects, LedgerError, ledgerFault } from './ledger.js';
import { type Hash, leafPrefix } from './merkle.js';
import { type PeriodKeys, periodOf } from './period-keys.js';
import type { PeriodKey } from './tag.js';

/** Most entries of a batch. */
export const batchEntries = 500;
/** Most bytes of a batch, side rows included; a single entry may be over it with its sealed reply. */
const batchBytes = 4 * 1024 * 1024;
/** Most bytes of an entry: tile bundles carry a 16-bit length. */
const entryBytes = 65_535;

export interface Batch {
  /** Of every entry, milliseconds since 1970 in UTC. */
  readonly time: number;
  readonly leaves: readonly Hash[];
  /** The entries, and where in them each starts (from 1) and how many bytes it has; valid until the next batch is begun. */
  readonly entries: Buffer;
  readonly starts: readonly number[];
  readonly lengths: readonly number[];
  /** 16 bytes an entry. */
  readonly salts: Buffer;
  /** Each combination of shared search columns once, and for each entry which is its own, from 1. */
  readonly facets: readonly Facet[];
  readonly entryFacets: readonly number[];
  readonly ids: readonly string[];
  readonly cases: readonly (string | undefined)[];
  readonly operators: readonly (string | undefined)[];
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
  const entries = Buffer.allocUnsafeSlow(batchBytes + 2 * entryBytes);
  const salts = Buffer.alloc(batchEntries * saltLength);
  let time = 0;
  let timeText = '';
  let key: PeriodKey;
  /** Where the next entry's prefix stands, and what the side rows weigh. */
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
    const { text, subjects, beside } = encodeEntry(draft, timeText, key, newSalt(number));
    if (subjects.length > entrySubjects) {
      throw new LedgerError(ledgerFault.tooLarge, `an entry is about more than ${entrySubjects}`);
    }
    // Room for one character more than is allowed, so that what is too long is seen to be.
    const start = end + 1;
    const length = entries.write(text, start, entryBytes + 4);
    if (length > entryBytes) throw new LedgerError(ledgerFault.tooLarge, `an entry is over ${entryBytes} bytes`);
    const side = saltLength + subjects.length * subjectBytes + sealBytes(draft) + textBytes(draft);
    if (number > 0 && start + length + sideBytes + side > batchBytes) return false;

    entries[end] = leafPrefix;
    rows.leaves.push(hash('sha256', entries.subarray(end, start + length), 'hex'));
    rows.starts.push(start + 1);
    rows.lengths.push(length);
    addColumns(columnsOf(draft.entry));
    end = start + length;
    sideBytes += side;
    for (const subject of subjects) {
      rows.tags.push(subject.tag);
      rows.tagEntries.push(number);
      rows.tagRoles.push(subject.role);
    }
    if (beside !== undefined) rows.texts.push({ ...beside, entry: number, salt: beside.salt.toString('base64') });
    if (draft.erases) rows.erases.push(number);
    if (draft.opensIntent) rows.opens.push(number);
    if (draft.closesIntent !== undefined) rows.closes.push(draft.closesIntent);
    if (draft.seal !== undefined) {
      rows.seals.push({ ...draft.seal, entry: number, reply: draft.seal.reply.toString('base64') });
    }
    return true;
  }

  function addColumns(columns: Columns): void {
    const { kind, outcome, code, actor, consumer, provider, service, purpose } = columns;
    const key = `${kind}\n${outcome}\n${code}\n${actor}\n${consumer}\n${provider}\n${service}\n${purpose}`;
    let facet = rows.facetNumbers.get(key);
    if (facet === undefined) {
      facet = rows.facets.push({ kind, outcome, code, actor, consumer, provider, service, purpose });
      rows.facetNumbers.set(key, facet);
    }
    rows.entryFacets.push(facet);
    rows.ids.push(columns.id);
    rows.cases.push(columns.case);
    rows.operators.push(columns.operator);
  }

  /** Salts are made some at a time: one by one costs more, and most batches are far from full. */
  function newSalt(number: number): Buffer {
    const at = number * saltLength;
    if (number % saltsAtOnce === 0) randomFillSync(salts, at, Math.min(saltsAtOnce * saltLength, salts.length - at));
    return salts.subarray(at, at + saltLength);
  }

  function finish(): Batch {
    const { opens, closes, seals, texts, erases, facetNumbers: _, ...plain } = rows;
    const isPlain = opens.length + closes.length + seals.length + texts.length + erases.length === 0;
    return {
      ...plain,
      time,
      entries: entries.subarray(0, end),
      salts: salts.subarray(0, plain.leaves.length * saltLength),
      side: isPlain ? null : JSON.stringify({ opens, closes, seals, texts, erases }),
    };
  }

  return { begin, add, finish };
}

const saltsAtOnce = 32;
/** A subject's row: its tag, and what else there is to it. */
const subjectBytes = 40;
const sealBytes = ({ seal }: TaggedDraft) => (seal === undefined ? 0 : Math.ceil((seal.reply.length * 4) / 3));
/** As JSON, whose escapes may be twice as long as what they stand for. */
const textBytes = ({ text = '' }: TaggedDraft) => 6 * text.length;

const noRows = () => ({
  leaves: [] as Hash[],
  starts: [] as number[],
  lengths: [] as number[],
  facets: [] as Facet[],
  facetNumbers: new Map<string, number>(),
  entryFacets: [] as number[],
  ids: [] as string[],
  cases: [] as (string | undefined)[],
  operators: [] as (string | undefined)[],
  tags: [] as Hash[],
  tagEntries: [] as number[],
  tagRoles: [] as string[],
  opens: [] as number[],
  closes: [] as string[],
  seals: [] as object[],
  texts: [] as object[],
  erases: [] as number[],
});
