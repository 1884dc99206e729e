/** A ledger of two shards, signed several times, whose key was changed once: what the attacks of this folder are made on, each on a copy. */
import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { addLogKey, readLogKeys } from '../../src/ledger/log-key.js';
import { openPeriodKeys } from '../../src/ledger/period-keys.js';
import { openRoll } from '../../src/ledger/roll.js';
import { verifierKeysOf } from '../../src/ledger/roll-keys.js';
import { type StoreOptions, type StoreReport, verifyStore } from '../../src/ledger/verification/verify-store.js';
import { draftOf, newId, openStore } from '../ledger/open-store.js';
import { until } from '../until.js';

type Test = Parameters<typeof openStore>[0] & { teardown(done: () => unknown): unknown };

export const deployment = 'test.example';
const settings = {
  deadline: 5000,
  statementDeadline: 2000,
  queue: 2000,
  lease: 1000,
  checkpointEvery: 1000,
  shards: 2,
};

export interface SignedLedger {
  /** Connection string of the database; nothing is connected to it. */
  readonly database: string;
  /** The first key, which an auditor was told before anything was written. */
  readonly key: string;
  /** Holds the private keys, and what was signed last. */
  readonly keyFolder: string;
  /** Each state the roll was signed in: its note, and the name of a copy of the database as it was then. */
  readonly notes: readonly string[];
  /** A copy of the database, gone when the test ends. */
  copy(t: Test): Promise<pg.Pool & { readonly database: string }>;
}

/** Shard 0 has 607 entries, two full tiles of them; shard 1 has 4. */
export async function signedLedger(t: Test): Promise<SignedLedger> {
  const store = await openStore(t);
  const keyFolder = mkdtempSync(join(tmpdir(), 'stile-attacked-'));
  t.teardown(() => rmSync(keyFolder, { recursive: true }));
  const ledgers = [await store.open({ shards: 2 }), await store.open({ shards: 2 })];
  const key = verifierKeysOf(`${deployment}/ledger`, readLogKeys(keyFolder))[0] ?? '';
  const notes: string[] = [];
  const [first, second] = ledgers;
  if (first === undefined || second === undefined) throw new Error('there are two');

  /** Waits until all of it is signed. */
  async function signed(): Promise<void> {
    await until(async () => {
      const { rows } = await store.pool.query(
        `SELECT note, (SELECT bool_and(head.size = coalesce(signed.size, 0)) FROM ledger_heads AS head
           LEFT JOIN ledger_checkpoints AS signed USING (shard)) AS whole FROM ledger_checkpoints WHERE shard = -1`,
      );
      if (rows[0]?.whole !== true) return false;
      notes.push(rows[0].note);
      return true;
    });
  }

  await Promise.all(Array.from({ length: 600 }, () => first.append(draftOf())));
  await second.append(draftOf());
  // Only now, so that the first checkpoint covers two full tiles whenever it is signed.
  const roll = startRoll(store.database, keyFolder);
  await signed();
  const intent = newId();
  await first.append(draftOf({ opensIntent: true }, { kind: 'intent', id: intent, outcome: undefined }));
  await second.append(draftOf());
  await signed();
  await first.append(draftOf({ closesIntent: intent }, { intent }));
  for (let count = 0; count < 3; count++) await first.append(draftOf());
  await second.append(draftOf());
  await signed();
  addLogKey(keyFolder);
  await first.append(draftOf());
  await second.append(draftOf());
  await signed();
  await first.append(draftOf({ opensIntent: true }, { kind: 'intent', id: newId(), outcome: undefined }));
  await signed();
  // Killed and not closed, so that the last intent stays open: the roll is left first, and then nobody signs.
  await roll.close();
  await store.pool.query('CREATE TABLE kept_intents AS SELECT * FROM ledger_intents');
  await Promise.all(ledgers.map(ledger => ledger.close()));
  await store.pool.query('INSERT INTO ledger_intents SELECT * FROM kept_intents ON CONFLICT DO NOTHING');
  await store.pool.query('DROP TABLE kept_intents');
  return { database: store.owner, key, keyFolder, notes, copy: test => copyOf(test, store.owner) };
}

/** The roll, signing once a second. */
export const startRoll = (database: string, keyFolder: string) =>
  openRoll({
    database,
    deployment,
    keyFolder,
    keys: openPeriodKeys(join(keyFolder, 'periods')),
    settings,
    logger: pino({ level: 'silent' }),
    now: Date.now,
  });

/** A copy of a database, gone when the test ends; whoever uses the database is thrown out. */
export async function copyOf(t: Test, database: string): Promise<pg.Pool & { readonly database: string }> {
  const url = new URL(database);
  const name = `copy_${randomBytes(8).toString('hex')}`;
  const template = url.pathname.slice(1);
  url.pathname = '/postgres';
  const admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
  // A template may have no other sessions, and a pool keeps idle ones.
  await admin.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND usename = current_user',
    [template],
  );
  await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 2 });
  pool.on('error', () => {});
  t.teardown(async () => {
    await pool.end();
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.end();
  });
  return Object.assign(pool, { database: url.href });
}

/** Verifies as an auditor does who was told the first key. */
export const verify = (
  { key }: Pick<SignedLedger, 'key'>,
  { database }: { readonly database: string },
  more: Partial<StoreOptions> = {},
): Promise<StoreReport> =>
  verifyStore({
    database,
    keys: [key],
    kept: [],
    progress: () => {},
    save: () => {},
    ended: new AbortController().signal,
    ...more,
  });

/** What the file beside the keys remembers. */
export const signedFile = (keyFolder: string): string => readFileSync(join(keyFolder, 'signed-roll.txt'), 'utf8');

/** Another folder of the same keys, which does not remember what was signed. */
export function forgetfulKeys(t: Test, keyFolder: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'stile-forgetful-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  cpSync(keyFolder, folder, { recursive: true });
  rmSync(join(folder, 'signed-roll.txt'));
  return folder;
}
