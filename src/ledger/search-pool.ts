/** The searches' own connections: few, reading only and limited in time, so that no search can hold up an append. */
import { DatabaseError, Pool, type QueryResultRow } from 'pg';
import type { Logger } from 'pino';
import { isOwnFault } from '../store/away.js';
import { withSetting } from '../store/session-setting.js';
import type { Position } from './ledger.js';

export const searchFault = {
  /** It took longer than a search may: the filter lets too much through. */
  tooWide: 'too-wide',
  /** The store does not answer. */
  unavailable: 'unavailable',
} as const;
export type SearchFault = (typeof searchFault)[keyof typeof searchFault];

/** Why there is no result. */
export interface SearchFailure {
  readonly fault: SearchFault;
  /** The driver's error, for the log. */
  readonly cause: unknown;
}

export const isFailure = (found: object): found is SearchFailure => 'fault' in found;

/** Longest time the store may work on one search, milliseconds. */
const statementLimit = 5000;
/** Most searches at once on one replica; more wait. */
const searchersAtOnce = 3;

/**
 * A search goes on in the order of an index, page after page, so it may take its rows from indexes only. Without fresh
 * statistics, as at the beginning of a month, the store would rather collect and sort all there are, for each page again.
 * Compiling a plan takes longer than carrying it out.
 */
export const searchSettings = {
  default_transaction_read_only: 'on',
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
  enable_sort: 'off',
  jit: 'off',
} as const;

/**
 * Opens the connections; the caller ends the pool.
 *
 * @param database connection string
 */
export function openSearchPool(database: string, logger: Logger): Pool {
  const pool = new Pool({
    connectionString: Object.entries(searchSettings).reduce(
      (url, [name, value]) => withSetting(url, name, value),
      database,
    ),
    application_name: 'stile search',
    max: searchersAtOnce,
    connectionTimeoutMillis: statementLimit,
    statement_timeout: statementLimit,
    // The server's own limit comes first; this one is for a server that hangs.
    query_timeout: statementLimit + 1000,
  });
  pool.on('error', error => logger.warn({ err: error }, 'an idle connection of the searches broke'));
  return pool;
}

export interface StoredEntry extends Position {
  /** Milliseconds since 1970 UTC. */
  readonly time: number;
  /** The exact bytes. */
  readonly entry: Buffer;
}

/** What searches select; columns of type bigint arrive as text. */
export interface Row {
  readonly shard: number;
  readonly index: string | null;
  readonly time: string;
  readonly entry: Buffer;
  readonly leaf: Buffer;
  readonly size: string;
  readonly high: string;
}

export const storedEntry = ({
  shard,
  index,
  time,
  entry,
}: Pick<Row, 'shard' | 'index' | 'time' | 'entry'>): StoredEntry => ({
  shard,
  index: Number(index),
  time: Number(time),
  entry,
});

/** SQLSTATE of a statement cancelled for its time. */
const cancelled = '57014';

/** Runs one statement of a search. */
export async function read<Selected extends QueryResultRow = Row>(
  pool: Pool,
  text: string,
  values: readonly unknown[],
): Promise<readonly Selected[] | SearchFailure> {
  return attempt(async () => (await pool.query<Selected>(text, [...values])).rows);
}

/** Does something with the store, and hands back as a value that it failed. */
export async function attempt<Found extends object>(work: () => Promise<Found>): Promise<Found | SearchFailure> {
  try {
    return await work();
  } catch (error) {
    if (isOwnFault(error)) throw error;
    const isTooWide = error instanceof DatabaseError && error.code === cancelled;
    return { fault: isTooWide ? searchFault.tooWide : searchFault.unavailable, cause: error };
  }
}
