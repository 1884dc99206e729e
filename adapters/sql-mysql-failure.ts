/** What an error of MySQL or MariaDB, or of the connection to one, says went wrong. */
import { type Failure, type FailureKind, failure } from './adapter.js';
import type { SqlRefusal } from './sql-shape.js';

/** By the server's own number, as both servers have it unless said. */
const byNumber: Readonly<Record<number, FailureKind>> = {
  1040: failure.busy, // too many connections
  1044: failure.denied,
  1045: failure.denied,
  1142: failure.denied,
  1143: failure.denied,
  1203: failure.busy, // too many of one user
  1205: failure.busy, // lock wait
  1213: failure.busy, // deadlock
  1226: failure.busy, // a user's quota
  1227: failure.denied,
  1317: failure.timeout, // interrupted
  1370: failure.denied,
  1698: failure.denied, // MariaDB: no such way to sign in
  1969: failure.timeout, // MariaDB: max_statement_time
  3024: failure.timeout, // MySQL: max_execution_time
  1053: failure.unreachable, // shutting down
  1927: failure.unreachable, // MariaDB: killed
};

/** The server's message is left out: it quotes values. Those of the connection name hosts and ports only. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) throw error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const { errno, sqlState } = error as { errno?: number; sqlState?: string };
  if (sqlState === undefined) return { failure: failure.unreachable, detail: `${code}: ${error.message}` };
  const bySqlState = sqlState.startsWith('22') ? failure.rejected : failure.failing;
  return { failure: byNumber[errno ?? 0] ?? bySqlState, detail: `${code}, SQLSTATE ${sqlState}`, notActed: true };
}

/** Lack of a privilege on a table, a column or a routine. */
const lacking: ReadonlySet<number> = new Set([1142, 1143, 1370]);

/** Of a statement that has no values yet; undefined where the statement is not to blame. */
export function refusalOf(error: unknown): SqlRefusal | undefined {
  const { errno = 0, sqlState, message = '' } = error as { errno?: number; sqlState?: string; message?: string };
  const isDenied = lacking.has(errno);
  if (sqlState === undefined || (byNumber[errno] !== undefined && !isDenied)) return undefined;
  return { refused: `SQLSTATE ${sqlState}, ${message}`, isDenied };
}
