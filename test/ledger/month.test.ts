/**
 * Entries lie in partitions by UTC month, made ahead, and a missing one is told.
 *
 * Fault: a month without a partition
 */
import type pg from 'pg';
import { pino } from 'pino';
import t from 'tap';
import { keepMonths } from '../../src/ledger/keep-months.js';
import { ledgerFault } from '../../src/ledger/ledger.js';
import { periodOf } from '../../src/ledger/period-keys.js';
import { until } from '../until.js';
import { makeMonths, noteMonths } from './months.js';
import { draftOf, faultOf, openStore } from './open-store.js';

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
