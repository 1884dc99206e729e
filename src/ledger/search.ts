/** Finds entries in the store, newest first. */
import type { Pool } from 'pg';
import { conditions, type EntryFilter, parameter } from './entry-filter.js';
import type { Position } from './ledger.js';
import { isFailure, read, type SearchFailure, type StoredEntry, storedEntry } from './search-pool.js';

/** Where a page ended. */
export interface Place extends Position {
  readonly time: number;
}

/**
 * One page of what a filter finds, newest first: by time, shard and index, all descending.
 *
 * @param before the last place of the page before this one
 * @param limit most entries returned
 */
export async function searchEntries(
  pool: Pool,
  filter: EntryFilter,
  before: Place | undefined,
  limit: number,
): Promise<{ readonly entries: readonly StoredEntry[]; readonly more: boolean } | SearchFailure> {
  const values: unknown[] = [];
  const where = conditions(filter, values);
  if (before !== undefined) {
    const place = [before.time, before.shard, before.index].map(value => parameter(values, value)).join(', ');
    where.push(`(time, shard, index) < (${place})`);
  }
  // Materialized, so that the store starts from the few entries about one person, whatever it guesses of the rest.
  const person =
    filter.tags === undefined
      ? ''
      : `WITH person AS MATERIALIZED (
           SELECT DISTINCT shard, index FROM ledger_subjects WHERE tag = ANY(${parameter(values, filter.tags)}::bytea[])
         ) `;
  const text = `${person}SELECT shard, index, time, entry
    FROM ledger_entries ${person && 'JOIN person USING (shard, index)'}
    ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}
    ORDER BY time DESC, shard DESC, index DESC LIMIT ${parameter(values, limit + 1)}`;
  const rows = await read(pool, text, values);
  if (isFailure(rows)) return rows;
  return { entries: rows.slice(0, limit).map(storedEntry), more: rows.length > limit };
}

/** The entry at a position with its leaf hash, or null when there is none. */
export async function entryAt(
  pool: Pool,
  position: Position,
): Promise<(StoredEntry & { readonly leaf: Buffer }) | null | SearchFailure> {
  const values: unknown[] = [];
  const text = `SELECT shard, index, time, leaf, entry FROM ledger_entries
    WHERE shard = ${parameter(values, position.shard)} AND index = ${parameter(values, position.index)}`;
  const rows = await read(pool, text, values);
  if (isFailure(rows)) return rows;
  const [row] = rows;
  return row === undefined ? null : { ...storedEntry(row), leaf: row.leaf };
}
