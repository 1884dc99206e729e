/** The records of a service whose department was or may have been asked: what its own list of requests is held against. */
import type { Pool } from 'pg';
import { parameter } from './entry-filter.js';
import type { Reach } from './follow.js';
import { type Outcome, outcome as outcomes, type Position } from './ledger.js';
import { isFailure, read, type SearchFailure } from './search-pool.js';

/** Which records: of one service, within a time. */
export interface AskedFilter {
  readonly service: string;
  /** First millisecond since 1970 UTC, included. */
  readonly from: number | undefined;
  /** Last, excluded. */
  readonly until: number | undefined;
  /** Of each shard how far it goes: what was appended since is left out. Without it, nothing is. */
  readonly reach?: Reach;
}

export interface AskedRecord extends Position {
  /** Milliseconds since 1970 UTC. */
  readonly time: number;
  /** The request id the department was given. */
  readonly requestId: string;
  /** An intent says that the department may be asked; what became of it is in a record of its own. */
  readonly isIntent: boolean;
  /** Of an intent `unknown`. */
  readonly outcome: Outcome;
  readonly code: string | undefined;
}

interface AskedRow {
  readonly shard: number;
  readonly index: string;
  readonly time: string;
  readonly kind: string;
  readonly outcome: Outcome | null;
  readonly code: string | null;
  readonly request: string;
}

/** Most records read at once. */
const pageLimit = 2000;

/**
 * Goes over the records, oldest first, a page at a time; the store is free between two.
 *
 * Whether the department was asked is no search column: it is looked for in the entry's canonical bytes, where
 * `"asked":true` can be nothing but that member. A record that closes a crashed gateway's intent has an id of its own, and
 * names the one the department knows in `intent`. What an operator tried is a `config` entry.
 */
export async function* askedRecords(
  pool: Pool,
  { service, from, until, reach }: AskedFilter,
): AsyncGenerator<readonly AskedRecord[] | SearchFailure, void, void> {
  let after: readonly unknown[] | undefined;
  for (;;) {
    const values: unknown[] = [];
    const where = [`service = ${parameter(values, service)}`, `kind IN ('exchange', 'intent', 'config')`];
    if (from !== undefined) where.push(`time >= ${parameter(values, from)}`);
    if (until !== undefined) where.push(`time < ${parameter(values, until)}`);
    if (after !== undefined) {
      const [time, ...place] = after.map(value => parameter(values, value));
      // The store leaves out partitions by the first condition only.
      where.push(`time >= ${time}`, `(time, shard, index) > (${[time, ...place].join(', ')})`);
    }
    const rows = await read<AskedRow>(
      pool,
      `SELECT shard, index, time, kind, outcome, code,
         CASE WHEN kind = 'intent' OR asked THEN id
           ELSE convert_from(entry, 'UTF8')::json ->> 'intent' END AS request
       FROM ledger_entries, position('"asked":true'::bytea IN entry) AS place, LATERAL (SELECT place > 0 AS asked) AS found
       WHERE ${where.join(' AND ')} AND (asked OR kind = 'intent' OR outcome = 'unknown')
       ORDER BY time, shard, index LIMIT ${parameter(values, pageLimit)}`,
      values,
    );
    if (isFailure(rows)) {
      yield rows;
      return;
    }
    yield rows.map(recordOf).filter(({ shard, index }) => reach === undefined || index < (reach.get(shard) ?? 0));
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageLimit) return;
    after = [last.time, last.shard, last.index];
  }
}

const recordOf = ({ shard, index, time, kind, outcome, code, request }: AskedRow): AskedRecord => ({
  shard,
  index: Number(index),
  time: Number(time),
  requestId: request,
  isIntent: kind === 'intent',
  outcome: outcome ?? outcomes.unknown,
  code: code ?? undefined,
});
