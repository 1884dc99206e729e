import t from 'tap';
import { LedgerError } from '../../src/ledger/ledger.js';
import { draftOf, openStore } from './open-store.js';

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
  await store.pool.query('CREATE TABLE changed (id int)');
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
  await t.rejects(stale, new LedgerError('moved', "the agreements' version has moved"));
  await Promise.all([changed, free]);
  const { rows } = await store.pool.query('SELECT FROM ledger_entries');
  t.equal(rows.length, 2, 'the change’s entry, and the one that depends on no agreement');
});
