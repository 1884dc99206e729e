/** What the store has of a month, as the files of an archive hold it: read page by page, in the order of positions. */
import { type ArchivedEntry, entryLine, subjectsLine, tileLine } from './archive-line.js';
import type { ArchivedLog } from './archive-manifest.js';
import { coveringTiles } from './covering-tiles.js';
import type { TaggedSubject } from './entry.js';
import { positionText, type Query } from './ledger.js';
import { readTile } from './stored-tiles.js';

/** Rows read at once. */
const page = 500;

/** A month (UTC) as its partitions are cut, milliseconds since 1970. */
export interface MonthSpan {
  /** `YYYY-MM` */
  readonly month: string;
  readonly begins: number;
  readonly ends: number;
}

/** @param month `YYYY-MM` */
export function monthSpan(month: string): MonthSpan {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return { month, begins: Date.UTC(year, number - 1), ends: Date.UTC(year, number) };
}

/** Which entries of which logs are in a month; none of a log that has none. */
export async function logsIn(query: Query, { begins }: MonthSpan): Promise<readonly ArchivedLog[]> {
  const text = `SELECT month.shard, month.first_index AS first, coalesce(
      (SELECT min(next.first_index) FROM ledger_months AS next
        WHERE next.shard = month.shard AND next.begins > month.begins), head.size) AS end
    FROM ledger_months AS month JOIN ledger_heads AS head USING (shard)
    WHERE month.begins = $1 ORDER BY month.shard`;
  const { rows } = await query(text, [begins]);
  return rows.map(row => ({ shard: Number(row.shard), first: Number(row.first), end: Number(row.end) }));
}

/** @throws when the store lacks an entry */
export async function* entryLines(query: Query, log: ArchivedLog, { begins, ends }: MonthSpan): AsyncGenerator<string> {
  const text = `SELECT index, time, convert_from(entry, 'UTF8') AS entry FROM ledger_entries
    WHERE shard = $1 AND index >= $2 AND index < $3 AND time >= $4 AND time < $5 ORDER BY index`;
  for (let index = log.first; index < log.end; ) {
    const { rows } = await query(text, [log.shard, index, Math.min(index + page, log.end), begins, ends]);
    for (const row of rows) {
      const archived: ArchivedEntry = { shard: log.shard, index, time: Number(row.time), entry: row.entry as string };
      if (Number(row.index) !== index) throw lacks(log.shard, index);
      yield entryLine(archived);
      index += 1;
    }
    if (rows.length === 0) throw lacks(log.shard, index);
  }
}

const lacks = (shard: number, index: number): Error =>
  new Error(`the store has no entry ${positionText({ shard, index })}`);

export async function* subjectLines(query: Query, log: ArchivedLog, span: MonthSpan): AsyncGenerator<string> {
  const text = `SELECT entry.index, entry.salt, subject.tags FROM ledger_entries AS entry
    CROSS JOIN LATERAL (
      SELECT json_agg(json_build_array(encode(tag, 'hex'), role) ORDER BY tag, role COLLATE "C") AS tags
      FROM ledger_subjects AS subject
      WHERE subject.shard = entry.shard AND subject.index = entry.index AND subject.time = entry.time
    ) AS subject
    WHERE shard = $1 AND index >= $2 AND index < $3 AND time >= $4 AND time < $5 ORDER BY index`;
  for (let first = log.first; first < log.end; first += page) {
    const values = [log.shard, first, Math.min(first + page, log.end), span.begins, span.ends];
    for (const row of (await query(text, values)).rows) {
      const subjects = ((row.tags ?? []) as [string, TaggedSubject['role']][]).map(([tag, role]) => ({ tag, role }));
      yield subjectsLine({ shard: log.shard, index: Number(row.index), salt: row.salt as Buffer, subjects });
    }
  }
}

/** @param size of the tree of the checkpoint that covers the month */
export async function* tileLines(
  query: Query,
  { shard, first, end }: ArchivedLog,
  size: number,
): AsyncGenerator<string> {
  for (const tile of coveringTiles(first, end, size)) yield tileLine(tile, await readTile(query, shard, tile));
}
