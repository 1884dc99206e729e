/** Each look-up goes to the partitions of its own months: by position, by time, by person, and where an intent is closed. */
import pg from 'pg';
import t, { type Test } from 'tap';
import { entriesAfter } from '../../src/ledger/follow.js';
import { closeIntents } from '../../src/ledger/intent.js';
import { readHead } from '../../src/ledger/lease.js';
import { monthSpan } from '../../src/ledger/month.js';
import { entryAt, searchEntries } from '../../src/ledger/search.js';
import { openStore, type Store } from './open-store.js';
import { epoch, insertSamples } from './search-samples.js';

/** What a plan that was carried out has touched: a partition that was left out is absent, or marked as never executed. */
const touched = (plan: string): string[] => [
  ...new Set(
    plan
      .split('\n')
      .filter(line => !line.includes('never executed'))
      .flatMap(line => /Scan.* on (ledger_(?:entries|subjects)_\d{4}_\d\d)\b/.exec(line)?.[1] ?? []),
  ),
];

/** Catches the statements that readers send, explains them as they are carried out, and keeps which partitions each touched. */
async function openExplainer(t: Test, store: Store) {
  const client = new pg.Client({ connectionString: store.database });
  await client.connect();
  t.teardown(() => client.end());
  const looks: string[][] = [];
  async function query(text: string, values: readonly unknown[] = []) {
    const { rows } = await client.query(`EXPLAIN (ANALYZE, COSTS OFF) ${text}`, [...values]);
    looks.push(touched(rows.map(row => row['QUERY PLAN']).join('\n')));
    return client.query(text, [...values]);
  }
  return {
    /** As the searches' pool. */
    pool: { query } as unknown as pg.Pool,
    /** As the writer's connection. */
    connection: {
      run: async ({ text, values }: { text: string; values?: readonly unknown[] }) => (await query(text, values)).rows,
      close: async () => {},
    },
    /** What the last statement has touched, in order of name. */
    last: () => looks.at(-1)?.toSorted(),
  };
}

t.test('each look-up goes to the partitions of its own months', async t => {
  const store = await openStore(t);
  const { pool } = store;
  await insertSamples(pool);
  // The samples of a shard: indexes 0 to 49 in March, 50 to 119 in April.
  await pool.query(
    `INSERT INTO ledger_subjects SELECT shard, index, time, sha256(int8send(index)), 'asked' FROM ledger_entries`,
  );
  await pool.query('ANALYZE');
  const explainer = await openExplainer(t, store);
  const [march, april] = ['ledger_entries_2026_03', 'ledger_entries_2026_04'];

  t.comment('by position');
  for (const [index, partition] of [
    [0, march],
    [49, march],
    [50, april],
    [119, april],
  ] as const) {
    t.match(await entryAt(explainer.pool, { shard: 1, index }), { shard: 1, index });
    t.same(explainer.last(), [partition], `index ${index}`);
  }
  t.equal(await entryAt(explainer.pool, { shard: 7, index: 0 }), null);
  t.same(explainer.last(), [], 'a shard that is not there has none');

  t.comment('what follows a known size');
  await pool.query(`UPDATE ledger_heads SET size = 0, root = sha256(''), range = ''`);
  const names = async (size: number, count: number) =>
    (await readHead(explainer.connection, 1, size, count)).names.length;
  t.equal(await names(60, 500), 60);
  t.same(explainer.last(), [april]);
  t.equal(await names(10, 40), 40);
  t.same(explainer.last(), [march]);
  t.equal(await names(45, 10), 10);
  t.same(explainer.last(), [march, april]);
  await pool.query('UPDATE ledger_heads SET size = 120');

  t.comment('a follower');
  const at = (index: number) => new Map([0, 1, 2].map(shard => [shard, index]));
  await entriesAfter(explainer.pool, {}, at(50), 1000);
  t.same(explainer.last(), [april]);
  await entriesAfter(explainer.pool, {}, at(49), 1000);
  t.same(explainer.last(), [march, april]);
  await entriesAfter(explainer.pool, { tags: [{ ...monthSpan('2026-04'), tag: Buffer.alloc(32) }] }, at(50), 1000);
  t.same(explainer.last(), [april, 'ledger_subjects_2026_04'], 'of one person too');

  t.comment('a search');
  await searchEntries(explainer.pool, { from: epoch, until: epoch + 5000 }, undefined, 10);
  t.same(explainer.last(), [march]);
  await searchEntries(explainer.pool, { from: epoch + 5000 }, { time: epoch + 9000, shard: 0, index: 90 }, 10);
  t.same(explainer.last(), [april], 'its second page too');
  await searchEntries(explainer.pool, {}, { time: epoch + 4000, shard: 0, index: 40 }, 10);
  t.same(explainer.last(), [march], 'one without times goes on where it was');
  const { rows } = await pool.query('SELECT tag FROM ledger_subjects WHERE shard = 0 AND index = 70');
  const tags = ['2026-03', '2026-04'].map(month => ({ ...monthSpan(month), tag: rows[0].tag }));
  const person = await searchEntries(
    explainer.pool,
    { tags, from: epoch + 5000, until: epoch + 60_000 },
    undefined,
    10,
  );
  t.match(person, { entries: { length: 3 } });
  t.same(explainer.last(), [april, 'ledger_subjects_2026_04'], 'of one person too');
  await searchEntries(explainer.pool, { tags }, undefined, 10);
  const looked = explainer.last()?.filter(name => name.startsWith('ledger_entries'));
  t.same(looked, [april], 'and without times only the entries that are about them');

  t.comment('an intent');
  await pool.query(`INSERT INTO ledger_intents SELECT shard, id, index, time, 1 FROM ledger_entries
    WHERE shard = 1 AND index = 60`);
  await pool.query(`UPDATE ledger_entries SET entry = '{"id":"1-60"}' WHERE shard = 1 AND index = 60`);
  const drafted: unknown[] = [];
  const stop = new Error('seen');
  const builder = {
    begin() {},
    add(draft: unknown) {
      drafted.push(draft);
      return true;
    },
    finish() {
      throw stop;
    },
  };
  const hold = { shard: 1, epoch: 1, range: { size: 0, hashes: [] }, time: 0, agreements: 0 };
  await t.rejects(closeIntents(explainer.connection, hold, ['1-60'], builder, Date.now, 1000), stop);
  t.match(drafted, [{ entry: { intent: '1-60' }, tagged: { length: 1 } }]);
  t.same(explainer.last(), [april, 'ledger_subjects_2026_04']);
});
