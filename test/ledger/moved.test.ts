import t from 'tap';
import { ledgerFault } from '../../src/ledger/ledger.js';
import { draftOf, faultOf, openStore } from './open-store.js';
import { verifyLedger } from './verify-ledger.js';

const move = 'UPDATE ledger_heads SET agreements = agreements + 1';

t.test('what was decided under an earlier version is rejected, the rest of its batch is appended', async t => {
  const store = await openStore(t);
  const ledger = await store.open();
  await ledger.append(draftOf({ agreements: 0 }));
  await store.pool.query(move);
  const faults = await Promise.all([
    faultOf(ledger.append(draftOf({ agreements: 0 }))),
    faultOf(ledger.append(draftOf())),
    faultOf(ledger.append(draftOf({ agreements: 1 }))),
    faultOf(ledger.append(draftOf({ agreements: 0 }))),
  ]);
  t.same(faults, [ledgerFault.moved, null, null, ledgerFault.moved]);
  t.equal((await verifyLedger(t, store.pool)).size, 3);
  t.equal(await faultOf(ledger.append(draftOf({ agreements: 0 }))), ledgerFault.moved, 'then at once');
  t.equal(ledger.fault(), null, 'a move is no fault of the ledger');
});

t.test('a version that the writer has not heard of yet is the store’s to judge', async t => {
  const store = await openStore(t);
  const ledger = await store.open();
  await store.pool.query(move);
  t.equal(await faultOf(ledger.append(draftOf({ agreements: 1 }))), null);
});

t.test('a move between lease and append is seen though nothing else was appended', async t => {
  const store = await openStore(t);
  const [one, other] = [await store.open({ shards: 2 }), await store.open({ shards: 2 })];
  const { version } = await one.appendWithChange(draftOf(), async () => null);
  t.equal(version, 1);
  t.equal(await faultOf(other.append(draftOf({ agreements: 0 }))), ledgerFault.moved);
  t.equal(await faultOf(other.append(draftOf({ agreements: 1 }))), null);
  await verifyLedger(t, store.pool);
});
