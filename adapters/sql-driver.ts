/** What a kind of database brings: the closed seam between the sql adapter and the library that speaks to it. */
import type { LookupFunction } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SqlSettings } from '../schemas/stile/adapters/sql-settings.js';
import type { AdapterContext, Failure } from './adapter.js';
import type { SqlRefusal, SqlShape } from './sql-shape.js';
import type { Statement } from './sql-statement.js';

export interface SqlDriver {
  /** @returns the statement with this database's placeholders, and the names of the values to bind, in their order */
  write(statement: Statement): WrittenStatement;
  /**
   * @param lookup finds and judges the addresses of the host's name
   * @param time milliseconds; the connection is there within them, or not at all
   * @param signal ends the attempt sooner
   */
  connect(
    settings: SqlSettings,
    lookup: LookupFunction,
    time: number,
    signal?: AbortSignal,
  ): Promise<SqlConnection | Failure>;
}

export interface WrittenStatement {
  readonly text: string;
  readonly order: readonly string[];
}

/** One session with the database; it does one thing at a time. */
export interface SqlConnection {
  /** What the answers come from: the adapter counts their bytes. */
  readonly stream: Duplex;
  isOpen(): boolean;
  /** Reads in a transaction of its own that can only read, and leaves none open. Never throws for what a database does. */
  read(query: SqlQuery): Promise<SqlTable | Failure>;
  /**
   * What a statement takes and gives, without running it; leaves no transaction open. Never throws for what a database does.
   *
   * @param count its parameters
   * @param time milliseconds after which the database itself gives up
   */
  describe(text: string, count: number, time: number): Promise<SqlShape | SqlRefusal | Failure>;
  /** Whether the database answers. */
  ping(): Promise<Failure | null>;
  /** Drops the connection, whatever is under way on it. */
  destroy(): void;
  /** Says goodbye. */
  end(): Promise<void>;
}

export type SqlValue = string | number | boolean | null;

export interface SqlQuery {
  readonly text: string;
  readonly values: readonly SqlValue[];
  /** Milliseconds after which the database itself gives up. */
  readonly time: number;
  /** Rows beyond this and one more are not fetched. */
  readonly rowLimit: number;
  /** Offset of the department's clock: times with a zone are written by it. */
  readonly utcOffset: string;
  /** The record's id; the database's own log and views can tell it. */
  readonly requestId: string;
  readonly depthLimit: number;
  readonly readJson: AdapterContext['readJson'];
}

/** Values as JSON has them: numbers that a double holds, all other numbers, dates and times as text. */
export interface SqlTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** Loads the library of one kind of database, only when config names it. */
export const sqlDrivers: Readonly<Record<SqlSettings['driver'], () => Promise<SqlDriver>>> = {
  mysql: async () => (await import('./sql-mysql.js')).driver,
  postgresql: async () => (await import('./sql-postgresql.js')).driver,
};
