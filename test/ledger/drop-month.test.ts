/** A month leaves the store for its archive only, once its time is over, and what stays of it proves as before. */
import t from 'tap';
import { droppedMonth, lostMonths } from '../../src/ledger/lost-months.js';
import { proveConsistency, proveInclusion, readRoot, verifyConsistency } from '../../src/ledger/proof.js';
import { makeReceipt } from '../../src/ledger/receipt.js';
import { completeTiles, readTile, storedNodes } from '../../src/ledger/stored-tiles.js';
import { verifyReceipt } from '../../src/ledger/verify-receipt.js';
import { mixedDrafts, openClosedMonths, plainDrafts } from './closed-months.js';
import { archive, drop, entriesOf, hasPartitions, hold, signedMonths } from './dropped-months.js';

t.test('a month is dropped for its archive, and everything about it can still be proved', async t => {
  const store = await signedMonths(t);
  const { query, rollKeys } = store;
  const before = [];
  for (const position of [
    { shard: 0, index: 500 },
    { shard: 1, index: 3 },
    { shard: 0, index: 950 },
  ]) {
    before.push(await makeReceipt(query, position));
  }
  const inclusion = await proveInclusion(500, 1100, storedNodes(query, 0, 1100));
  const roots = await Promise.all([400, 1100].map(size => readRoot(size, storedNodes(query, 0, size))));

  const { digest } = await archive(store, '2022-06');
  const dropped = await drop(store, '2022-06');
  t.equal(dropped.entries, 606);
  t.notOk(await hasPartitions(store, '2022_06'));
  t.ok(await hasPartitions(store, '2022_05'));
  t.match((await entriesOf(store, 'retention')).at(-1), {
    action: 'dropped',
    month: '2022-06',
    manifest: digest,
    operator: { id: 'W0231', assurance: 'asserted' },
  });
  t.same(await lostMonths(query), [], 'it went as it should');
  t.same(await droppedMonth(query, 0, 500), { month: '2022-06', manifest: digest });
  t.equal(await droppedMonth(query, 0, 950), null);
  t.equal(await droppedMonth(query, 0, 99_999), null);

  for (const receipt of before) {
    t.not(receipt, null);
    if (receipt !== null) t.match(verifyReceipt(receipt, rollKeys), { position: receipt.position });
  }
  t.equal(await makeReceipt(query, { shard: 0, index: 500 }), null, 'its entry is not in the store any more');
  const kept = await makeReceipt(query, { shard: 0, index: 950 });
  t.match(kept && verifyReceipt(kept, rollKeys), { position: '0/950' }, 'new receipts of other months');
  t.same(await proveInclusion(500, 1100, storedNodes(query, 0, 1100)), inclusion);
  t.same(await Promise.all([400, 1100].map(size => readRoot(size, storedNodes(query, 0, size)))), roots);
  const proof = await proveConsistency(400, 1100, storedNodes(query, 0, 1100));
  const [first = '', second = ''] = roots;
  t.ok(verifyConsistency(proof, { size: 400, root: first }, { size: 1100, root: second }));
  t.equal((await readTile(query, 0, { level: 0, index: 1, width: 150 })).length, 150, 'a partial tile of then');

  // The shard that ended within the month grows on, over the leaves that were kept of it.
  await store.appendAt(Date.now(), plainDrafts(300), 1);
  await store.sign();
  const grown = await makeReceipt(query, { shard: 1, index: 300 });
  t.match(grown && verifyReceipt(grown, rollKeys), { position: '1/300', shard: { size: 305 } });
  await completeTiles(query, 1, 305);
  t.equal((await readTile(query, 1, { level: 0, index: 0, width: 256 })).length, 256);
  await t.rejects(drop(store, '2022-06'), /has no partition of 2022-06/);
});

t.test(
  'within the least time it stays: three years where personal data was released, six months otherwise',
  async t => {
    const store = await openClosedMonths(t);
    const now = new Date();
    const monthsAgo = (count: number) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - count, 3);
    const name = (time: number) => new Date(time).toISOString().slice(0, 7);
    const [fresh, plain, personal] = [monthsAgo(3), monthsAgo(9), monthsAgo(20)];
    await store.appendAt(personal, mixedDrafts(3));
    await store.appendAt(plain, plainDrafts(3));
    await store.appendAt(fresh, plainDrafts(3));
    await store.sign();
    const nobody = Buffer.alloc(32);
    for (const time of [fresh, personal]) {
      await archive(store, name(time));
      await t.rejects(drop(store, name(time)), /is kept until/, name(time));
      // Whoever goes around the command meets the same in the store.
      const text = 'SELECT ledger_drop_month($1, $2, 0, 0)';
      await t.rejects(store.query(text, [name(time), nobody]), { message: 'retention' }, name(time));
    }
    await archive(store, name(plain));
    const longer = { settings: { released: 60, other: 12 } };
    await t.rejects(drop(store, name(plain), longer), /is kept until/, 'config makes it longer');
    await t.rejects(store.query('SELECT ledger_drop_month($1, $2, 0, 0)', [name(plain), nobody]), { message: 'entry' });
    t.equal((await drop(store, name(plain))).entries, 3);
  },
);

t.test('a month under legal hold stays until it is freed', async t => {
  const store = await signedMonths(t);
  await archive(store, '2022-06');
  await t.rejects(hold(store, '2022-06', null), /is not under legal hold/);
  await hold(store, '2022-06', '监委〔2026〕3号');
  await t.rejects(drop(store, '2022-06'), /under legal hold/);
  const text = 'SELECT ledger_drop_month($1, $2, 0, 0)';
  await t.rejects(store.query(text, ['2022-06', Buffer.alloc(32)]), { message: 'held' });
  const [held] = await entriesOf(store, 'retention');
  t.match(held, { action: 'held', month: '2022-06' });
  t.match(held.text, /^[\w-]{43}$/);
  t.notOk(JSON.stringify(held).includes('监委'), 'the reason is not in the ledger');
  t.same((await store.pool.query('SELECT id, text FROM ledger_texts')).rows, [
    { id: held.id, text: '监委〔2026〕3号' },
  ]);
  await hold(store, '2022-06', null);
  t.match((await entriesOf(store, 'retention')).at(-1), { action: 'freed', month: '2022-06' });
  t.equal((await drop(store, '2022-06')).entries, 606);
});

t.test('only an archive that is whole and what the store has lets a month go', async t => {
  const store = await signedMonths(t);
  await t.rejects(drop(store, '2022-06'), /manifest: the file is missing/, 'no archive');
  await archive(store, '2022-06');
  await store.pool.query('UPDATE ledger_subjects SET tag = sha256(tag) WHERE shard = 0 AND index = 300');
  await t.rejects(drop(store, '2022-06'), /shard-0\.subjects\.ndjson: it is not what the store has/);
  t.ok(await hasPartitions(store, '2022_06'));
  t.same(await entriesOf(store, 'retention'), [], 'nothing was entered');
});

t.test('an entry of the roll that receipts still need keeps its month, until the shard is signed anew', async t => {
  const store = await signedMonths(t);
  await archive(store, '2022-06');
  // As of a shard that has not grown since.
  await store.pool.query('UPDATE ledger_checkpoints SET roll_index = 0 WHERE shard = 1');
  await t.rejects(drop(store, '2022-06'), /Have a gateway run for some seconds/);
  t.ok(await hasPartitions(store, '2022_06'));
  await store.sign();
  t.equal((await drop(store, '2022-06')).entries, 606);
  const receipt = await makeReceipt(store.query, { shard: 0, index: 950 });
  t.match(receipt && verifyReceipt(receipt, store.rollKeys), { position: '0/950' });
  await t.rejects(hold(store, '2022-06', 'too late'), /is archived and dropped/);
});

t.test('no role but the owner may drop or hold a month', async t => {
  const store = await signedMonths(t);
  const client = await store.pool.connect();
  try {
    await client.query('GRANT USAGE ON SCHEMA public TO pg_monitor');
    await client.query('SET ROLE pg_monitor');
    for (const call of [`ledger_drop_month('2022-06', '', 0, 0)`, `ledger_hold_month('2022-06', NULL)`]) {
      await t.rejects(client.query(`SELECT ${call}`), { code: '42501' }, call);
    }
  } finally {
    await client.query('RESET ROLE');
    client.release();
  }
  t.ok(await hasPartitions(store, '2022_06'));
});
