import { createHmac, hkdfSync } from 'node:crypto';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import t from 'tap';
import { deletePeriod } from '../../src/ledger/delete-period.js';
import { holdMonth } from '../../src/ledger/hold-month.js';
import { readLogKeys } from '../../src/ledger/log-key.js';
import { openLedger } from '../../src/ledger/open.js';
import { openPeriodKeys, periodOf } from '../../src/ledger/period-keys.js';
import { makeReceipt } from '../../src/ledger/receipt.js';
import { verifyArchive } from '../../src/ledger/verify-archive.js';
import { verifyReceipt } from '../../src/ledger/verify-receipt.js';
import { writeArchive } from '../../src/ledger/write-archive.js';
import { verify } from '../attacks/signed-ledger.js';
import {
  type ClosedMonths,
  deployment,
  mixedDrafts,
  openClosedMonths,
  plainDrafts,
  resident,
  settings,
} from './closed-months.js';
import { draftOf } from './open-store.js';

const retention = { released: 36, other: 6 };
const june = Date.UTC(2022, 5, 10);
const july = Date.UTC(2022, 6, 10);
const now = Date.UTC(2026, 0, 1);

const folderOf = ({ folder }: ClosedMonths): string => join(folder, 'data', 'keys', 'periods');

async function remove(store: ClosedMonths, period: string, change: { readonly now?: number } = {}): Promise<string> {
  const { database, periodKeys: keys, query } = store;
  const ledger = await openLedger({ database, keys, settings, logger: pino({ level: 'silent' }) });
  const options = { query, ledger, folder: folderOf(store), period, settings: retention, by: 'W0231', now, ...change };
  return deletePeriod(options).finally(() => ledger.close());
}

/** Everything that is left to compute with: each file of the keys, and each value of each row of the ledger's tables. */
async function remains(store: ClosedMonths): Promise<readonly Buffer[]> {
  const keys = join(store.folder, 'data', 'keys');
  const files = readdirSync(keys, { recursive: true, withFileTypes: true }).filter(each => each.isFile());
  const found: Buffer[] = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name)));
  const { rows: tables } = await store.pool.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition`,
  );
  for (const { name } of tables) {
    const { rows } = await store.pool.query(`SELECT * FROM ${name}`);
    for (const value of rows.flatMap(row => Object.values(row)))
      found.push(Buffer.isBuffer(value) ? value : Buffer.from(String(value)));
  }
  return found;
}

/** The tags of the month's entries that some value that is left gives for the resident, if it is taken as the key. */
async function linked(store: ClosedMonths, time: number): Promise<number> {
  const { rows } = await store.pool.query('SELECT DISTINCT tag FROM ledger_subjects WHERE time = $1', [time]);
  const tags = new Set(rows.map(({ tag }) => tag.toString('hex')));
  const guess = `subject\0resident\0${resident}`;
  const computed = (await remains(store)).flatMap(value =>
    [value, Buffer.from(value.toString('latin1'), 'hex'), Buffer.from(hkdfSync('sha256', value, '', '', 32))].map(key =>
      createHmac('sha256', key).update(guess).digest('hex'),
    ),
  );
  return computed.filter(tag => tags.has(tag)).length;
}

/** Two months with the same resident in each, signed and the first of them archived. */
async function twoMonths(t: Parameters<typeof openClosedMonths>[0]) {
  const store = await openClosedMonths(t);
  await store.appendAt(june, mixedDrafts(7));
  await store.appendAt(july, mixedDrafts(7));
  await store.sign();
  return store;
}

t.test('without its key nothing that is left tells whom a month is about; with it, it did', async t => {
  const store = await twoMonths(t);
  t.equal(await linked(store, june), 1, 'the search for a link finds one while there is one');
  t.equal(await linked(store, july), 1);
  t.same([...store.periodKeys.all().keys()].slice(0, 2), ['2022-06', '2022-07'], 'a gateway that runs knows both');

  const record = await remove(store, '2022-06');
  t.equal(await linked(store, june), 0);
  t.equal(await linked(store, july), 1, 'other months are as they were');
  t.notOk([...store.periodKeys.all().keys()].includes('2022-06'), 'the gateway has forgotten it without a restart');
  t.throws(() => store.periodKeys.keyOf('2022-06'), /was deleted/, 'and makes no other');
  t.same(store.periodKeys.deleted(), ['2022-06']);
  const { rows } = await store.pool.query(
    `SELECT shard || '/' || index AS record, entry FROM ledger_entries WHERE kind = 'erasure'`,
  );
  t.equal(rows.length, 1);
  t.equal(rows[0].record, record);
  t.match(JSON.parse(rows[0].entry), {
    action: 'period',
    period: '2022-06',
    operator: { id: 'W0231', assurance: 'asserted' },
  });
});

t.test('no proof breaks: store, archive and receipts verify as before', async t => {
  const store = await twoMonths(t);
  const { query, keyFolder, folder, rollKeys } = store;
  await writeArchive({ query, deployment, keys: readLogKeys(keyFolder), month: '2022-06', folder, now: Date.now() });
  const receipt = await makeReceipt(query, { shard: 0, index: 0 });
  await remove(store, '2022-06');
  await store.sign();
  const report = await verify({ key: rollKeys[0] ?? '' }, { database: store.database });
  t.same(report.findings, []);
  t.equal(report.unsigned, 0);
  t.equal((await verifyArchive(join(folder, '2022-06'), rollKeys)).entries, 7);
  for (const each of [receipt, await makeReceipt(query, { shard: 0, index: 0 })]) {
    if (each === null) throw new Error('there is no receipt');
    t.match(verifyReceipt(each, rollKeys), { position: '0/0' });
  }
});

t.test('a key that comes back from an old copy is not used', async t => {
  const store = await twoMonths(t);
  const copy = join(store.folder, 'copy');
  cpSync(folderOf(store), copy, { recursive: true });
  await remove(store, '2022-06');
  cpSync(copy, folderOf(store), { recursive: true });
  t.ok(readdirSync(folderOf(store)).includes('2022-06.key'), 'it is back');
  const keys = openPeriodKeys(folderOf(store));
  t.notOk([...keys.all().keys()].includes('2022-06'));
  t.throws(() => keys.keyOf('2022-06'), /was deleted/);
  await remove(store, '2022-06');
  t.notOk(readdirSync(folderOf(store)).includes('2022-06.key'), 'and it can be deleted again');
});

t.test('a key stays that is in use, within the least time, under legal hold, or is none', async t => {
  const store = await twoMonths(t);
  await store.appendAt(Date.UTC(2022, 4, 10), plainDrafts(1));
  const refused = (period: string, words: RegExp, change = {}) => t.rejects(remove(store, period, change), words);
  await refused('2022-06', /kept until 2025-07-01/, { now: Date.UTC(2025, 5, 30) });
  await refused('2022-05', /kept until 2022-12-01/, { now: Date.UTC(2022, 10, 30) });
  await refused('2021-01', /no key of 2021-01/);
  await store.appendAt(Date.now(), [draftOf()]);
  await refused(periodOf(Date.now()), /in use/, { now: Date.now() });
  const { database, periodKeys: keys, query } = store;
  const ledger = await openLedger({ database, keys, settings, logger: pino({ level: 'silent' }) });
  await holdMonth({ query, ledger, month: '2022-06', why: 'case 3', by: 'W0231' });
  await ledger.close();
  await refused('2022-06', /under legal hold/);
  t.equal(
    (await store.pool.query(`SELECT FROM ledger_entries WHERE kind = 'erasure'`)).rowCount,
    0,
    'nothing was told',
  );
  t.ok(readdirSync(folderOf(store)).includes('2022-06.key'));
  await remove(store, '2022-05');
  await t.rejects(remove(store, '2022-05'), /deleted already \(record 0\/\d+\)/);
});
