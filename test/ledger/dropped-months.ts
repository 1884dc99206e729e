/** A signed store of closed months, and what its owner does with one: archive, hold and drop it. */
import { pino } from 'pino';
import type { Test } from 'tap';
import { dropMonth } from '../../src/ledger/drop-month.js';
import { holdMonth } from '../../src/ledger/hold-month.js';
import { readLogKeys } from '../../src/ledger/log-key.js';
import { openLedger } from '../../src/ledger/open.js';
import { writeArchive } from '../../src/ledger/write-archive.js';
import {
  type ClosedMonths,
  deployment,
  mixedDrafts,
  openClosedMonths,
  plainDrafts,
  rollDraft,
  settings,
} from './closed-months.js';

export const retention = { released: 36, other: 6 };

export const archive = ({ query, keyFolder, folder }: ClosedMonths, month: string) =>
  writeArchive({ query, deployment, keys: readLogKeys(keyFolder), month, folder, now: Date.now() });

/** A ledger to write into, for as long as the work takes. */
async function withLedger<T>(
  store: ClosedMonths,
  work: (ledger: Awaited<ReturnType<typeof openLedger>>) => Promise<T>,
) {
  const { database, periodKeys: keys } = store;
  const ledger = await openLedger({ database, keys, settings, logger: pino({ level: 'silent' }) });
  return work(ledger).finally(() => ledger.close());
}

export const drop = (store: ClosedMonths, month: string, change: Partial<Parameters<typeof dropMonth>[0]> = {}) =>
  withLedger(store, ledger => {
    const { query, rollKeys, folder } = store;
    const now = Date.now();
    return dropMonth({ query, ledger, rollKeys, month, folder, settings: retention, by: 'W0231', now, ...change });
  });

export const hold = (store: ClosedMonths, month: string, why: string | null) =>
  withLedger(store, ledger => holdMonth({ query: store.query, ledger, month, why, by: 'W0231' }));

export const entriesOf = async ({ pool }: ClosedMonths, kind: string) =>
  (await pool.query('SELECT entry FROM ledger_entries WHERE kind = $1 ORDER BY time, shard, index', [kind])).rows.map(
    row => JSON.parse(row.entry.toString()),
  );

export const hasPartitions = async ({ pool }: ClosedMonths, name: string): Promise<boolean> => {
  const { rows } = await pool.query(
    `SELECT to_regclass('ledger_entries_' || $1) IS NOT NULL
    OR to_regclass('ledger_subjects_' || $1) IS NOT NULL AS found`,
    [name],
  );
  return rows[0].found;
};

/** June has entries 300 to 900 of shard 0, and all there are of shard 1 and, before what is signed, of the roll. */
export async function signedMonths(t: Test) {
  const store = await openClosedMonths(t);
  await store.appendAt(Date.UTC(2022, 4, 10), plainDrafts(300));
  await store.appendAt(Date.UTC(2022, 5, 10), mixedDrafts(600));
  await store.appendAt(Date.UTC(2022, 5, 10), mixedDrafts(5), 1);
  await store.appendAt(Date.UTC(2022, 5, 10), [rollDraft()], -1);
  await store.appendAt(Date.UTC(2022, 6, 10), mixedDrafts(200));
  await store.sign();
  return store;
}
