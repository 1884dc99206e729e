/**
 * Entries lie in partitions by UTC month, made ahead; each look-up goes to its own, and a missing one is told.
 *
 * Fault: a month without a partition
 */
import pg from 'pg';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import { entriesAfter } from '../../src/ledger/follow.js';
import { closeIntents } from '../../src/ledger/intent.js';
import { keepMonths } from '../../src/ledger/keep-months.js';
import { readHead } from '../../src/ledger/lease.js';
import { ledgerFault } from '../../src/ledger/ledger.js';
import { monthSpan } from '../../src/ledger/month.js';
import { periodOf } from '../../src/ledger/period-keys.js';
import { entryAt, searchEntries } from '../../src/ledger/search.js';
import { until } from '../until.js';
import { makeMonths, noteMonths } from './months.js';
import { draftOf, faultOf, openStore, type Store } from './open-store.js';
import { epoch, insertSamples } from './search-samples.js';

/** The names of a table's partitions, in order. */
async function partitions(pool: pg.Pool, table: string): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    'SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY name',
    [table],
  );
  return rows.map(row => row.name);
}

/** The month of now and those after it, as the names of partitions end: `2026_11`. */
function monthsFromNow(count: number): string[] {
  const now = new Date();
  return Array.from({ length: count }, (_, ahead) =>
    periodOf(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead)).replace('-', '_'),
  );
}

const drop = (month: string) => `DROP TABLE ledger_entries_${month}, ledger_subjects_${month}`;

t.test('this month and the next three are there, and are made again where they are missing', async t => {
  const { pool } = await openStore(t);
  const months = monthsFromNow(4);
  const [first, , , last] = months as [string, string, string, string];
  for (const table of ['ledger_entries', 'ledger_subjects']) {
    const wanted = months.map(month => `${table}_${month}`);
    t.same(await partitions(pool, table), wanted);
    await pool.query(`DROP TABLE ${table}_${first}, ${table}_${last}`);
    t.same(await partitions(pool, table), wanted.slice(1, 3));
    await Promise.all([1, 2].map(() => pool.query('SELECT ledger_make_months()')));
    t.same(await partitions(pool, table), wanted, 'by whoever comes first');
  }
});

t.test('a month begins and ends at midnight in UTC, to the millisecond', async t => {
  const { pool } = await openStore(t);
  const begin = Date.UTC(2024, 1, 1);
  const end = Date.UTC(2024, 2, 1);
  await makeMonths(pool, [begin, end - 1]);
  const insert = (time: number) =>
    pool.query(`INSERT INTO ledger_subjects (shard, index, time, tag, role) VALUES (0, 0, $1, '', 'asked')`, [time]);
  await insert(begin);
  await insert(end - 1);
  t.equal((await pool.query('SELECT FROM ledger_subjects_2024_02')).rowCount, 2);
  for (const time of [begin - 1, end]) await t.rejects(insert(time), { code: '23514' }, 'and no partition takes all');
});

t.test('an append notes where a month of its shard begins', async t => {
  const { pool, open } = await openStore(t);
  const ledger = await open();
  await Promise.all([ledger.append(draftOf()), ledger.append(draftOf())]);
  await ledger.append(draftOf());
  const now = new Date();
  const month = {
    begins: String(Date.UTC(now.getUTCFullYear(), now.getUTCMonth())),
    ends: String(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1)),
  };
  const months = 'SELECT begins, ends, first_index FROM ledger_months ORDER BY begins';
  t.same((await pool.query(months)).rows, [{ ...month, first_index: '0' }]);
  await pool.query('UPDATE ledger_months SET begins = 0, ends = $1', [month.begins]);
  await ledger.append(draftOf());
  await ledger.append(draftOf());
  t.same((await pool.query(months)).rows, [
    { begins: '0', ends: month.begins, first_index: '0' },
    { ...month, first_index: '3' },
  ]);
});

/** What a plan that was carried out has touched: a partition that was left out is absent, or marked as never executed. */
const touched = (plan: string): string[] => [
  ...new Set(
    plan
      .split('\n')
      .filter(line => !line.includes('never executed'))
      .flatMap(line => /Scan.* on (ledger_(?:entries|subjects)_\d{4}_\d\d)\b/.exec(line)?.[1] ?? []),
  ),
];

/** Catches the statements that readers send, explains them as they are carried out, and keeps which partitions each touched. */
async function openExplainer(t: Test, store: Store) {
  const client = new pg.Client({ connectionString: store.database });
  await client.connect();
  t.teardown(() => client.end());
  const looks: string[][] = [];
  async function query(text: string, values: readonly unknown[] = []) {
    const { rows } = await client.query(`EXPLAIN (ANALYZE, COSTS OFF) ${text}`, [...values]);
    looks.push(touched(rows.map(row => row['QUERY PLAN']).join('\n')));
    return client.query(text, [...values]);
  }
  return {
    /** As the searches' pool. */
    pool: { query } as unknown as pg.Pool,
    /** As the writer's connection. */
    connection: {
      run: async ({ text, values }: { text: string; values?: readonly unknown[] }) => (await query(text, values)).rows,
      close: async () => {},
    },
    /** What the last statement has touched, in order of name. */
    last: () => looks.at(-1)?.toSorted(),
  };
}

t.test('each look-up goes to the partitions of its own months', async t => {
  const store = await openStore(t);
  const { pool } = store;
  await insertSamples(pool);
  // The samples of a shard: indexes 0 to 49 in March, 50 to 119 in April.
  await pool.query(
    `INSERT INTO ledger_subjects SELECT shard, index, time, sha256(int8send(index)), 'asked' FROM ledger_entries`,
  );
  await pool.query('ANALYZE');
  const explainer = await openExplainer(t, store);
  const [march, april] = ['ledger_entries_2026_03', 'ledger_entries_2026_04'];

  t.comment('by position');
  for (const [index, partition] of [
    [0, march],
    [49, march],
    [50, april],
    [119, april],
  ] as const) {
    t.match(await entryAt(explainer.pool, { shard: 1, index }), { shard: 1, index });
    t.same(explainer.last(), [partition], `index ${index}`);
  }
  t.equal(await entryAt(explainer.pool, { shard: 7, index: 0 }), null);
  t.same(explainer.last(), [], 'a shard that is not there has none');

  t.comment('what follows a known size');
  await pool.query(`UPDATE ledger_heads SET size = 0, root = sha256(''), range = ''`);
  const names = async (size: number, count: number) =>
    (await readHead(explainer.connection, 1, size, count)).names.length;
  t.equal(await names(60, 500), 60);
  t.same(explainer.last(), [april]);
  t.equal(await names(10, 40), 40);
  t.same(explainer.last(), [march]);
  t.equal(await names(45, 10), 10);
  t.same(explainer.last(), [march, april]);
  await pool.query('UPDATE ledger_heads SET size = 120');

  t.comment('a follower');
  const at = (index: number) => new Map([0, 1, 2].map(shard => [shard, index]));
  await entriesAfter(explainer.pool, {}, at(50), 1000);
  t.same(explainer.last(), [april]);
  await entriesAfter(explainer.pool, {}, at(49), 1000);
  t.same(explainer.last(), [march, april]);
  await entriesAfter(explainer.pool, { tags: [{ ...monthSpan('2026-04'), tag: Buffer.alloc(32) }] }, at(50), 1000);
  t.same(explainer.last(), [april, 'ledger_subjects_2026_04'], 'of one person too');

  t.comment('a search');
  await searchEntries(explainer.pool, { from: epoch, until: epoch + 5000 }, undefined, 10);
  t.same(explainer.last(), [march]);
  await searchEntries(explainer.pool, { from: epoch + 5000 }, { time: epoch + 9000, shard: 0, index: 90 }, 10);
  t.same(explainer.last(), [april], 'its second page too');
  await searchEntries(explainer.pool, {}, { time: epoch + 4000, shard: 0, index: 40 }, 10);
  t.same(explainer.last(), [march], 'one without times goes on where it was');
  const { rows } = await pool.query('SELECT tag FROM ledger_subjects WHERE shard = 0 AND index = 70');
  const tags = ['2026-03', '2026-04'].map(month => ({ ...monthSpan(month), tag: rows[0].tag }));
  const person = await searchEntries(
    explainer.pool,
    { tags, from: epoch + 5000, until: epoch + 60_000 },
    undefined,
    10,
  );
  t.match(person, { entries: { length: 3 } });
  t.same(explainer.last(), [april, 'ledger_subjects_2026_04'], 'of one person too');
  await searchEntries(explainer.pool, { tags }, undefined, 10);
  const looked = explainer.last()?.filter(name => name.startsWith('ledger_entries'));
  t.same(looked, [april], 'and without times only the entries that are about them');

  t.comment('an intent');
  await pool.query(`INSERT INTO ledger_intents SELECT shard, id, index, time, 1 FROM ledger_entries
    WHERE shard = 1 AND index = 60`);
  await pool.query(`UPDATE ledger_entries SET entry = '{"id":"1-60"}' WHERE shard = 1 AND index = 60`);
  const drafted: unknown[] = [];
  const stop = new Error('seen');
  const builder = {
    begin() {},
    add(draft: unknown) {
      drafted.push(draft);
      return true;
    },
    finish() {
      throw stop;
    },
  };
  const hold = { shard: 1, epoch: 1, range: { size: 0, hashes: [] }, time: 0, agreements: 0 };
  await t.rejects(closeIntents(explainer.connection, hold, ['1-60'], builder, Date.now, 1000), stop);
  t.match(drafted, [{ entry: { intent: '1-60' }, tagged: { length: 1 } }]);
  t.same(explainer.last(), [april, 'ledger_subjects_2026_04']);
});

t.test(
  'an append whose month has no partition fails at once, says what to do, and goes on once it is done',
  async t => {
    const store = await openStore(t);
    const lines: string[] = [];
    const logger = pino({}, { write: (line: string) => lines.push(line) });
    const ledger = await store.open({}, { logger });
    await ledger.append(draftOf());
    await store.pool.query('DELETE FROM ledger_months');
    const [month = ''] = monthsFromNow(1);
    await store.pool.query(drop(month));
    await store.pool.query('UPDATE ledger_heads SET size = size');
    const begun = Date.now();
    const faults = await Promise.all([faultOf(ledger.append(draftOf())), faultOf(ledger.append(draftOf()))]);
    t.same(faults, [ledgerFault.unavailable, ledgerFault.unavailable]);
    t.ok(Date.now() - begun < 2000, 'it does not wait for its deadline');
    t.equal(ledger.fault(), ledgerFault.unavailable, 'the gateway is not ready');
    const complaint = `the store has no partition for ${month.replace('_', '-')}: as its owner, run SELECT ledger_make_months()`;
    t.match(ledger.metrics.lastFault, complaint);
    t.match(
      lines.map(line => JSON.parse(line)),
      [{}, {}, { msg: 'the ledger takes no entries', why: complaint }],
    );
    await new Promise(resolve => setTimeout(resolve, 600));
    t.equal(lines.length, 3, 'and says so once');
    await store.pool.query('SELECT ledger_make_months()');
    await until(() => ledger.fault() === null);
    t.equal((await ledger.append(draftOf())).index, 1, 'nothing was appended meanwhile');
  },
);

t.test('nothing begins on a store without the month', async t => {
  const store = await openStore(t);
  await store.pool.query(drop(monthsFromNow(1)[0] ?? ''));
  const ledger = await store.open();
  t.equal(await faultOf(ledger.append(draftOf())), ledgerFault.unavailable);
  t.same(
    (await store.pool.query('SELECT epoch FROM ledger_heads')).rows,
    [{ epoch: '0' }],
    'no shard is leased for it',
  );
  await store.pool.query('SELECT ledger_make_months()');
  await until(() => ledger.fault() === null);
  t.equal((await ledger.append(draftOf())).index, 0);
});

t.test('an append goes from one month to the next', async t => {
  const store = await openStore(t);
  // The shard's last entry is of a month ago: a gateway that stood still.
  const ledger = await store.open();
  await ledger.append(draftOf());
  await ledger.close();
  const now = new Date();
  const before = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 0);
  await makeMonths(store.pool, [before]);
  for (const table of ['ledger_entries', 'ledger_subjects', 'ledger_heads'])
    await store.pool.query(`UPDATE ${table} SET time = $1`, [before]);
  await store.pool.query('DELETE FROM ledger_months');
  await noteMonths(store.pool);
  const next = await store.open();
  t.same(await next.append(draftOf()), { shard: 0, index: 1 });
  const { rows } = await store.pool.query('SELECT first_index FROM ledger_months ORDER BY begins');
  t.same(rows, [{ first_index: '0' }, { first_index: '1' }]);
});

t.test('whoever keeps the months makes them, and says when that goes wrong', async t => {
  const store = await openStore(t);
  const [month = ''] = monthsFromNow(1);
  await store.pool.query(drop(month));
  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => lines.push(line) });
  const options = { database: store.database, statementDeadline: 2000, logger };
  const keeper = await keepMonths(options);
  t.ok(keeper.isWell);
  await keeper.close();
  t.same((await partitions(store.pool, 'ledger_entries')).length, 4);

  t.comment('a table in the way that is no partition');
  await store.pool.query(
    `${drop(month)}; CREATE TABLE ledger_entries_${month} (); CREATE TABLE ledger_subjects_${month} ()`,
  );
  const second = await keepMonths(options);
  t.notOk(second.isWell);
  await second.close();
  t.match(
    lines.map(line => JSON.parse(line)),
    [
      {
        level: 50,
        msg: 'the partitions of the coming months could not be made',
        err: { message: `relation "ledger_entries_${month}" already exists` },
      },
    ],
  );
});
