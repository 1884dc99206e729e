import t from 'tap';
import { ledgerFault, positionText } from '../../src/ledger/ledger.js';
import { until } from '../until.js';
import { draftOf, faultOf, openStore } from './open-store.js';
import { verifyLedger } from './verify-ledger.js';

const expire = "UPDATE ledger_heads SET lease_until = now() - interval '1 s'";
const heads = 'SELECT shard, epoch, holder IS NOT NULL AS held FROM ledger_heads ORDER BY shard';

t.test('each writer has a shard of its own, and one more has none', async t => {
  const store = await openStore(t);
  const [one, other] = [await store.open({ shards: 2 }), await store.open({ shards: 2 })];
  const third = await store.open({ shards: 2 });
  t.same([one.metrics.shard, other.metrics.shard, third.metrics.shard], [0, 1, null]);
  t.equal(third.fault(), ledgerFault.unavailable);
  t.equal(await faultOf(third.append(draftOf())), ledgerFault.unavailable);
  t.same(await Promise.all([one.append(draftOf()), other.append(draftOf())]), [
    { shard: 0, index: 0 },
    { shard: 1, index: 0 },
  ]);
  await one.close();
  await until(() => third.fault() === null);
  t.same(await third.append(draftOf()), { shard: 0, index: 1 }, 'it goes on with a shard that was released');
});

t.test('a lease is renewed by appends and without any', async t => {
  const store = await openStore(t);
  const ledger = await store.open({ lease: 600 });
  const lease = async () => (await store.pool.query('SELECT lease_until, epoch FROM ledger_heads')).rows[0];
  const first = await lease();
  await ledger.append(draftOf());
  const second = await lease();
  t.ok(second.lease_until > first.lease_until, 'in passing');
  let third = second;
  while (third.lease_until <= second.lease_until) third = await lease();
  t.equal(third.epoch, first.epoch, 'and by itself');
});

t.test('the slower of two writers on one shard appends nothing there', async t => {
  const store = await openStore(t);
  const slow = await store.open({ shards: 1 });
  await slow.append(draftOf());
  await store.pool.query(expire);
  const fast = await store.open();
  t.same((await store.pool.query(heads)).rows, [{ shard: 0, epoch: '2', held: true }], 'a take-over bumps the epoch');

  await store.pool.query('INSERT INTO ledger_heads (shard) VALUES (7)');
  const drafts = Array.from({ length: 100 }, () => draftOf());
  const late = drafts.map(draft => slow.append(draft));
  const appends = Array.from({ length: 100 }, () => fast.append(draftOf()));
  const positions = await Promise.all(late);
  t.same(
    positions,
    drafts.map((_, index) => ({ shard: 7, index })),
    'the whole batch went to a shard that was free',
  );
  t.equal((await Promise.all(appends)).length, 100);
  const ids = await verifyLedger(t, store.pool);
  t.equal(ids.size, 201);
  for (const [at, position] of positions.entries()) {
    if (ids.get(positionText(position)) !== drafts[at]?.entry.id) t.fail('an entry is not where its position says');
  }
});

t.test('a writer that lost its only shard takes nothing until it has another', async t => {
  const store = await openStore(t);
  const slow = await store.open({ deadline: 400 });
  await store.pool.query(expire);
  const fast = await store.open();
  t.equal(await faultOf(slow.append(draftOf())), ledgerFault.deadline);
  t.equal(slow.fault(), ledgerFault.unavailable);
  await fast.close();
  await until(() => slow.fault() === null);
  t.same(await slow.append(draftOf()), { shard: 0, index: 0 }, 'what was rejected is not in the ledger');
});

t.test('an epoch bumped by another is seen at the renewal too', async t => {
  const store = await openStore(t);
  const ledger = await store.open({ lease: 300 });
  await store.pool.query(
    "UPDATE ledger_heads SET epoch = epoch + 1, holder = 'another', lease_until = now() + interval '1 h'",
  );
  await until(() => ledger.fault() === ledgerFault.unavailable);
  t.equal(ledger.metrics.shard, null);
  await store.pool.query(expire);
  await until(() => ledger.fault() === null);
  t.same(await ledger.append(draftOf()), { shard: 0, index: 0 });
});

t.test('a head that does not fit itself is not built on', async t => {
  const store = await openStore(t);
  const ledger = await store.open();
  await ledger.append(draftOf());
  await ledger.close();
  await store.pool.query("UPDATE ledger_heads SET root = sha256('another')");
  const next = await store.open();
  t.equal(next.fault(), ledgerFault.unavailable);
  t.match(next.metrics.lastFault, /damaged/);
});
