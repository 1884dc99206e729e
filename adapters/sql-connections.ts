/** The connections to one database: kept while they are needed, and each question within its limits. */
import type { LookupFunction } from 'node:net';
import type { SqlSettings } from '../schemas/stile/adapters/sql-settings.js';
import { type Failure, failure } from './adapter.js';
import { type FindAddresses, guardedLookup } from './address-guard.js';
import type { SqlConnection, SqlDriver } from './sql-driver.js';

const defaultConnectTimeout = 3000;

/** How long a connection that nobody needs is kept, milliseconds: shorter than firewalls forget one. */
const idleTime = 60_000;

/** Milliseconds in which nothing more can be tried; timers may also be early by one or two. */
const slack = 5;

export interface SqlLimits {
  /** Milliseconds for the whole, the making of a connection included. */
  readonly time: number;
  /** Most bytes that the database may send. */
  readonly bytes: number;
  readonly signal?: AbortSignal;
}

/** What is done with a connection; it may never throw. */
export type SqlWork<Found> = (connection: SqlConnection, time: number) => Promise<Found | Failure>;

const late: Failure = { failure: failure.timeout, detail: 'no whole answer in time' };
const lateForConnection: Failure = { failure: failure.timeout, detail: 'no connection in time', notActed: true };

/** Connections to one database, until closed: as many as are used at a time, which is for the gateway to limit. */
export class SqlConnections {
  readonly #settings: SqlSettings;
  readonly #driver: SqlDriver;
  readonly #lookup: LookupFunction;
  readonly #idle = new Map<SqlConnection, NodeJS.Timeout>();

  constructor(settings: SqlSettings, driver: SqlDriver, findAddresses?: FindAddresses) {
    this.#settings = settings;
    this.#driver = driver;
    this.#lookup = guardedLookup(settings.host, findAddresses);
  }

  /** Does something with a connection; one that is still at it when a limit is met is dropped. */
  async use<Found extends object>(limits: SqlLimits, work: SqlWork<Found>): Promise<Found | Failure> {
    const end = performance.now() + limits.time;
    const left = (): number => end - performance.now();
    const connection = await this.#connection(left, limits.signal);
    if ('failure' in connection) return connection;
    const found = await within(connection, { ...limits, time: left() }, work);
    this.#keep(connection);
    return found;
  }

  async close(): Promise<void> {
    const idle = [...this.#idle];
    this.#idle.clear();
    for (const [, timer] of idle) clearTimeout(timer);
    await Promise.all(idle.map(([connection]) => connection.end().catch(() => connection.destroy())));
  }

  async #connection(left: () => number, signal?: AbortSignal): Promise<SqlConnection | Failure> {
    for (const [connection, timer] of [...this.#idle].reverse()) {
      clearTimeout(timer);
      this.#idle.delete(connection);
      if (connection.isOpen()) return connection;
    }
    const { connectTimeout = defaultConnectTimeout } = this.#settings;
    if (left() <= 0) return lateForConnection;
    const time = Math.min(left(), connectTimeout);
    const made = await this.#driver.connect(this.#settings, this.#lookup, time, signal);
    const isLate = left() < slack || signal?.aborted === true;
    return 'failure' in made && isLate ? lateForConnection : made;
  }

  #keep(connection: SqlConnection): void {
    if (!connection.isOpen()) return;
    const leave = (): void => {
      this.#idle.delete(connection);
      connection.end().catch(() => connection.destroy());
    };
    this.#idle.set(connection, setTimeout(leave, idleTime).unref());
  }
}

/** Ends with the work, or with the first limit met: the connection is then destroyed, and what the work finds ignored. */
function within<Found extends object>(
  connection: SqlConnection,
  { time, bytes, signal }: SqlLimits,
  work: SqlWork<Found>,
): Promise<Found | Failure> {
  const { stream } = connection;
  return new Promise((resolve, reject) => {
    let received = 0;
    const settle = (found: Found | Failure): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', expire);
      stream.off('data', count);
      resolve(found);
    };
    const drop = (why: Failure): void => {
      settle(why);
      connection.destroy();
    };
    const expire = (): void => drop(late);
    const count = (chunk: Buffer): void => {
      received += chunk.length;
      if (received > bytes) drop({ failure: failure.tooLarge, detail: `more than ${bytes} bytes` });
    };
    const timer = setTimeout(expire, time);
    signal?.addEventListener('abort', expire);
    stream.on('data', count);
    work(connection, time).then(settle, reject);
    if (signal?.aborted === true) expire();
  });
}
