/** Finds entries in the store, newest first. */
import type { Pool } from 'pg';
import { conditions, type EntryFilter, parameter, timeConditions } from './entry-filter.js';
import type { Position } from './ledger.js';
import { withinMonths } from './month.js';
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
  // The roll's entries tell of the ledger itself: they are read as a log, and found by no search.
  const where = ['shard >= 0', ...conditions(filter, values)];
  if (before !== undefined) {
    const [time, ...place] = [before.time, before.shard, before.index].map(value => parameter(values, value));
    // The store leaves out partitions by the first condition only.
    where.push(`time <= ${time}`, `(time, shard, index) < (${[time, ...place].join(', ')})`);
  }
  // Materialized and lateral, so that the store starts from the few entries about one person, whatever it guesses of the
  // rest, and looks each up in its own month.
  const person =
    filter.tags === undefined
      ? ''
      : `WITH person AS MATERIALIZED (
           SELECT DISTINCT shard, index, time FROM ledger_subjects
           WHERE ${[`tag = ANY(${parameter(values, filter.tags)}::bytea[])`, ...timeConditions(filter, values)].join(' AND ')}
         ) `;
  if (person) where.push('shard = person.shard', 'index = person.index', 'time = person.time');
  const found = `SELECT shard, index, time, entry FROM ledger_entries WHERE ${where.join(' AND ')}`;
  const newest = `ORDER BY time DESC, shard DESC, index DESC LIMIT ${parameter(values, limit + 1)}`;
  const text = person
    ? `${person}SELECT found.* FROM person CROSS JOIN LATERAL (${found} LIMIT 1) AS found ${newest}`
    : `${found} ${newest}`;
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
  const [shard, index] = [parameter(values, position.shard), parameter(values, position.index)];
  const text = `SELECT shard, index, time, leaf, entry FROM ledger_entries AS entry
    WHERE shard = ${shard} AND index = ${index} AND ${withinMonths('entry', shard, index)}`;
  const rows = await read(pool, text, values);
  if (isFailure(rows)) return rows;
  const [row] = rows;
  return row === undefined ? null : { ...storedEntry(row), leaf: row.leaf };
}
