/** One connection of the ledger's own, on which every statement has a deadline: a hanging database never hangs the gateway. */
import { setTimeout as setTimeoutPromise } from 'node:timers/promises';
import pg from 'pg';
import type { Query } from './ledger.js';

export interface Statement {
  /** A named statement is prepared once a connection. */
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

export type Row = Readonly<Record<string, unknown>>;

export interface Connection {
  /**
   * Runs one statement.
   *
   * @throws {ConnectionLost} when no answer came: whether it was done is unknown, and the connection is gone
   * @throws {pg.DatabaseError} when the server refused it: nothing was done
   */
  run(statement: Statement): Promise<readonly Row[]>;
  /** Says goodbye, and waits no longer than the deadline for the server's own. */
  close(): Promise<void>;
}

/**
 * Asks over a connection, one statement after another however many are asked at once: each one's deadline runs from when it
 * is sent.
 */
export function queryOver(connection: Connection): Query {
  let last: Promise<unknown> = Promise.resolve();
  return (text, values) => {
    const answered = last.then(async () => ({ rows: await connection.run({ text, values }) }));
    last = answered.catch(() => undefined);
    return answered;
  };
}

export class ConnectionLost extends Error {
  constructor(cause: unknown) {
    super('the connection to the store is lost', { cause });
    this.name = 'ConnectionLost';
  }
}

/**
 * @param database connection string
 * @param name shown by the server, to tell its connections apart
 * @param deadline milliseconds for connecting and for each statement; the server is told too, so that it gives up its locks
 * @throws {ConnectionLost} when the server cannot be reached in time
 */
export async function connect(database: string, name: string, deadline: number): Promise<Connection> {
  const client = new pg.Client({
    connectionString: database,
    application_name: name,
    connectionTimeoutMillis: deadline,
    statement_timeout: deadline,
    idle_in_transaction_session_timeout: deadline,
    keepAlive: true,
  });
  let lost: ConnectionLost | null = null;
  client.on('error', error => {
    lost ??= new ConnectionLost(error);
  });
  client.on('end', () => {
    lost ??= new ConnectionLost(undefined);
  });
  try {
    await client.connect();
  } catch (error) {
    throw new ConnectionLost(error);
  }
  client.on('notice', notice => {
    if (notice.code === plainWarning) lost ??= new ConnectionLost(notice.message);
  });

  async function run(statement: Statement): Promise<readonly Row[]> {
    if (lost !== null) throw lost;
    const timer = setTimeout(() => {
      lost ??= new ConnectionLost(`no answer within ${deadline} ms`);
      // With a statement under way this destroys the socket, and the statement below is rejected.
      void client.end();
    }, deadline);
    try {
      const answer = await client.query<Record<string, unknown>>({
        ...(statement.name !== undefined && { name: statement.name }),
        text: statement.text,
        values: [...(statement.values ?? [])],
      });
      if (lost !== null) throw lost;
      return answer.rows;
    } catch (error) {
      if (isRefusal(error)) throw error;
      lost ??= new ConnectionLost(error);
      throw lost;
    } finally {
      clearTimeout(timer);
    }
  }

  async function close(): Promise<void> {
    await Promise.race([client.end(), setTimeoutPromise(deadline, undefined, { ref: false })]);
  }

  return { run, close };
}

/**
 * SQLSTATE of a warning with no name of its own. A commit that no longer waits for its synchronous standby is answered with
 * one, as if all were well; none of the ledger's statements gives another, though connecting may.
 */
const plainWarning = '01000';

/**
 * Whether the server refused the statement and lives on. It says whether an error ended the session in its own language only,
 * so the SQLSTATE has to tell; where an error may be either, what became of the statement counts as unknown.
 */
const isRefusal = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code !== undefined && !mayEndSession.test(error.code);

/** Connection, idle in transaction, resources, shutdown, system, internal (PostgreSQL, appendix A). */
const mayEndSession = /^(08|25P03|53|57P|58|F0|XX)/;
