/** Agreements on a real store with real ledgers, as replicas see them. */
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { type AgreementIndex, openAgreementIndex } from '../../src/agreements/agreement-index.js';
import type { AgreementChanges } from '../../src/agreements/change.js';
import { readAgreements } from '../../src/agreements/store.js';
import { watchAgreements } from '../../src/agreements/watch.js';
import type { StaffPrincipal } from '../../src/identity/principal.js';
import { type OpenLedger, openLedger } from '../../src/ledger/open.js';
import { openPeriodKeys } from '../../src/ledger/period-keys.js';
import type { Registry } from '../../src/registry/registry.js';
import { asGatewayLogin, type database, migratedDatabase } from '../database.js';
import { registryOf } from './sample.js';

type Test = Parameters<typeof database>[0] & { testdir(): string };

export interface Replica extends AgreementChanges {
  readonly ledger: OpenLedger;
  readonly index: AgreementIndex;
}

export interface AgreementsStore {
  readonly database: string;
  /** As the owner; replicas have the gateway's. */
  readonly pool: pg.Pool;
  /** Set to put another registry in force; the replicas' indices are told by whoever sets it. */
  registry: Registry;
  /** @param listens whether it hears of other replicas' changes */
  replica(listens?: boolean): Promise<Replica>;
}

export const silent = pino({ level: 'silent' });

/** @param shards how many replicas there can be, as each takes one */
export async function openAgreements(t: Test, shards = 1): Promise<AgreementsStore> {
  const connectionString = await migratedDatabase(t);
  const pool = new pg.Pool({ connectionString, max: 4 });
  // The database is dropped when the test ends, which idle connections hear of.
  pool.on('error', () => {});
  t.teardown(() => pool.end());
  const gatewayString = asGatewayLogin(connectionString);
  const gatewayPool = new pg.Pool({ connectionString: gatewayString, max: 4 });
  gatewayPool.on('error', () => {});
  t.teardown(() => gatewayPool.end());
  const keys = openPeriodKeys(join(t.testdir(), 'periods'));
  const settings = {
    deadline: 10_000,
    statementDeadline: 5000,
    queue: 5000,
    lease: 10_000,
    checkpointEvery: 1000,
    shards,
  };
  const store: AgreementsStore = {
    database: connectionString,
    pool,
    registry: registryOf(),
    async replica(listens = false) {
      const { registry } = store;
      const ledger = await openLedger({ database: gatewayString, keys, settings, logger: silent });
      t.teardown(() => ledger.close());
      const read = (since?: number) => readAgreements(gatewayPool, since);
      const index = await openAgreementIndex({ read, registry, secret: Buffer.alloc(32, 9) });
      if (listens) {
        const listener = await watchAgreements(gatewayString, index, silent);
        t.teardown(() => listener.close());
      }
      return { pool: gatewayPool, ledger, index, registry: () => store.registry, logger: silent };
    },
  };
  return store;
}

/** @param department the one the officer speaks for; without it, for none in particular */
export const officer = (department?: string): StaffPrincipal => ({
  kind: 'staff',
  id: 'staff/officer',
  role: 'officer',
  department,
  token: 'a-token',
});

/** The entries of agreements, oldest first. */
export async function agreementEntries(pool: pg.Pool): Promise<Record<string, unknown>[]> {
  const { rows } = await pool.query<{ entry: Record<string, unknown> }>(
    `SELECT convert_from(entry, 'UTF8')::jsonb AS entry FROM ledger_entries
      WHERE kind = 'agreement' ORDER BY time, shard, index`,
  );
  return rows.map(row => row.entry);
}
