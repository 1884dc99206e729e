/** Speaks to MySQL and MariaDB through `mysql2`: prepared statements only, one read-only transaction a question. */
import { connect as connectSocket, type LookupFunction } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Connection, type ConnectionOptions, createConnection, type FieldPacket } from 'mysql2';
import type { SqlSettings } from '../schemas/stile/adapters/sql-settings.js';
import { type Failure, failure } from './adapter.js';
import type { SqlConnection, SqlDriver, SqlQuery, SqlTable, SqlValue } from './sql-driver.js';
import { describe } from './sql-mysql-describe.js';
import { failureOf, refusalOf } from './sql-mysql-failure.js';
import { decode } from './sql-mysql-values.js';
import type { SqlRefusal, SqlShape } from './sql-shape.js';

export const driver: SqlDriver = {
  write({ texts, names }) {
    return { text: texts.join('?'), order: names };
  },
  async connect(settings, lookup, time, signal) {
    const connection = new MysqlConnection(createConnection(optionsOf(settings, lookup)));
    const giveUp = (): void => connection.destroy();
    const timer = setTimeout(giveUp, time);
    signal?.addEventListener('abort', giveUp);
    try {
      await connection.begin();
      return connection;
    } catch (error) {
      connection.destroy();
      return { ...failureOf(error), notActed: true };
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
    }
  },
};

function optionsOf(settings: SqlSettings, lookup: LookupFunction): ConnectionOptions {
  const { host, port = 3306, database, user, password, unencrypted, tls = {} } = settings;
  const isSocket = host.startsWith('/');
  return {
    ...{ database, user, password, port, charset: 'utf8mb4', connectAttributes: { program_name: 'stile' } },
    ...(isSocket
      ? { socketPath: host }
      : {
          // The library checks the certificate against its host, which may be another name than the one to connect to.
          host: tls.serverName ?? host,
          stream: () => connectSocket({ host, port, lookup, noDelay: true, keepAlive: true }),
        }),
    ...(isSocket || unencrypted === true ? {} : { ssl: tlsOptions(settings) }),
    // Whatever a double or a Date of JavaScript's would change stays text.
    ...{ supportBigNumbers: true, bigNumberStrings: true, dateStrings: true, jsonStrings: true, rowsAsArray: true },
    // Its readers of rows are otherwise code made of the columns' names.
    disableEval: true,
    maxPreparedStatements: 256,
    // The driver's own timer ends the attempt.
    connectTimeout: 0,
  };
}

function tlsOptions({ tls = {}, unverifiedTls }: SqlSettings) {
  const { authority, identity } = tls;
  const verified = unverifiedTls !== true;
  return {
    ...{ rejectUnauthorized: verified, verifyIdentity: verified, minVersion: 'TLSv1.2' },
    ...(authority === undefined ? {} : { ca: authority }),
    ...(identity === undefined ? {} : { cert: identity.certificate, key: identity.key }),
  };
}

interface Found {
  readonly rows: unknown;
  readonly fields: readonly FieldPacket[] | undefined;
}

/** For this question; the numbers are bound too, so that each statement is prepared once. */
const setting = (longest: string): string =>
  `SET @stile_request_id = ?, SESSION time_zone = ?, SESSION sql_select_limit = CAST(? AS UNSIGNED), SESSION max_error_count = 64, ${longest}`;
const longestByMariadb = setting('SESSION max_statement_time = ?');
const longestByMysql = setting('SESSION max_execution_time = CAST(? AS UNSIGNED)');

/** What the server says when it took a value for another, such as text for the number 0: any row may then have matched. */
const takenForAnother = new Set([1292, 1366]);

class MysqlConnection implements SqlConnection {
  readonly #client: Connection;
  #open = true;
  #isMariadb = false;

  constructor(client: Connection) {
    this.#client = client;
    const close = (): void => {
      this.#open = false;
    };
    client.on('error', close);
    client.on('end', close);
  }

  get stream(): Duplex {
    // The library's types leave it out.
    return (this.#client as Connection & { readonly stream: Duplex }).stream;
  }

  isOpen(): boolean {
    return this.#open;
  }

  /** @throws what the library does when there is no session */
  async begin(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#client.connect(error => (error ? reject(error) : resolve()));
    });
    const { rows } = await this.#execute('SELECT VERSION()');
    this.#isMariadb = JSON.stringify(rows).includes('MariaDB');
  }

  async read(query: SqlQuery): Promise<SqlTable | Failure> {
    try {
      const { requestId, utcOffset, rowLimit, time } = query;
      const longest = Math.max(1, Math.ceil(time));
      await this.#say('START TRANSACTION READ ONLY');
      const values = [requestId, utcOffset, rowLimit + 1, this.#isMariadb ? longest / 1000 : longest];
      await this.#execute(this.#isMariadb ? longestByMariadb : longestByMysql, values);
      const found = await this.#fetch(query);
      await this.#say('ROLLBACK');
      return found;
    } catch (error) {
      const failed = failureOf(error);
      if (failed.failure === failure.unreachable) this.destroy();
      else await this.#say('ROLLBACK').catch(() => this.destroy());
      return failed;
    }
  }

  async #fetch({ text, values, depthLimit, readJson }: SqlQuery): Promise<SqlTable | Failure> {
    const { rows, fields = [] } = await this.#execute(text, values);
    const warnings = await this.#say('SHOW WARNINGS');
    if (rowsOf(warnings.rows).some(([, code]) => takenForAnother.has(Number(code)))) {
      return { failure: failure.rejected, detail: 'the database took a value for another', notActed: true };
    }
    const table: unknown[][] = [];
    for (const row of rowsOf(rows)) {
      const cells: unknown[] = [];
      for (const [at, field] of fields.entries()) {
        const made = decode(row[at], field, depthLimit, readJson);
        if ('fault' in made) return { failure: failure.malformed, detail: `column ${field.name}: ${made.fault}` };
        cells.push(made.value);
      }
      table.push(cells);
    }
    return { columns: fields.map(({ name }) => name), rows: table };
  }

  async describe(text: string): Promise<SqlShape | SqlRefusal | Failure> {
    try {
      return await describe(this.#client, text);
    } catch (error) {
      return refusalOf(error) ?? failureOf(error);
    }
  }

  async ping(): Promise<Failure | null> {
    try {
      await this.#execute('SELECT 1');
      return null;
    } catch (error) {
      return failureOf(error);
    }
  }

  destroy(): void {
    this.#open = false;
    // With an error, so that whoever waits for an answer hears of it.
    this.stream.destroy(new Error('given up'));
  }

  end(): Promise<void> {
    this.#open = false;
    return new Promise((resolve, reject) => {
      this.#client.end(error => (error ? reject(error) : resolve()));
    });
  }

  #execute(sql: string, values: readonly SqlValue[] = []): Promise<Found> {
    return new Promise((resolve, reject) => {
      this.#client.execute<never>({ sql, values: [...values] }, (error, rows, fields) =>
        error ? reject(error) : resolve({ rows, fields }),
      );
    });
  }

  /** For what cannot be prepared, and holds no value. */
  #say(sql: string): Promise<Found> {
    return new Promise((resolve, reject) => {
      this.#client.query<never>(sql, (error, rows, fields) => (error ? reject(error) : resolve({ rows, fields })));
    });
  }
}

const rowsOf = (rows: unknown): readonly (readonly unknown[])[] => (Array.isArray(rows) ? rows : []);
