import t from 'tap';
import { ledgerFault } from '../../src/ledger/ledger.js';
import type { OpenLedger } from '../../src/ledger/open.js';
import { draftOf, faultOf, openStore } from './open-store.js';
import { verifyLedger } from './verify-ledger.js';

const heads = 'SELECT shard, size, agreements FROM ledger_heads ORDER BY shard';

t.test('a change moves the version on every head and its entries follow one another', async t => {
  const store = await openStore(t);
  const ledger = await store.open({ shards: 3 });
  await ledger.append(draftOf());
  const drafts = [draftOf(), draftOf(), draftOf()];
  const [first, ...further] = drafts;
  if (first === undefined) throw new Error('there are three');
  const change = async () => 'what the change returned';
  const { position, version, result } = await ledger.appendWithChange(first, change, further);
  t.same({ index: position.index, version, result }, { index: 1, version: 1, result: 'what the change returned' });
  const { rows } = await store.pool.query('SELECT id FROM ledger_entries WHERE index > 0 ORDER BY index');
  t.same(
    rows.map(row => row.id),
    drafts.map(draft => draft.entry.id),
  );
  const after = await store.pool.query(heads);
  t.same(
    after.rows.map(row => Number(row.agreements)),
    [1, 1, 1],
  );
  const next = await ledger.append(draftOf({ agreements: 1 }));
  t.equal(next.index, 4, 'the writer goes on from the tree it left');
});

t.test('a change that throws leaves no trace and tells its caller why', async t => {
  const store = await openStore(t);
  const ledger = await store.open();
  await store.pool.query('CREATE TABLE changed (id int); GRANT INSERT ON changed TO stile_gateway');
  const refused = ledger.appendWithChange(
    draftOf(),
    async query => {
      await query('INSERT INTO changed VALUES ($1)', [1]);
      throw new RangeError('the state does not allow it');
    },
    [draftOf()],
  );
  await t.rejects(refused, new RangeError('the state does not allow it'));
  const { rows } = await store.pool.query(`${heads}`);
  t.match(rows, [{ size: '0', agreements: '0' }]);
  t.equal((await store.pool.query('SELECT FROM changed')).rowCount, 0);
  t.equal((await ledger.append(draftOf({ agreements: 0 }))).index, 0);
});

t.test('what was decided under the version before and waited behind the change is not appended', async t => {
  const store = await openStore(t);
  const ledger = await store.open();
  const changed = ledger.appendWithChange(draftOf(), async () => undefined);
  const stale = ledger.append(draftOf({ agreements: 0 }));
  const free = ledger.append(draftOf());
  t.equal(await faultOf(stale), ledgerFault.moved);
  await Promise.all([changed, free]);
  const { rows } = await store.pool.query('SELECT FROM ledger_entries');
  t.equal(rows.length, 2, 'the change’s entry, and the one that depends on no agreement');
});

t.test('a change decided under an earlier version is not made', async t => {
  const store = await openStore(t);
  const ledger = await store.open();
  await ledger.appendWithChange(draftOf({ agreements: 0 }), async () => null);
  await store.pool.query('UPDATE ledger_heads SET agreements = 9');
  const late = ledger.appendWithChange(draftOf({ agreements: 1 }), async () => t.fail('it ran'));
  t.equal(await faultOf(late), ledgerFault.moved);
  t.equal((await ledger.appendWithChange(draftOf({ agreements: 9 }), async () => null)).version, 10);
});

t.test('replicas hear of the version', async t => {
  const store = await openStore(t);
  const ledger = await store.open();
  const client = await store.pool.connect();
  await client.query('LISTEN agreements');
  const heard = new Promise(resolve => client.once('notification', message => resolve(message.payload)));
  await ledger.appendWithChange(draftOf(), async () => null);
  t.equal(await heard, '1');
  client.release(true);
});

t.test('entries of a change that no append could hold are refused with it', async t => {
  const store = await openStore(t);
  const ledger = await store.open();
  const further = Array.from({ length: 500 }, () => draftOf());
  t.equal(await faultOf(ledger.appendWithChange(draftOf(), async () => null, further)), ledgerFault.tooLarge);
  t.equal((await ledger.appendWithChange(draftOf(), async () => null, further.slice(1))).version, 1);
  t.equal((await verifyLedger(t, store.pool)).size, 500);
});

t.test('changes of two replicas race with each other and with the appends of both', async t => {
  const store = await openStore(t);
  const rounds = process.env.STILE_SLOW ? 400 : 40;
  const ledgers = [await store.open({ shards: 2 }), await store.open({ shards: 2 })];
  let changed = 0;
  let appended = 0;
  const change = async (ledger: OpenLedger) => {
    for (let round = 0; round < rounds; round++) {
      await ledger.appendWithChange(draftOf(), async () => null);
      changed += 1;
    }
  };
  const append = async (ledger: OpenLedger) => {
    while (changed < 2 * rounds) {
      await ledger.append(draftOf());
      appended += 1;
    }
  };
  await Promise.all(ledgers.flatMap(ledger => [change(ledger), ...Array.from({ length: 10 }, () => append(ledger))]));
  const { rows } = await store.pool.query('SELECT agreements FROM ledger_heads');
  t.same(
    rows,
    [{ agreements: String(2 * rounds) }, { agreements: String(2 * rounds) }],
    'none deadlocked, none was lost',
  );
  t.equal((await verifyLedger(t, store.pool)).size, 2 * rounds + appended);
});

t.test('a change whose shard was taken over is made in another, once', async t => {
  const store = await openStore(t);
  const ledger = await store.open();
  await store.pool.query('CREATE TABLE changed (run int); GRANT INSERT ON changed TO stile_gateway');
  await store.pool.query(
    "UPDATE ledger_heads SET epoch = epoch + 1, holder = 'x', lease_until = now() + interval '1 h'",
  );
  await store.pool.query('INSERT INTO ledger_heads (shard) VALUES (4)');
  let runs = 0;
  const changed = await ledger.appendWithChange(draftOf(), async query => {
    runs += 1;
    await query('INSERT INTO changed VALUES ($1)', [runs]);
  });
  t.match(changed, { position: { shard: 4, index: 0 }, version: 1 });
  t.same(
    (await store.pool.query('SELECT run FROM changed')).rows,
    [{ run: 1 }],
    'it is not run for the shard that was lost',
  );
});
