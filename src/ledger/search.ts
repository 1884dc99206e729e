/** Finds entries in the store, newest first, with so much work a page and no more. */
import type { Pool } from 'pg';
import { type EntryFilter, parameter } from './entry-filter.js';
import type { Position } from './ledger.js';
import { withinMonths } from './month.js';
import { leadOf } from './search-lead.js';
import type { Place } from './search-place.js';
import { isFailure, read, type SearchFailure, type StoredEntry, storedEntry } from './search-pool.js';
import { walk } from './search-walk.js';

export interface Page {
  readonly entries: readonly StoredEntry[];
  /** How far the search came, and the next page goes on from; undefined when nothing lies beyond. */
  readonly next: Place | undefined;
}

/** A page that few entries fit goes over this many times as many as it may hold, or as many as one of usual length. */
const reachOfPage = 4;
const usualLength = 50;

/**
 * One page of what a filter finds, newest first: by time, shard and index, all descending. It goes over the entries that one
 * index leads to and keeps those that fit, in two steps at most: mostly the first is enough. Where few of them fit, a page may
 * be short, or empty, and still have a next.
 *
 * @param before where the page before this one ended
 * @param limit most entries returned
 */
export async function searchEntries(
  pool: Pool,
  filter: EntryFilter,
  before: Place | undefined,
  limit: number,
): Promise<Page | SearchFailure> {
  const lead = await leadOf(pool, filter, before);
  if (isFailure(lead)) return lead;
  const entries: StoredEntry[] = [];
  let next = before;
  for (const stride of [limit + 1, reachOfPage * Math.max(limit, usualLength)]) {
    const walked = await walk(pool, filter, lead, next, stride, limit - entries.length);
    if (isFailure(walked)) return walked;
    entries.push(...walked.entries);
    next = walked.next;
    if (next === undefined || entries.length === limit) break;
  }
  return { entries, next };
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
