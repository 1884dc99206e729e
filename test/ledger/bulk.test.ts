/** Entries about many: what one group commit holds of them, and what it refuses. */
import t from 'tap';
import type { Subject } from '../../src/ledger/ledger.js';
import { draftOf, faultOf, openStore } from './open-store.js';
import { verifyLedger } from './verify-ledger.js';

/** What is slow here is the machine: no deadline is put to the test. */
const patience = { deadline: 90_000, statementDeadline: 90_000 };

const crowd = (count: number, first = 0): Subject[] =>
  Array.from({ length: count }, (_, at) => ({ kind: 'resident', identifier: `${first + at}`, role: 'related' }));

t.test('entries about 5,000 each go together up to 4 MiB, side rows included', async t => {
  const store = await openStore(t);
  const ledger = await store.open(patience);
  const positions = await Promise.all(
    Array.from({ length: 45 }, (_, at) => ledger.append(draftOf({ subjects: crowd(5000, at * 5000) }))),
  );
  t.same(
    positions.map(({ index }) => index),
    Array.from({ length: 45 }, (_, at) => at),
  );
  t.equal(ledger.metrics.batches, 3, 'of some 200,600 bytes each 20 fit');
  const { rows } = await store.pool.query(
    'SELECT count(*)::int AS all, count(DISTINCT tag)::int AS tags FROM ledger_subjects',
  );
  t.same(rows, [{ all: 225_000, tags: 225_000 }]);
  const { rows: largest } = await store.pool.query('SELECT max(length(entry)) AS bytes FROM ledger_entries');
  t.ok(largest[0].bytes < 1000, `an entry about 5,000 has ${largest[0].bytes} bytes`);
  await verifyLedger(t, store.pool);
});

t.test('an entry about more than 50,000 is refused alone, and at once', async t => {
  const store = await openStore(t);
  const ledger = await store.open(patience);
  const [many, few] = await Promise.all([
    faultOf(ledger.append(draftOf({ subjects: crowd(50_001) }))),
    ledger.append(draftOf()),
  ]);
  t.equal(many, 'too-large');
  t.same(few, { shard: 0, index: 0 });
  t.same(await ledger.append(draftOf({ subjects: crowd(50_000) })), { shard: 0, index: 1 });
  const { rows } = await store.pool.query('SELECT index, count(*)::int AS rows FROM ledger_subjects GROUP BY index');
  t.same(
    rows.sort((one, other) => one.index - other.index),
    [
      { index: '0', rows: 1 },
      { index: '1', rows: 50_000 },
    ],
  );
  await verifyLedger(t, store.pool);
});
