/** One unmoving view of a live store: everything is read from one snapshot, in batches, so that memory stays flat. */
import pg from 'pg';
import type { Query } from '../ledger.js';

/** A row's columns in the order they were asked for, as PostgreSQL writes them; bytea is `\x` and hex. */
export type TextRow = readonly (string | null)[];

export interface Rows {
  /** The next batch; empty at the end. The one after it is being fetched meanwhile. */
  next(): Promise<readonly TextRow[]>;
}

export interface Snapshot {
  readonly query: Query;
  /**
   * @param select with no parameters
   * @param batch how many rows are held at a time, and once more while they are gone through
   */
  rows(select: string, batch: number): Promise<Rows>;
  /** The store's clock, milliseconds since 1970 in UTC. */
  readonly time: number;
  close(): Promise<void>;
}

/** A standby may lack what was acknowledged. */
export class NotPrimary extends Error {
  constructor() {
    super('the store is a standby');
    this.name = 'NotPrimary';
  }
}

const asText = { getTypeParser: () => (text: string) => text };

/**
 * Opens a transaction that only reads.
 *
 * @param database connection string
 * @throws {NotPrimary}
 */
export async function openSnapshot(database: string): Promise<Snapshot> {
  const client = new pg.Client({ connectionString: database, application_name: 'stile ledger verify' });
  // Told by the statement that is under way, or by the next.
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    // Rows come by position from an index: sorting ten million would fill the store's disk.
    await client.query(
      'SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off',
    );
    await client.query('SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0');
    const { rows } = await client.query(
      'SELECT pg_is_in_recovery() AS standby, (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS time',
    );
    if (rows[0].standby) throw new NotPrimary();
    return { ...reading(client), time: rows[0].time as number, close: () => client.end() };
  } catch (error) {
    await client.end();
    throw error;
  }
}

function reading(client: pg.Client): Pick<Snapshot, 'query' | 'rows'> {
  let cursors = 0;
  let last: Promise<unknown> = Promise.resolve();
  /** One statement after another: the driver takes no second one before the first is answered. */
  function next<T>(run: () => Promise<T>): Promise<T> {
    const result = last.then(run);
    // Who asked is told.
    last = result.catch(() => {});
    return result;
  }
  return {
    query: (text, values) => next(() => client.query(text, [...values])),
    async rows(select, batch) {
      const cursor = `verified_${cursors++}`;
      await next(() => client.query(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${select}`));
      const fetch = () => {
        const asked = next(() =>
          client.query({ text: `FETCH ${batch} FROM ${cursor}`, rowMode: 'array', types: asText }),
        );
        // It is awaited by whoever asks next, perhaps never.
        asked.catch(() => {});
        return asked;
      };
      let coming = fetch();
      return {
        async next() {
          const rows = (await coming).rows as TextRow[];
          if (rows.length > 0) coming = fetch();
          return rows;
        },
      };
    },
  };
}
