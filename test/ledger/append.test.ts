import t from 'tap';
import { leafHash, nodeHash } from '../../src/ledger/merkle.js';
import { draftOf, openStore } from './open-store.js';

/** RFC 6962, section 2.1, word by word. */
function naiveRoot(leaves: readonly string[]): string {
  const [only] = leaves;
  if (only === undefined) throw new Error('an empty tree is not tested here');
  if (leaves.length === 1) return only;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(naiveRoot(leaves.slice(0, split)), naiveRoot(leaves.slice(split)));
}

t.test('a thousand concurrent appends', async t => {
  const store = await openStore(t);
  const ledger = await store.open();
  const drafts = Array.from({ length: 1000 }, (_, number) => draftOf({}, { case: `case-${number}` }));
  const positions = await Promise.all(drafts.map(draft => ledger.append(draft)));

  t.strictSame(
    positions,
    drafts.map((_, index) => ({ shard: 0, index })),
    'positions are contiguous and in the order of arrival',
  );

  const { rows } = await store.pool.query('SELECT * FROM ledger_entries ORDER BY index');
  const texts = rows.map(row => row.entry.toString('utf8'));
  t.strictSame(
    texts.map(text => JSON.parse(text).id),
    drafts.map(draft => draft.entry.id),
    'each entry is where its position says',
  );
  t.strictSame(
    rows.map(row => row.leaf.toString('hex')),
    rows.map(row => leafHash(row.entry)),
    'each leaf is the hash of its entry',
  );
  const { rows: heads } = await store.pool.query('SELECT * FROM ledger_heads');
  t.equal(heads.length, 1);
  t.equal(heads[0].size, '1000');
  t.equal(
    heads[0].root.toString('hex'),
    naiveRoot(rows.map(row => row.leaf.toString('hex'))),
    'the root is the tree’s',
  );
  t.equal(ledger.metrics.entries, 1000);
  t.ok(ledger.metrics.batches <= 4, 'what waits goes together');
});
