/** A migrated database, ledgers on it and drafts for them, for the ledger's tests. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import pino from 'pino';
import { ConnectionLost } from '../../src/ledger/connection.js';
import { type Draft, LedgerError, type LedgerFault } from '../../src/ledger/ledger.js';
import { type LedgerOptions, type OpenLedger, openLedger } from '../../src/ledger/open.js';
import { openPeriodKeys } from '../../src/ledger/period-keys.js';
import { asGatewayLogin, type database, migratedDatabase } from '../database.js';

type Test = Parameters<typeof database>[0] & { testdir(): string };

export interface Store {
  /** Connection string, as the gateway logs in. */
  readonly database: string;
  /** The same as the owner. */
  readonly owner: string;
  /** As the owner. */
  readonly pool: pg.Pool;
  /** @param change where it shortens the deadline of statements, a connection that takes longer is tried again */
  open(change?: Partial<LedgerOptions['settings']>, options?: Partial<LedgerOptions>): Promise<OpenLedger>;
}

const settings = {
  deadline: 5000,
  statementDeadline: 2000,
  queue: 2000,
  lease: 5000,
  checkpointEvery: 1000,
  shards: 1,
};

/** The ledgers it opens are closed when the test ends. */
export async function openStore(t: Test): Promise<Store> {
  const connectionString = await migratedDatabase(t);
  const pool = new pg.Pool({ connectionString, max: 2 });
  // The database is dropped under sessions that may not have ended quite; unheard, that would fail the test.
  pool.on('error', () => {});
  t.teardown(() => pool.end());
  const gatewayString = asGatewayLogin(connectionString);
  const keys = openPeriodKeys(join(t.testdir(), 'periods'));
  return {
    database: gatewayString,
    owner: connectionString,
    pool,
    async open(change = {}, options = {}) {
      const open = change.statementDeadline === undefined ? openLedger : untilOpen;
      const ledger = await open({
        database: gatewayString,
        keys,
        settings: { ...settings, ...change },
        logger: pino({ level: 'silent' }),
        ...options,
      });
      t.teardown(() => ledger.close());
      return ledger;
    },
  };
}

/** On a busy machine a connection may take too long; a store that is away at the start is an error of the start. */
export async function untilOpen(options: LedgerOptions): Promise<OpenLedger> {
  for (;;) {
    try {
      return await openLedger(options);
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
    }
  }
}

/** Why an append was rejected; null when it was not. */
export const faultOf = (append: Promise<unknown>): Promise<LedgerFault | null> =>
  append.then(
    () => null,
    error => {
      if (error instanceof LedgerError) return error.fault;
      throw error;
    },
  );

/** 128 random bits, as an entry's id has. */
export const newId = (): string => randomBytes(16).toString('base64url');

/** A released exchange's draft. */
export const draftOf = (more: Partial<Draft> = {}, members: Readonly<Record<string, unknown>> = {}): Draft => ({
  entry: {
    kind: 'exchange',
    id: newId(),
    outcome: 'released',
    consumer: 'housing',
    client: 'housing/permits',
    provider: 'civil-affairs',
    service: 'civil-affairs/marriage-status/v1',
    purpose: 'public-rental-housing',
    ...members,
  },
  subjects: [{ kind: 'resident', identifier: '440300199001010011', role: 'asked' }],
  digests: { request: '{}', reply: '{}' },
  ...more,
});
