/** What the store has of a month, as the files of an archive hold it: read page by page, in the order of positions. */
import { type ArchivedEntry, entryLine, subjectsLine, tileLine } from './archive-line.js';
import type { ArchivedLog } from './archive-manifest.js';
import { coveringTiles } from './covering-tiles.js';
import type { TaggedSubject } from './entry.js';
import { entrySubjects, positionText, type Query } from './ledger.js';
import type { MonthSpan } from './month.js';
import { readTile } from './stored-tiles.js';

/** Rows read at once. */
const page = 500;

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

/** Rows of tags read at once: more than one entry can have, so that each is read whole. */
const tagPage = entrySubjects + 10_000;
/** Most entries whose tags are read at once. */
const taggedPage = 5000;

export async function* subjectLines(query: Query, log: ArchivedLog, span: MonthSpan): AsyncGenerator<string> {
  const text = `SELECT entry.index, entry.salt, encode(subject.tag, 'hex') AS tag, subject.role
    FROM ledger_entries AS entry LEFT JOIN ledger_subjects AS subject
      ON subject.shard = entry.shard AND subject.index = entry.index AND subject.time >= $4 AND subject.time < $5
    WHERE entry.shard = $1 AND entry.index >= $2 AND entry.index < $3 AND entry.time >= $4 AND entry.time < $5
    ORDER BY entry.index, subject.tag, subject.role COLLATE "C" LIMIT ${tagPage}`;
  for (let first = log.first; first < log.end; ) {
    const end = Math.min(first + taggedPage, log.end);
    const { rows } = await query(text, [log.shard, first, end, span.begins, span.ends]);
    const entries = new Map<number, { readonly salt: Buffer; readonly subjects: TaggedSubject[] }>();
    for (const row of rows) {
      const index = Number(row.index);
      const entry = entries.get(index) ?? { salt: row.salt as Buffer, subjects: [] };
      entries.set(index, entry);
      if (row.tag !== null) entry.subjects.push({ tag: row.tag as string, role: row.role as TaggedSubject['role'] });
    }
    // Of the last entry of a full page there may be more.
    const next = rows.length < tagPage ? end : Number(rows.at(-1)?.index);
    for (const [index, entry] of entries) if (index < next) yield subjectsLine({ shard: log.shard, index, ...entry });
    if (next === first) throw new Error(`${positionText({ shard: log.shard, index: first })} has too many tags`);
    first = next;
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
