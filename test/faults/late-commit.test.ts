/**
 * A statement that was given up on commits after its entries were looked up: whatever the writer does next, they are not stored twice.
 *
 * Fault: slow disk
 * Fault: COMMIT arrives late
 */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import t, { type Test } from 'tap';
import { ledgerFault } from '../../src/ledger/ledger.js';
import { draftOf, faultOf, newId, openStore, type Store } from '../ledger/open-store.js';
import { verifyLedger } from '../ledger/verify-ledger.js';
import { until } from '../until.js';
import { openCutProxy } from './cut-proxy.js';

/** Milliseconds. A lease is renewed when a third of it has gone by, so there is time to send an append before. */
const lease = 3000;
const renewal = lease / 3 + 100;

/** A ledger behind a proxy, and a session that can lock the head of its one shard: a commit that takes its time. */
async function openLate(t: Test, settings: Parameters<Store['open']>[0]) {
  const store = await openStore(t);
  const proxy = await openCutProxy(t, store.database);
  // Long enough that no statement times out before the test lets it go on.
  const ledger = await store.open(
    { statementDeadline: 5000, deadline: 10_000, ...settings },
    { database: proxy.database },
  );
  const locker = new pg.Client({ connectionString: store.database });
  await locker.connect();
  t.teardown(() => locker.end());
  return {
    store,
    proxy,
    ledger,
    async lock() {
      await locker.query('BEGIN');
      await locker.query('SELECT FROM ledger_heads FOR UPDATE');
    },
    async unlock() {
      await locker.query('COMMIT');
    },
    /** Resolves when so many statements with this text wait for the lock. */
    waiting: (count: number, text: string) =>
      until(async () => {
        const { rowCount } = await store.pool.query(
          `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
            AND strpos(query, $1) > 0`,
          [text],
        );
        return rowCount === count;
      }),
  };
}

async function positionsOf(t: Test, store: Store, id: string): Promise<string[]> {
  const ids = await verifyLedger(t, store.pool);
  return [...ids].filter(([, stored]) => stored === id).map(([position]) => position);
}

t.test('while the lease is renewed', async t => {
  const { store, proxy, ledger, lock, unlock, waiting } = await openLate(t, { lease });
  await lock();
  const draft = draftOf();
  const append = ledger.append(draft);
  await waiting(1, 'ledger_append');
  await pause(renewal);
  proxy.cut();
  await waiting(1, 'SET lease_until');
  await unlock();
  t.same(await append, { shard: 0, index: 0 });
  t.same(await ledger.append(draftOf()), { shard: 0, index: 1 });
  t.same(await positionsOf(t, store, draft.entry.id), ['0/0']);
});

t.test('while the shard is taken over', async t => {
  const { store, proxy, ledger, lock, unlock, waiting } = await openLate(t, { lease });
  await lock();
  const draft = draftOf();
  const append = ledger.append(draft);
  await waiting(1, 'ledger_append');
  await pause(renewal);
  // It stands in line between the statement that is given up on and whatever the writer does next.
  const taking = store.pool.query(
    "UPDATE ledger_heads SET epoch = epoch + 1, holder = 'another', lease_until = now() + interval '1 h'",
  );
  await waiting(1, "holder = 'another'");
  // Before the writer looks for another shard; the statement above began before it was there.
  await store.pool.query('INSERT INTO ledger_heads (shard) VALUES (5)');
  proxy.cut();
  await waiting(1, 'SET lease_until');
  await unlock();
  await taking;
  t.same(await append, { shard: 0, index: 0 }, 'the position is in the shard it went to');
  t.same(await ledger.append(draftOf()), { shard: 5, index: 0 }, 'the next goes elsewhere');
  t.same(await positionsOf(t, store, draft.entry.id), ['0/0']);
});

t.test('while forsaken intents are closed', async t => {
  const { store, proxy, ledger, lock, unlock, waiting } = await openLate(t, { lease: 10_000, queue: 1 });
  const intent = newId();
  await ledger.append(draftOf({ opensIntent: true }, { kind: 'intent', id: intent, outcome: undefined }));
  await lock();
  const draft = draftOf();
  const append = ledger.append(draft);
  await waiting(1, 'ledger_append');
  const behind = ledger.append(draftOf());
  t.equal(await faultOf(ledger.append(draftOf({ closesIntent: intent }, { intent }))), ledgerFault.full);
  proxy.cut();
  await waiting(2, 'ledger_append');
  await unlock();
  t.same(await append, { shard: 0, index: 1 });
  await behind;
  await until(async () => (await store.pool.query('SELECT FROM ledger_intents')).rowCount === 0);
  t.same(await positionsOf(t, store, draft.entry.id), ['0/1']);
});

t.test('while a change is made again', async t => {
  const { store, proxy, ledger, waiting } = await openLate(t, {});
  await store.pool.query('CREATE TABLE changed (run int); GRANT INSERT ON changed TO stile_gateway');
  let runs = 0;
  const draft = draftOf({ agreements: 0 });
  const late = proxy.deliverLate('COMMIT');
  const change = ledger.appendWithChange(draft, async query => {
    runs += 1;
    await query('INSERT INTO changed VALUES ($1)', [runs]);
    return runs;
  });
  const deliver = await late;
  await waiting(1, 'FOR UPDATE');
  deliver();
  t.same(await change, { position: { shard: 0, index: 0 }, version: 1, result: 1 });
  t.same((await store.pool.query('SELECT run FROM changed')).rows, [{ run: 1 }], 'it was made once');
  t.same(await positionsOf(t, store, draft.entry.id), ['0/0']);
});
