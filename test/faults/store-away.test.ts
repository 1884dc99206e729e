/**
 * A store that is down, hangs or comes back: appends end within their deadline and nothing is half done.
 *
 * Fault: a database that hangs
 * Fault: the database comes back without entries it had acknowledged
 */
import t, { type Test } from 'tap';
import { ledgerFault } from '../../src/ledger/ledger.js';
import { draftOf, faultOf, openStore } from '../ledger/open-store.js';
import { verifyLedger } from '../ledger/verify-ledger.js';
import { until } from '../until.js';
import { openCutProxy } from './cut-proxy.js';

async function openCuttable(t: Test) {
  const store = await openStore(t);
  const proxy = await openCutProxy(t, store.database);
  const settings = { statementDeadline: 1000, deadline: 2000 };
  const ledger = await store.open(settings, { database: proxy.database });
  await ledger.append(draftOf());
  return { store, proxy, ledger };
}

t.test('down and back', async t => {
  const { store, proxy, ledger } = await openCuttable(t);
  proxy.refuse();
  t.equal(await faultOf(ledger.append(draftOf())), ledgerFault.deadline, 'who came first waited for it to come back');
  t.equal(ledger.fault(), ledgerFault.unavailable);
  t.equal(await faultOf(ledger.append(draftOf())), ledgerFault.unavailable, 'others are told at once');
  proxy.pass();
  await until(() => ledger.fault() === null);
  t.same(await ledger.append(draftOf()), { shard: 0, index: 1 }, 'what was rejected is not in the ledger');
  await verifyLedger(t, store.pool);
});

t.test('away for a moment, nobody notices', async t => {
  const { store, proxy, ledger } = await openCuttable(t);
  proxy.cut();
  t.same(await ledger.append(draftOf()), { shard: 0, index: 1 });
  t.equal(ledger.fault(), null);
  t.same((await store.pool.query('SELECT epoch FROM ledger_heads')).rows, [{ epoch: '1' }], 'under the same lease');
});

t.test('hangs and goes on', async t => {
  const { store, proxy, ledger } = await openCuttable(t);
  proxy.hang();
  const appends = Array.from({ length: 10 }, () => faultOf(ledger.append(draftOf())));
  t.same(await Promise.all(appends), Array(10).fill(ledgerFault.deadline));
  await until(() => ledger.fault() === ledgerFault.unavailable);
  proxy.pass();
  await until(() => ledger.fault() === null);
  t.same(await ledger.append(draftOf()), { shard: 0, index: 1 });
  await verifyLedger(t, store.pool);
});

t.test('a ledger closes though the store hangs', async t => {
  const { store, proxy, ledger } = await openCuttable(t);
  proxy.hang();
  const append = faultOf(ledger.append(draftOf()));
  await ledger.close();
  t.equal(await append, ledgerFault.deadline);
  proxy.pass();
  const { rows } = await store.pool.query('SELECT holder IS NOT NULL AS held, size FROM ledger_heads');
  t.same(rows, [{ held: true, size: '1' }], 'the lease runs out by itself');
});

t.test('an idle ledger closes though the store hangs', async t => {
  const { store, proxy, ledger } = await openCuttable(t);
  proxy.hang();
  await ledger.close();
  const { rows } = await store.pool.query('SELECT holder IS NOT NULL AS held FROM ledger_heads');
  t.same(rows, [{ held: true }]);
});

t.test('the database refuses a batch', async t => {
  const { store, ledger } = await openCuttable(t);
  await store.pool.query('ALTER TABLE ledger_entries ADD CONSTRAINT full_disk CHECK (index < 1)');
  t.equal(await faultOf(ledger.append(draftOf())), ledgerFault.unavailable);
  await store.pool.query('ALTER TABLE ledger_entries DROP CONSTRAINT full_disk');
  t.same(await ledger.append(draftOf()), { shard: 0, index: 1 }, 'the head had not moved without its entries');
  await verifyLedger(t, store.pool);
});

t.test('another session locks the head for longer than a statement may take', async t => {
  const { store, ledger } = await openCuttable(t);
  const client = await store.pool.connect();
  await client.query('BEGIN');
  await client.query('SELECT FROM ledger_heads FOR UPDATE');
  t.not(await faultOf(ledger.append(draftOf())), null);
  await client.query('ROLLBACK');
  client.release();
  await until(async () => (await faultOf(ledger.append(draftOf()))) === null);
  await verifyLedger(t, store.pool);
});

t.test('the server ends the session', async t => {
  const { store, ledger } = await openCuttable(t);
  await store.pool.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'stile ledger%'",
  );
  t.same(await ledger.append(draftOf()), { shard: 0, index: 1 });
});

t.test('a store that is away at the start is an error of the start', async t => {
  const store = await openStore(t);
  const proxy = await openCutProxy(t, store.database);
  proxy.refuse();
  await t.rejects(store.open({}, { database: proxy.database }), { name: 'ConnectionLost' });
});

t.test('a store that comes back without what it had acknowledged is not built upon', async t => {
  const { store, ledger } = await openCuttable(t);
  await store.pool.query('CREATE TABLE earlier AS SELECT * FROM ledger_heads');
  await ledger.append(draftOf());
  // As after a restored backup, or a standby that was promoted though it was behind.
  await store.pool.query(`DELETE FROM ledger_entries WHERE index = 1;
    UPDATE ledger_heads AS head SET size = earlier.size, root = earlier.root, range = earlier.range FROM earlier`);
  t.not(await faultOf(ledger.append(draftOf())), null);
  await until(() => ledger.fault() === ledgerFault.unavailable);
  t.match(ledger.metrics.lastFault, /shard 0 went back from 2 entries to 1/);
  t.equal(await faultOf(ledger.append(draftOf())), ledgerFault.unavailable);
  t.equal((await verifyLedger(t, store.pool)).size, 1, 'nothing was put in their place');
});
