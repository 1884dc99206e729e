/** Speaks to PostgreSQL, and to what speaks its protocol, through `pg`: one read-only transaction a question. */
import { type LookupFunction, Socket } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import pg from 'pg';
import type { SqlSettings } from '../schemas/stile/adapters/sql-settings.js';
import { type Failure, type FailureKind, failure } from './adapter.js';
import type { SqlConnection, SqlDriver, SqlQuery, SqlTable } from './sql-driver.js';
import { describe } from './sql-postgresql-describe.js';
import { decoderOf } from './sql-postgresql-values.js';
import type { SqlRefusal, SqlShape } from './sql-shape.js';

export const driver: SqlDriver = {
  write({ texts, names }) {
    const order = [...new Set(names)];
    const placed = names.map((name, at) => `$${order.indexOf(name) + 1}${texts[at + 1]}`);
    return { text: (texts[0] ?? '') + placed.join(''), order };
  },
  async connect(settings, lookup, time, signal) {
    const { host, port, database, user, password, unencrypted } = settings;
    const client = new pg.Client({
      ...{ host, database, user, password, application_name: 'stile' },
      ...(port === undefined ? {} : { port }),
      ssl: unencrypted === true || host.startsWith('/') ? false : tlsOptions(settings),
      connectionTimeoutMillis: Math.ceil(time),
      keepAlive: true,
      stream: () => socketWith(lookup),
    });
    const connection = new PostgresqlConnection(client);
    const giveUp = (): void => connection.destroy();
    signal?.addEventListener('abort', giveUp);
    try {
      await client.connect();
      return connection;
    } catch (error) {
      connection.destroy();
      return { ...failureOf(error), notActed: true };
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  },
};

/** The library connects its socket itself, by port and host or by the path of a Unix socket, and leaves no room for a lookup. */
function socketWith(lookup: LookupFunction): Socket {
  const socket = new Socket();
  const connect = socket.connect.bind(socket);
  return Object.assign(socket, {
    connect: (place: number | string, host: string) =>
      typeof place === 'string' ? connect(place) : connect({ port: place, host, lookup }),
  });
}

function tlsOptions({ host, tls = {}, unverifiedTls }: SqlSettings) {
  const { authority, identity, serverName = host } = tls;
  return {
    rejectUnauthorized: unverifiedTls !== true,
    minVersion: 'TLSv1.2' as const,
    // The library itself would check an address against the name localhost.
    checkServerIdentity: (_: string, certificate: Parameters<typeof checkServerIdentity>[1]) =>
      checkServerIdentity(serverName, certificate),
    ...(authority === undefined ? {} : { ca: authority }),
    ...(identity === undefined ? {} : { cert: identity.certificate, key: identity.key }),
  };
}

/** Read by the library as text, so that no value goes through a type of JavaScript's that would round or shift it. */
const asText = { getTypeParser: () => (text: string) => text };

/** For this transaction only, so that a pooler between may hand the session on. Every value is bound. */
const settingsOf = ({ requestId, time, utcOffset }: SqlQuery): readonly (readonly [name: string, value: string])[] => [
  ['statement_timeout', String(Math.max(1, Math.ceil(time)))],
  ['application_name', `stile/${requestId}`],
  ['stile.request_id', requestId],
  // POSIX counts westwards.
  ['TimeZone', `<${utcOffset}>${utcOffset.startsWith('-') ? '+' : '-'}${utcOffset.slice(1)}`],
  ['DateStyle', 'ISO, YMD'],
  ['IntervalStyle', 'iso_8601'],
  ['extra_float_digits', '1'],
  // All rows are wanted: a cursor's plan would be for the first of them.
  ['cursor_tuple_fraction', '1'],
];

class PostgresqlConnection implements SqlConnection {
  readonly #client: pg.Client;
  #open = true;

  constructor(client: pg.Client) {
    this.#client = client;
    const close = (): void => {
      this.#open = false;
    };
    client.on('error', close);
    client.on('end', close);
  }

  get stream() {
    return this.#client.connection.stream;
  }

  isOpen(): boolean {
    return this.#open;
  }

  async read(query: SqlQuery): Promise<SqlTable | Failure> {
    try {
      await this.#client.query('BEGIN TRANSACTION READ ONLY');
      const settings = settingsOf(query);
      const calls = settings.map((_, at) => `set_config($${2 * at + 1}, $${2 * at + 2}, true)`);
      await this.#client.query(`SELECT ${calls.join(', ')}`, settings.flat());
      const found = await this.#fetch(query);
      await this.#client.query('ROLLBACK');
      return found;
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) this.destroy();
      else await this.#client.query('ROLLBACK').catch(() => this.destroy());
      return failureOf(error);
    }
  }

  /** A cursor takes one statement that reads and no other, and gives no more rows than are asked of it. */
  async #fetch({ text, values, rowLimit, depthLimit, readJson }: SqlQuery): Promise<SqlTable | Failure> {
    await this.#client.query({ text: `DECLARE stile NO SCROLL CURSOR FOR ${text}`, values: [...values] });
    const { fields, rows } = await this.#client.query<(string | null)[]>({
      text: `FETCH ${rowLimit + 1} FROM stile`,
      rowMode: 'array',
      types: asText,
    });
    const decoders = fields.map(({ dataTypeID }) => decoderOf(dataTypeID, depthLimit, readJson));
    const table: unknown[][] = [];
    for (const row of rows) {
      const cells: unknown[] = [];
      for (const [at, cell] of row.entries()) {
        const made = cell === null ? { value: null } : decoders[at]?.(cell);
        if (made === undefined || 'fault' in made) {
          const detail = `column ${fields[at]?.name}: ${made?.fault ?? 'unknown'}`;
          return { failure: failure.malformed, detail };
        }
        cells.push(made.value);
      }
      table.push(cells);
    }
    return { columns: fields.map(({ name }) => name), rows: table };
  }

  async describe(text: string, count: number, time: number): Promise<SqlShape | SqlRefusal | Failure> {
    try {
      await this.#client.query('BEGIN TRANSACTION READ ONLY');
      await this.#client.query(`SET LOCAL statement_timeout = ${Math.max(1, Math.ceil(time))}`);
      const shape = await describe(this.#client, text, count);
      await this.#client.query('ROLLBACK');
      return shape;
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) this.destroy();
      else await this.#client.query('ROLLBACK').catch(() => this.destroy());
      return refusalOf(error) ?? failureOf(error);
    }
  }

  async ping(): Promise<Failure | null> {
    try {
      await this.#client.query('SELECT 1');
      return null;
    } catch (error) {
      return failureOf(error);
    }
  }

  destroy(): void {
    this.#open = false;
    this.stream.destroy();
  }

  async end(): Promise<void> {
    this.#open = false;
    await this.#client.end();
  }
}

/** SQLSTATE (PostgreSQL, appendix A), by code or by class. */
const byState: Readonly<Record<string, FailureKind>> = {
  '22': failure.rejected,
  '22012': failure.failing,
  '28': failure.denied,
  '40': failure.busy,
  '42501': failure.denied,
  '53300': failure.busy,
  '53400': failure.busy,
  '55P03': failure.busy,
  '57014': failure.timeout,
  '57P01': failure.unreachable,
  '57P02': failure.unreachable,
  '57P03': failure.busy,
};

const lackOfPrivilege = '42501';

/** Of a statement that has no values yet; undefined where the statement is not to blame. */
function refusalOf(error: unknown): SqlRefusal | undefined {
  if (!(error instanceof pg.DatabaseError)) return undefined;
  const { code = '', message } = error;
  const known = byState[code] ?? byState[code.slice(0, 2)];
  const isDenied = code === lackOfPrivilege;
  if (known !== undefined && known !== failure.rejected && !isDenied) return undefined;
  return { refused: `SQLSTATE ${code}, ${message}`, isDenied };
}

/** The database's own message is left out: it quotes values. */
function failureOf(error: unknown): Failure {
  if (!(error instanceof pg.DatabaseError)) return brokenBy(error);
  const { code = '' } = error;
  return {
    failure: byState[code] ?? byState[code.slice(0, 2)] ?? failure.failing,
    detail: `SQLSTATE ${code}`,
    notActed: true,
  };
}

/** An error of the connection, or of TLS: it names hosts and ports, and quotes nothing that was sent or received. */
function brokenBy(error: unknown): Failure {
  if (!(error instanceof Error)) throw error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return { failure: failure.unreachable, detail: `${code}: ${error.message}` };
}
