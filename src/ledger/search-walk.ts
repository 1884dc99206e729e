/** One step of a search: goes over so many entries in the order of one index, newest first, and keeps those that fit. */
import type { Pool } from 'pg';
import { contentConditions, type EntryFilter, type PeriodTag, parameter } from './entry-filter.js';
import { eachValue, type Lead, ledBy, shareOf } from './search-lead.js';
import { newestFirst, type Place, within } from './search-place.js';
import { isFailure, read, type SearchFailure, type StoredEntry, storedEntry } from './search-pool.js';

export interface Walked {
  readonly entries: readonly StoredEntry[];
  /** How far it came; undefined when nothing lies beyond. */
  readonly next: Place | undefined;
}

/** An entry that fits, or the end of the step. Columns of type bigint arrive as text. */
interface WalkRow {
  readonly shard: number;
  readonly index: string;
  readonly time: string;
  /** Null when the end does not fit. */
  readonly entry: Buffer | null;
  readonly ends: boolean;
}

/**
 * @param lead which index is gone by, unless a person's tags lead
 * @param before how far the search has come
 * @param stride how many entries are gone over
 * @param limit most entries returned
 */
export async function walk(
  pool: Pool,
  filter: EntryFilter,
  lead: Lead,
  before: Place | undefined,
  stride: number,
  limit: number,
): Promise<Walked | SearchFailure> {
  const values: unknown[] = [];
  const conditions: Conditions = {
    // The roll's entries tell of the ledger itself: they are read as a log, and found by no search.
    fits: ['shard >= 0', ...contentConditions(filter, values)].join(' AND '),
    within: within(filter, before, values),
  };
  const rows = await read<WalkRow>(
    pool,
    `WITH walk AS MATERIALIZED (${
      filter.tags === undefined
        ? entriesSql(lead, stride, conditions, values)
        : personSql(filter.tags, stride, conditions, values)
    }), reach AS (SELECT time, shard, index FROM walk WHERE is_last ${newestFirst} LIMIT 1)
    SELECT walk.shard, walk.index, walk.time, walk.entry, reach.time IS NOT NULL AS ends
    FROM walk LEFT JOIN reach ON (walk.time, walk.shard, walk.index) = (reach.time, reach.shard, reach.index)
    WHERE (walk.entry IS NOT NULL OR reach.time IS NOT NULL) AND NOT EXISTS (
      SELECT FROM reach AS bound WHERE (walk.time, walk.shard, walk.index) < (bound.time, bound.shard, bound.index))
    ORDER BY walk.time DESC, walk.shard DESC, walk.index DESC LIMIT ${parameter(values, limit + 1)}`,
    values,
  );
  return isFailure(rows) ? rows : walkedOf(rows, limit);
}

function walkedOf(rows: readonly WalkRow[], limit: number): Walked {
  const entries = rows.flatMap(({ entry, ...row }) => (entry === null ? [] : storedEntry({ ...row, entry })));
  if (entries.length > limit) return { entries: entries.slice(0, limit), next: entries[limit - 1] };
  const end = rows.find(({ ends }) => ends);
  return {
    entries,
    next: end && { time: Number(end.time), shard: end.shard, index: Number(end.index) },
  };
}

interface Conditions {
  /** Of what an entry says: those that do not fit are gone over all the same. */
  readonly fits: string;
  readonly within: readonly string[];
}

/**
 * The newest of each value that the lead has, as many of each. Beyond the last one of a value that may have more, `is_last`, some
 * of it might be missing.
 */
function entriesSql(lead: Lead, stride: number, { fits, within }: Conditions, values: unknown[]): string {
  const share = parameter(values, shareOf(lead, stride));
  const newest = `SELECT * FROM ledger_entries WHERE ${[...ledBy(lead), ...within].join(' AND ')} ${newestFirst} LIMIT ${share}`;
  const rows = `SELECT time, shard, index, CASE WHEN ${fits} THEN entry END AS entry,
    row_number() OVER (${newestFirst}) = ${share} AS is_last FROM (${newest}) AS newest`;
  return `SELECT row.* FROM ${eachValue(lead, rows, values)}`;
}

/**
 * The newest under a person's tags, each once though it has rows of both roles, a month after the other; then each is looked up
 * in its own month.
 */
function personSql(
  tags: readonly PeriodTag[],
  stride: number,
  { fits, within }: Conditions,
  values: unknown[],
): string {
  const most = parameter(values, stride);
  const list = (type: string, of: (tag: PeriodTag) => unknown) => `${parameter(values, tags.map(of))}::${type}[]`;
  const months = [
    list('bytea', ({ tag }) => tag),
    list('bigint', ({ begins }) => begins),
    list('bigint', ({ ends }) => ends),
  ];
  const where = ['tag = month.tag', 'time >= month.begins', 'time < month.ends', ...within].join(' AND ');
  return `SELECT place.time, place.shard, place.index, found.entry, place.is_last
    FROM (
      SELECT *, row_number() OVER (${newestFirst}) = ${most} AS is_last FROM (
        SELECT row.* FROM (
          SELECT * FROM unnest(${months.join(', ')}) AS each (tag, begins, ends) ORDER BY begins DESC
        ) AS month CROSS JOIN LATERAL (
          SELECT DISTINCT time, shard, index FROM ledger_subjects WHERE ${where} ${newestFirst} LIMIT ${most}
        ) AS row ORDER BY month.begins DESC, time DESC, shard DESC, index DESC LIMIT ${most}
      ) AS newest
    ) AS place LEFT JOIN LATERAL (
      SELECT entry FROM ledger_entries AS entry_of
      WHERE entry_of.shard = place.shard AND entry_of.index = place.index AND entry_of.time = place.time AND ${fits} LIMIT 1
    ) AS found ON true`;
}
