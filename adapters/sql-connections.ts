/** The connections to one database: no more than allowed, those who wait counted, and each question within its limits. */
import type { LookupFunction } from 'node:net';
import type { SqlSettings } from '../schemas/stile/adapters/sql-settings.js';
import { type Failure, failure } from './adapter.js';
import { type FindAddresses, guardedLookup } from './address-guard.js';
import type { SqlConnection, SqlDriver } from './sql-driver.js';

export const connectionDefaults = { connections: 8, queue: 256, connectTimeout: 3000 } as const;

/** How long a connection that nobody needs is kept, milliseconds: shorter than firewalls forget one. */
const idleTime = 60_000;

/** Milliseconds in which nothing more can be tried; timers may also be early by one or two. */
const slack = 5;

export interface SqlLimits {
  /** Milliseconds for the whole, the wait for a connection included. */
  readonly time: number;
  /** Most bytes that the database may send. */
  readonly bytes: number;
  readonly signal?: AbortSignal;
}

/** What is done with a connection; it may never throw. */
export type SqlWork<Found> = (connection: SqlConnection, time: number) => Promise<Found | Failure>;

const late: Failure = { failure: failure.timeout, detail: 'no whole answer in time' };
const lateForConnection: Failure = { failure: failure.timeout, detail: 'no connection in time', notActed: true };

/** Connections to one database, until closed. */
export class SqlConnections {
  readonly #settings: SqlSettings;
  readonly #driver: SqlDriver;
  readonly #lookup: LookupFunction;
  readonly #most: number;
  readonly #idle = new Map<SqlConnection, NodeJS.Timeout>();
  /** Those who wait for one of the connections to be given back, oldest first. */
  readonly #waiting = new Set<() => void>();
  #free: number;
  #inFlight = 0;

  constructor(settings: SqlSettings, driver: SqlDriver, findAddresses?: FindAddresses) {
    const { connections = connectionDefaults.connections, queue = connectionDefaults.queue } = settings;
    this.#settings = settings;
    this.#driver = driver;
    this.#lookup = guardedLookup(settings.host, findAddresses);
    this.#free = connections;
    this.#most = connections + queue;
  }

  /** Does something with a connection; one that is still at it when a limit is met is dropped. */
  async use<Found extends object>(limits: SqlLimits, work: SqlWork<Found>): Promise<Found | Failure> {
    if (this.#inFlight >= this.#most) {
      const detail = `${this.#most} questions under way or waiting`;
      return { failure: failure.busy, detail, notActed: true };
    }
    const end = performance.now() + limits.time;
    const left = (): number => end - performance.now();
    this.#inFlight++;
    try {
      if (!(await this.#turn(left(), limits.signal))) return lateForConnection;
      try {
        const connection = await this.#connection(left, limits.signal);
        if ('failure' in connection) return connection;
        const found = await within(connection, { ...limits, time: left() }, work);
        this.#keep(connection);
        return found;
      } finally {
        this.#pass();
      }
    } finally {
      this.#inFlight--;
    }
  }

  async close(): Promise<void> {
    const idle = [...this.#idle];
    this.#idle.clear();
    for (const [, timer] of idle) clearTimeout(timer);
    await Promise.all(idle.map(([connection]) => connection.end().catch(() => connection.destroy())));
  }

  /** @returns false when it does not come in time */
  #turn(time: number, signal?: AbortSignal): Promise<boolean> {
    if (this.#free > 0) {
      this.#free--;
      return Promise.resolve(true);
    }
    return new Promise(resolve => {
      const settle = (came: boolean): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', giveUp);
        this.#waiting.delete(come);
        resolve(came);
      };
      const come = (): void => settle(true);
      const giveUp = (): void => settle(false);
      const timer = setTimeout(giveUp, time);
      signal?.addEventListener('abort', giveUp);
      this.#waiting.add(come);
    });
  }

  #pass(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#free++;
    else next();
  }

  async #connection(left: () => number, signal?: AbortSignal): Promise<SqlConnection | Failure> {
    for (const [connection, timer] of [...this.#idle].reverse()) {
      clearTimeout(timer);
      this.#idle.delete(connection);
      if (connection.isOpen()) return connection;
    }
    const { connectTimeout = connectionDefaults.connectTimeout } = this.#settings;
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
