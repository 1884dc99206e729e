/** Verifies the texts beside the entries of a log: each is the one its entry's digest was made over, or an entry erased it. */
import { textDigest } from '../entry.js';
import { entryKind, erasureAction, type Query } from '../ledger.js';
import { type Findings, ledgerWrong, positionName } from './finding.js';
import { readRows } from './row-reader.js';
import type { Snapshot, TextRow } from './snapshot.js';
import type { Parsed } from './stored-row.js';

export interface TextCheck {
  /** Goes on to an entry; in the order of positions. */
  check(entry: Parsed | null, index: number): Promise<void>;
  /** Texts are left over when all entries were gone through. */
  end(): Promise<void>;
}

/** What is read of `ledger_texts`. */
const columns = 'index, id, salt, text, erased_shard, erased_index, erased_time';
/** `\x` before the hex of a bytea. */
const hexStart = 2;
/** Texts are few. */
const batch = 100;

/** @param from the first index to be gone through */
export async function openTextCheck(
  snapshot: Snapshot,
  shard: number,
  from: number,
  findings: Findings,
): Promise<TextCheck> {
  const { query } = snapshot;
  const select = `SELECT ${columns} FROM ledger_texts WHERE shard = ${shard} AND index >= ${from} ORDER BY index`;
  const rows = readRows(await snapshot.rows(select, batch));
  let next = await rows.fill();

  /** The texts before an index. */
  async function takeBefore(index: number): Promise<readonly TextRow[]> {
    if (next === undefined || Number(next[0]) >= index) return [];
    const found = await rows.takeBefore(index);
    next = rows.peek();
    return found;
  }

  return {
    async check(entry, index) {
      // Those of positions before it have no entry, which was dropped, or is found to be missing.
      const row = (await takeBefore(index + 1)).find(each => Number(each[0]) === index);
      if (row === undefined && entry?.text === undefined && entry?.kind !== entryKind.erasure) return;
      const at = positionName(shard, index);
      const isAsSaid = row === undefined ? typeof entry?.text !== 'string' : await isTextOf(entry, at, row, query);
      if (!isAsSaid) findings.add(ledgerWrong.text, at);
      const erased = entry === null ? null : erasedBy(entry);
      if (erased !== null && (await isThere(erased, query))) findings.add(ledgerWrong.text, erased, { detail: at });
    },
    async end() {
      for (const row of await takeBefore(Number.POSITIVE_INFINITY))
        findings.add(ledgerWrong.text, positionName(shard, Number(row[0])));
    },
  };
}

/** Whether an entry's text is the one it was written with, or an entry of the ledger erased it. */
async function isTextOf(entry: Parsed | null, at: string, row: TextRow, query: Query): Promise<boolean> {
  const [, id, salt = null, text = null, erasedShard, erasedIndex, erasedTime] = row;
  const isOlder = typeof (entry?.digests as { readonly why?: unknown } | undefined)?.why === 'string';
  if (id !== entry?.id || (typeof entry?.text !== 'string' && !isOlder)) return false;
  if (text === null) return salt === null && (await isErased(at, [erasedShard, erasedIndex, erasedTime], query));
  // The digest of an older one is under the key of its month.
  if (salt === null) return isOlder;
  return entry?.text === textDigest(Buffer.from(salt.slice(hexStart), 'hex'), text);
}

/** Whether the entry that is named erased it. Of one whose month was dropped since only the archive tells. */
async function isErased(at: string, by: readonly unknown[], query: Query): Promise<boolean> {
  const sql = `SELECT convert_from(entry.entry, 'UTF8') AS entry, EXISTS (
      SELECT FROM ledger_retention WHERE dropped_at IS NOT NULL
        AND month = to_char(to_timestamp($3::bigint / 1000) AT TIME ZONE 'UTC', 'YYYY-MM')) AS dropped
    FROM (SELECT) AS one LEFT JOIN ledger_entries AS entry
      ON entry.shard = $1 AND entry.index = $2 AND entry.time = $3`;
  const [row] = (await query(sql, by)).rows;
  if (typeof row?.entry !== 'string') return row?.dropped === true;
  return erasedBy(JSON.parse(row.entry) as Parsed) === at;
}

async function isThere(position: string, query: Query): Promise<boolean> {
  const text = 'SELECT FROM ledger_texts WHERE shard = $1 AND index = $2 AND text IS NOT NULL';
  return (await query(text, position.split('/'))).rows.length > 0;
}

/** Position of the entry whose text an entry erased; null when it erased none. */
function erasedBy({ kind, action, outcome, record }: Parsed): string | null {
  const isDone = kind === entryKind.erasure && action === erasureAction.text && outcome === undefined;
  return isDone && /^\d{1,9}\/\d{1,15}$/.test(String(record)) ? String(record) : null;
}
