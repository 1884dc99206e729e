/** A signed ledger with entries of months that are long over, for the tests of archives. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { appendBatch } from '../../src/ledger/append.js';
import { openBatchBuilder } from '../../src/ledger/batch.js';
import { connect } from '../../src/ledger/connection.js';
import { newHolder, releaseLease, takeShard } from '../../src/ledger/lease.js';
import { type Draft, type Query, rollKind } from '../../src/ledger/ledger.js';
import { readLogKeys } from '../../src/ledger/log-key.js';
import { openPeriodKeys, type PeriodKeys } from '../../src/ledger/period-keys.js';
import { openRoll } from '../../src/ledger/roll.js';
import { verifierKeysOf } from '../../src/ledger/roll-keys.js';
import { until } from '../until.js';
import { makeMonths } from './months.js';
import { draftOf, newId, openStore, type Store } from './open-store.js';

type Test = Parameters<typeof openStore>[0];

export const deployment = 'stile.example';
export const settings = {
  deadline: 5000,
  statementDeadline: 2000,
  queue: 2000,
  lease: 5000,
  checkpointEvery: 1000,
  shards: 1,
};

export interface ClosedMonths extends Store {
  /** A folder of its own, outside the data folder. */
  readonly folder: string;
  readonly keyFolder: string;
  /** Verifier keys of the roll. */
  readonly rollKeys: readonly string[];
  readonly periodKeys: PeriodKeys;
  readonly query: Query;
  /** Appends to a shard at a time of one's choice. */
  appendAt(time: number, drafts: readonly Draft[], shard?: number): Promise<void>;
  /** Signs what there is, as a gateway does, and leaves. */
  sign(): Promise<void>;
}

/** A ledger of one shard on a store of its own; nothing is in it yet. */
export async function openClosedMonths(t: Test): Promise<ClosedMonths> {
  const store = await openStore(t);
  const folder = mkdtempSync(join(tmpdir(), 'stile-archive-'));
  t.teardown(async () => rmSync(folder, { recursive: true }));
  const keyFolder = join(folder, 'data', 'keys', 'ledger');
  const periodKeys = openPeriodKeys(join(folder, 'data', 'keys', 'periods'));
  const first = await store.open();
  await first.close();
  const keys = readLogKeys(keyFolder);
  const query: Query = (text, values) => store.pool.query(text, [...values]);

  async function appendAt(time: number, drafts: readonly Draft[], shard = 0): Promise<void> {
    await makeMonths(store.pool, [time]);
    await store.pool.query('INSERT INTO ledger_heads (shard) VALUES ($1) ON CONFLICT DO NOTHING', [shard]);
    const connection = await connect(store.database, 'test', 5000);
    const builder = openBatchBuilder(periodKeys);
    let hold = await takeShard(connection, newHolder(), 1000, shard);
    for (let at = 0; at < drafts.length && hold !== null; ) {
      builder.begin(time);
      while (at < drafts.length && builder.add(drafts[at] as Draft)) at += 1;
      const answer = await appendBatch(connection, hold, builder.finish(), Date.now(), 1000);
      if (answer.fault !== null) throw new Error(answer.fault);
      hold = answer.hold;
    }
    if (hold === null) throw new Error('the shard is not free');
    await releaseLease(connection, hold);
    await connection.close();
  }

  async function sign(): Promise<void> {
    const roll = openRoll({
      database: store.database,
      deployment,
      keyFolder,
      keys: periodKeys,
      settings,
      logger: pino({ level: 'silent' }),
      now: Date.now,
    });
    await until(async () => {
      const { rows } = await store.pool.query(
        `SELECT FROM ledger_heads AS head LEFT JOIN ledger_checkpoints AS signed USING (shard)
         WHERE head.size IS DISTINCT FROM coalesce(signed.size, 0)`,
      );
      return rows.length === 0;
    });
    await roll.close();
  }

  const rollKeys = verifierKeysOf(`${deployment}/ledger`, keys);
  return { ...store, folder, keyFolder, rollKeys, periodKeys, query, appendAt, sign };
}

/** A resident of whom no other entry is. */
export const resident = '440300199003070012';

/** Entries of a month: some about somebody and released, some about nobody. */
export const mixedDrafts = (count: number): readonly Draft[] =>
  Array.from({ length: count }, (_, at) => {
    if (at % 3 === 1) return draftOf({ subjects: [] }, { outcome: 'refused', code: 'STILE_NO_AGREEMENT' });
    const subjects = [{ kind: 'resident', identifier: resident, role: 'asked' as const }];
    // U+2028 ends a line for many a reader, and none in a ledger.
    return draftOf(at % 3 === 0 ? { subjects } : {}, { case: `深住\u2028${at}` });
  });

/** Entries by which nothing about anybody was released. */
export const plainDrafts = (count: number): readonly Draft[] =>
  Array.from({ length: count }, () => draftOf({ subjects: [] }, { outcome: 'refused' }));

/** An entry of the roll, as one of an earlier month. */
export const rollDraft = (): Draft => ({ entry: { kind: rollKind.key, id: newId(), keys: [] } });
