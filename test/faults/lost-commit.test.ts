/**
 * A commit whose answer is lost is found out: nothing is lost, nothing is stored twice, whatever the moment.
 *
 * Fault: connection lost after COMMIT was sent
 */
import t, { type Test } from 'tap';
import { type Draft, ledgerFault, positionText } from '../../src/ledger/ledger.js';
import { draftOf, faultOf, openStore } from '../ledger/open-store.js';
import { verifyLedger } from '../ledger/verify-ledger.js';
import { until } from '../until.js';
import { openCutProxy } from './cut-proxy.js';

/** A ledger behind a proxy, one entry in it. */
async function openCuttable(t: Test, settings: Parameters<Awaited<ReturnType<typeof openStore>>['open']>[0] = {}) {
  const store = await openStore(t);
  const proxy = await openCutProxy(t, store.database);
  const ledger = await store.open({ statementDeadline: 1000, ...settings }, { database: proxy.database });
  await ledger.append(draftOf());
  return { store, proxy, ledger };
}

const positions = (first: number, drafts: readonly Draft[]) => drafts.map((_, at) => ({ shard: 0, index: first + at }));

for (const moment of ['cutBefore', 'cutAfter'] as const) {
  t.test(`a batch, ${moment}`, async t => {
    const { store, proxy, ledger } = await openCuttable(t);
    const cut = proxy[moment]('ledger-append');
    const drafts = Array.from({ length: 20 }, () => draftOf());
    const appends = Promise.all(drafts.map(draft => ledger.append(draft)));
    await cut;
    const later = ledger.append(draftOf());
    t.same(await appends, positions(1, drafts), 'each has the position it would have had');
    t.equal((await later).index, 21);
    const ids = await verifyLedger(t, store.pool);
    t.equal(ids.size, 22);
    for (const [at, draft] of drafts.entries()) t.equal(ids.get(`0/${at + 1}`), draft.entry.id);
  });

  t.test(`a change, ${moment} its commit`, async t => {
    const { store, proxy, ledger } = await openCuttable(t);
    await store.pool.query('CREATE TABLE changed (id int); GRANT INSERT ON changed TO stile_gateway');
    const cut = proxy[moment]('COMMIT');
    let runs = 0;
    const changed = ledger.appendWithChange(
      draftOf(),
      async query => {
        runs += 1;
        await query('INSERT INTO changed VALUES ($1)', [runs]);
        return `run ${runs}`;
      },
      [draftOf()],
    );
    await cut;
    const wanted = moment === 'cutBefore' ? 2 : 1;
    t.same(await changed, { position: { shard: 0, index: 1 }, version: 1, result: `run ${wanted}` });
    t.same((await store.pool.query('SELECT id FROM changed')).rows, [{ id: wanted }], 'changed once');
    t.same((await store.pool.query('SELECT agreements FROM ledger_heads')).rows, [{ agreements: '1' }]);
    t.equal((await verifyLedger(t, store.pool)).size, 3);
  });
}

t.test('an answer that never comes', async t => {
  const { store, proxy, ledger } = await openCuttable(t);
  const hung = proxy.hangAfter('ledger-append');
  const drafts = Array.from({ length: 20 }, () => draftOf());
  const appends = Promise.all(drafts.map(draft => ledger.append(draft)));
  await hung;
  t.same(await appends, positions(1, drafts), 'the statement’s deadline ends the wait, and the entries are there');
  t.equal((await verifyLedger(t, store.pool)).size, 21);
});

t.test('a statement that still runs while its entries are looked up', async t => {
  const { store, proxy, ledger } = await openCuttable(t, { statementDeadline: 3000 });
  const client = await store.pool.connect();
  await client.query('BEGIN');
  await client.query('SELECT FROM ledger_heads FOR UPDATE');
  const waits =
    "SELECT count(*)::int AS count FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
  const waiting = async () => (await store.pool.query(waits)).rows[0].count;

  const draft = draftOf();
  const append = ledger.append(draft);
  await until(async () => (await waiting()) === 1);
  proxy.cut();
  await until(async () => (await waiting()) === 2);
  await client.query('COMMIT');
  client.release();
  t.same(await append, { shard: 0, index: 1 }, 'one of the two statements stored it, and the other could not');
  await ledger.append(draftOf());
  const ids = await verifyLedger(t, store.pool);
  t.same([...ids.values()].filter(id => id === draft.entry.id).length, 1);
  t.equal(ids.size, 3);
});

t.test('the shard is taken over before the lost commit is looked up: stored is stored', async t => {
  const { store, proxy, ledger } = await openCuttable(t);
  const cut = proxy.cutAfter('ledger-append');
  const draft = draftOf();
  const append = ledger.append(draft);
  await cut;
  proxy.refuse();
  await store.pool.query(
    "UPDATE ledger_heads SET epoch = epoch + 1, holder = 'another', lease_until = now() + interval '1 h'",
  );
  await store.pool.query('INSERT INTO ledger_heads (shard) VALUES (5)');
  proxy.pass();
  t.same(await append, { shard: 0, index: 1 }, 'the position is in the shard it went to');
  await until(() => ledger.fault() === null);
  t.same(await ledger.append(draftOf()), { shard: 5, index: 0 }, 'the next goes elsewhere');
  await verifyLedger(t, store.pool);
});

t.test('the shard is taken over before the lost commit is looked up: absent goes elsewhere', async t => {
  const { store, proxy, ledger } = await openCuttable(t);
  const cut = proxy.cutBefore('ledger-append');
  const draft = draftOf();
  const append = ledger.append(draft);
  await cut;
  proxy.refuse();
  await store.pool.query(
    "UPDATE ledger_heads SET epoch = epoch + 1, holder = 'another', lease_until = now() + interval '1 h'",
  );
  await store.pool.query('INSERT INTO ledger_heads (shard) VALUES (5)');
  proxy.pass();
  t.same(await append, { shard: 5, index: 0 });
  const ids = await verifyLedger(t, store.pool);
  t.same(
    [...ids].filter(([, id]) => id === draft.entry.id).map(([position]) => position),
    ['5/0'],
  );
});

t.test('an append given up on after it was stored does not upset what follows', async t => {
  const { store, proxy, ledger } = await openCuttable(t, { deadline: 1000, statementDeadline: 3000 });
  const hung = proxy.hangAfter('ledger-append');
  const append = ledger.append(draftOf());
  await hung;
  t.equal(await faultOf(append), ledgerFault.deadline);
  await until(async () => (await faultOf(ledger.append(draftOf()))) === null);
  const ids = await verifyLedger(t, store.pool);
  t.ok(ids.size >= 3, 'it was stored all the same, as a deadline’s fault says it may');
});

t.test('cuts at random moments under load', async t => {
  const { store, proxy, ledger } = await openCuttable(t, { deadline: 20_000 });
  const rounds = process.env.STILE_SLOW ? 150 : 15;
  const told = new Map<string, string>();
  let stopped = false;
  let random = 7;
  const workers = Array.from({ length: 30 }, async () => {
    while (!stopped) {
      const draft = draftOf();
      try {
        told.set(positionText(await ledger.append(draft)), draft.entry.id);
      } catch {
        await new Promise(resolve => setTimeout(resolve, 5));
      }
    }
  });
  for (let round = 0; round < rounds; round++) {
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
    const kind = random >>> 30;
    if (kind === 0) await proxy.cutBefore('ledger-append');
    else if (kind === 1) await proxy.cutAfter('ledger-append');
    else proxy.cut();
    const size = told.size;
    await until(() => told.size > size + (random % 50));
  }
  stopped = true;
  await Promise.all(workers);
  const ids = await verifyLedger(t, store.pool);
  t.ok(told.size > rounds);
  const wrong = [...told].filter(([position, id]) => ids.get(position) !== id);
  t.same(wrong, [], 'every position that was told holds its entry');
});
