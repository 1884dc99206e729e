import t from 'tap';
import { type Draft, ledgerFault, type Position } from '../../src/ledger/ledger.js';
import { openCutProxy } from '../faults/cut-proxy.js';
import { until } from '../until.js';
import { draftOf, faultOf, openStore, type Store } from './open-store.js';
import { verifyLedger } from './verify-ledger.js';

const members = {
  operator: { id: 'li.wei', assurance: 'asserted' },
  agreement: { id: 'a-1', version: 2 },
  case: 'ZB-1',
  // Of a composite that is a part itself, asked for by a peer.
  parent: '0/3',
  peers: { asking: { client: 'shenzhen/gateway', deployment: 'shenzhen.example', id: 'p-1', record: '1/9' } },
};

const intentOf = (): Draft => draftOf({ opensIntent: true }, { kind: 'intent', outcome: undefined, ...members });
const recordOf = (intent: Draft): Draft => draftOf({ closesIntent: intent.entry.id }, { intent: intent.entry.id });

const openIn = async (store: Store): Promise<unknown[]> =>
  (await store.pool.query('SELECT id FROM ledger_intents ORDER BY shard, index')).rows.map(row => row.id);

/** The records of unknown outcome, as stored. */
const unknownIn = async (store: Store): Promise<{ position: Position; entry: Record<string, unknown> }[]> => {
  const { rows } = await store.pool.query(
    "SELECT shard, index, entry FROM ledger_entries WHERE outcome = 'unknown' ORDER BY shard, index",
  );
  return rows.map(row => ({
    position: { shard: row.shard, index: Number(row.index) },
    entry: JSON.parse(row.entry.toString()),
  }));
};

t.test('an intent is open from its entry on until its record', async t => {
  const store = await openStore(t);
  const ledger = await store.open();
  const [one, other] = [intentOf(), intentOf()];
  await Promise.all([ledger.append(one), ledger.append(draftOf()), ledger.append(other)]);
  t.same(await openIn(store), [one.entry.id, other.entry.id]);
  await ledger.append(recordOf(one));
  t.same(await openIn(store), [other.entry.id]);
  await ledger.append(recordOf(other));
  t.same(await openIn(store), []);
  t.same(await unknownIn(store), []);
});

t.test('intents left open are closed as unknown by the shard’s next writer', async t => {
  const store = await openStore(t);
  const crashed = await store.open();
  const subjects = [{ kind: 'resident', identifier: '440304198804123031', role: 'asked' }] as const;
  const left = [intentOf(), { ...intentOf(), subjects }];
  const closed = intentOf();
  await Promise.all([...left, closed].map(draft => crashed.append(draft)));
  await crashed.append(recordOf(closed));
  await crashed.close();

  const next = await store.open();
  await until(async () => (await openIn(store)).length === 0);
  const records = await unknownIn(store);
  t.match(
    records,
    left.map((intent, at) => ({
      position: { shard: 0, index: 4 + at },
      entry: { kind: 'exchange', outcome: 'unknown', intent: intent.entry.id, client: 'housing/permits', ...members },
    })),
  );
  t.notOk(
    records.some(({ entry }) => left.some(intent => intent.entry.id === entry.id)),
    'the records have ids of their own',
  );
  const { rows } = await store.pool.query(
    'SELECT index, encode(tag, $1) AS tag, role FROM ledger_subjects WHERE index IN (1, 5)',
    ['hex'],
  );
  t.same(rows[0].tag, rows[1].tag, 'the person is found by the record too');
  t.equal(
    await faultOf(next.append(recordOf(left[0] ?? closed))),
    ledgerFault.unavailable,
    'it cannot be closed twice',
  );
  t.equal((await next.append(draftOf())).index, 6);
  await verifyLedger(t, store.pool);
});

t.test('a free shard with open intents is leased for that and released', async t => {
  const store = await openStore(t);
  const [crashed, other] = [await store.open({ shards: 2 }), await store.open({ shards: 2, lease: 300 })];
  const left = intentOf();
  await crashed.append(left);
  await crashed.close();
  await until(async () => (await openIn(store)).length === 0);
  t.match(await unknownIn(store), [{ position: { shard: 0, index: 1 }, entry: { intent: left.entry.id } }]);
  await until(
    async () => (await store.pool.query('SELECT holder FROM ledger_heads WHERE shard = 0')).rows[0].holder === null,
  );
  t.same(await other.append(draftOf()), { shard: 1, index: 0 }, 'the writer kept its own shard');
  await verifyLedger(t, store.pool);
});

t.test('more of them than a batch holds', async t => {
  const store = await openStore(t);
  const crashed = await store.open();
  await Promise.all(Array.from({ length: 620 }, () => crashed.append(intentOf())));
  await crashed.close();
  await store.open();
  await until(async () => (await openIn(store)).length === 0);
  t.equal((await unknownIn(store)).length, 620);
  await verifyLedger(t, store.pool);
});

t.test('a record that could not be stored in time leaves its intent to the writer', async t => {
  const store = await openStore(t);
  const proxy = await openCutProxy(t, store.database);
  const ledger = await store.open({ deadline: 3000, statementDeadline: 2000 }, { database: proxy.database });
  const intent = intentOf();
  await ledger.append(intent);
  proxy.refuse();
  t.equal(await faultOf(ledger.append(recordOf(intent))), ledgerFault.deadline);
  t.equal(await faultOf(ledger.append(recordOf(intent))), ledgerFault.unavailable);
  proxy.pass();
  await until(async () => (await openIn(store)).length === 0);
  t.match(await unknownIn(store), [{ entry: { intent: intent.entry.id } }]);
  t.equal(await faultOf(ledger.append(recordOf(intent))), ledgerFault.unavailable);
  t.equal((await verifyLedger(t, store.pool)).size, 2);
});

t.test('an intent that was stored after its caller was told it failed', async t => {
  const store = await openStore(t);
  const proxy = await openCutProxy(t, store.database);
  const ledger = await store.open({ deadline: 1000, statementDeadline: 3000 }, { database: proxy.database });
  // On a busy machine the first may come too late.
  await until(async () => (await faultOf(ledger.append(draftOf()))) === null);
  const hung = proxy.hangAfter('ledger-append');
  const intent = intentOf();
  const append = ledger.append(intent);
  await hung;
  t.equal(await faultOf(append), ledgerFault.deadline);
  await until(async () => (await unknownIn(store)).length === 1);
  t.match(await unknownIn(store), [{ entry: { intent: intent.entry.id } }]);
  t.same(await openIn(store), []);
});

t.test('a record that moved is tried again by its caller, and its intent stays open for it', async t => {
  const store = await openStore(t);
  const ledger = await store.open();
  const intent = intentOf();
  await ledger.append(intent);
  await ledger.appendWithChange(draftOf(), async () => null);
  t.equal(await faultOf(ledger.append({ ...recordOf(intent), agreements: 0 })), ledgerFault.moved);
  await ledger.append(draftOf());
  t.same(await openIn(store), [intent.entry.id]);
  await ledger.append({ ...recordOf(intent), agreements: 1 });
  t.same(await openIn(store), []);
  t.same(await unknownIn(store), []);
});

t.test('a record that is too large is written in another way by its caller', async t => {
  const store = await openStore(t);
  const ledger = await store.open();
  const intent = intentOf();
  await ledger.append(intent);
  const record = recordOf(intent);
  const large = { ...record, entry: { ...record.entry, fields: ['x'.repeat(70_000)] } };
  t.equal(await faultOf(ledger.append(large)), ledgerFault.tooLarge);
  t.same(await ledger.append(record), { shard: 0, index: 1 });
  t.same(await openIn(store), []);
  t.same(await unknownIn(store), []);
});

t.test('an intent stays in its shard when its writer loses that', async t => {
  const store = await openStore(t);
  const ledger = await store.open();
  const intent = intentOf();
  await ledger.append(intent);
  await store.pool.query(
    "UPDATE ledger_heads SET epoch = epoch + 1, holder = 'x', lease_until = now() + interval '1 h'",
  );
  await store.pool.query('INSERT INTO ledger_heads (shard) VALUES (3)');
  t.equal(await faultOf(ledger.append(recordOf(intent))), ledgerFault.unavailable);
  t.same(await ledger.append(draftOf()), { shard: 3, index: 0 });
  t.same(await openIn(store), [intent.entry.id]);
});

t.test('an intent stored by a statement that was long given up on', async t => {
  const store = await openStore(t);
  const proxy = await openCutProxy(t, store.database);
  const ledger = await store.open({ deadline: 1000, statementDeadline: 4000 }, { database: proxy.database });
  const client = await store.pool.connect();
  await client.query('BEGIN');
  await client.query('SELECT FROM ledger_heads FOR UPDATE');
  const intent = intentOf();
  const append = ledger.append(intent);
  const waits = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
  const areWaiting = async (count: number) => (await store.pool.query(waits)).rowCount === count;
  await until(() => areWaiting(1));
  t.equal(await faultOf(append), ledgerFault.deadline);
  proxy.cut();
  const refusal = ledger.append(draftOf({}, { id: intent.entry.id, outcome: 'failed' }));
  await until(() => areWaiting(2));
  await client.query('COMMIT');
  client.release();
  t.same(await refusal, { shard: 0, index: 2 }, 'a record with the intent’s id is not taken for it');
  await until(async () => (await unknownIn(store)).length === 1);
  t.match(await unknownIn(store), [{ entry: { intent: intent.entry.id } }]);
  t.same(await openIn(store), []);
  await verifyLedger(t, store.pool);
});
