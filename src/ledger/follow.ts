/** Follows the ledger by position: what each shard has got since, whichever of them commits late. */
import type { Pool } from 'pg';
import { contentConditions, type EntryFilter, parameter, timeConditions } from './entry-filter.js';
import { withinMonths } from './month.js';
import { isFailure, type Row, read, type SearchFailure, type StoredEntry, storedEntry } from './search-pool.js';

/** How far a follower has read: of each shard the index of the next entry it wants. A shard not named begins at 0. */
export type Reach = ReadonlyMap<number, number>;

/** Most entries that one step of a follower goes over, of all shards together. */
const stride = 4000;

/**
 * One step of a follower: what a filter finds beyond its reach, oldest first, and the new reach. By position and not by
 * time, since one shard may commit after another what is older.
 *
 * @param limit most entries returned
 * @returns `more` when there is more to read at once
 */
export async function entriesAfter(
  pool: Pool,
  filter: EntryFilter,
  reach: Reach,
  limit: number,
): Promise<
  { readonly entries: readonly StoredEntry[]; readonly reach: Reach; readonly more: boolean } | SearchFailure
> {
  const values: unknown[] = [];
  const shards = parameter(values, [...reach.keys()]);
  const starts = parameter(values, [...reach.values()]);
  const where = [...timeConditions(filter, values), ...contentConditions(filter, values)];
  const tags = filter.tags?.map(({ tag }) => tag);
  if (tags !== undefined) {
    where.push(`EXISTS (SELECT FROM ledger_subjects AS subject WHERE subject.shard = entry_of.shard
      AND subject.index = entry_of.index AND subject.time = entry_of.time
      AND subject.tag = ANY(${parameter(values, tags)}::bytea[]) AND ${withinStep('subject')})`);
  }
  // Heads and entries in one statement, hence in one snapshot: what lies below a head's size is all there.
  const rows = await read(
    pool,
    `WITH step AS (
       SELECT head.shard, coalesce(start, 0) AS low, head.size,
         least(head.size, coalesce(start, 0) + ${stride} / count(*) OVER ()) AS high
       FROM ledger_heads AS head
       LEFT JOIN unnest(${shards}::int[], ${starts}::bigint[]) AS known (shard, start) ON known.shard = head.shard
       WHERE head.shard >= 0
     )
     SELECT step.shard, step.low, step.high, step.size, found.index, found.time, found.entry
     FROM step LEFT JOIN LATERAL (
       SELECT index, time, entry FROM ledger_entries AS entry_of
       WHERE entry_of.shard = step.shard AND index >= step.low AND index < step.high
         AND ${withinStep('entry_of')}
         ${where.map(condition => `AND ${condition}`).join(' ')}
       ORDER BY index LIMIT ${parameter(values, limit + 1)}
     ) AS found ON true
     ORDER BY found.time, step.shard, found.index`,
    values,
  );
  return isFailure(rows) ? rows : stepOf(rows, limit);
}

const withinStep = (row: string): string => withinMonths(row, 'step.shard', 'step.low', 'step.high - 1');

/** Cuts a step to its limit. A shard's reach is then the first entry left out of it, or else the end of its stride. */
function stepOf(rows: readonly Row[], limit: number) {
  const found = rows.filter(row => row.index !== null);
  const reach = new Map(rows.map(row => [row.shard, Number(row.high)]));
  for (const row of found.slice(limit).reverse()) reach.set(row.shard, Number(row.index));
  const more = rows.some(row => (reach.get(row.shard) ?? 0) < Number(row.size));
  return { entries: found.slice(0, limit).map(storedEntry), reach, more };
}

/** The end of every shard: where a follower begins that wants only what is to come. */
export async function reachNow(pool: Pool): Promise<Reach | SearchFailure> {
  const rows = await read(pool, 'SELECT shard, size FROM ledger_heads WHERE shard >= 0 ORDER BY shard', []);
  return isFailure(rows) ? rows : new Map(rows.map(row => [row.shard, Number(row.size)]));
}
