import t from 'tap';
import { entriesAfter, type Reach, reachNow } from '../../src/ledger/follow.js';
import { makeMonths, noteMonths } from './months.js';
import { expected, found, insertSamples, searchable } from './search-samples.js';

t.test('a follower reads every entry once, in order of position, whatever the limit', async t => {
  const { pool, searches } = await searchable(t);
  await insertSamples(pool);
  for (const [filter, limit] of [
    [{}, 7],
    [{}, 1000],
    [{ outcome: ['refused'] }, 3],
    [{ operator: ['nobody'] }, 5],
  ] as const) {
    let reach: Reach = new Map();
    const seen: string[] = [];
    for (let more = true; more; ) {
      const step = found(await entriesAfter(searches, filter, reach, limit));
      seen.push(...step.entries.map(entry => entry.entry.toString()));
      t.ok(step.entries.length <= limit);
      ({ reach, more } = step);
    }
    t.same([...reach].sort(), [...found(await reachNow(searches))].sort());
    t.same(seen.toSorted(), expected(filter).toSorted(), `each once: ${JSON.stringify(filter)}`);
    const ofFirst = seen.filter(position => position.startsWith('0/')).map(position => Number(position.slice(2)));
    t.same(
      ofFirst,
      ofFirst.toSorted((a, b) => a - b),
    );
  }
});

t.test('a follower misses nothing that another shard commits late with an older time', async t => {
  const { pool, searches } = await searchable(t);
  await makeMonths(pool, [0]);
  const insert = async (shard: number, index: number, time: number) => {
    await pool.query(
      `INSERT INTO ledger_entries (shard, index, time, kind, id, salt, leaf, entry) VALUES ($1, $2, $3, 'token', $4, '', '', $5)`,
      [shard, index, time, `${shard}-${index}`, Buffer.from(`${shard}/${index}`)],
    );
    await pool.query(
      'INSERT INTO ledger_heads (shard, size) VALUES ($1, 1) ON CONFLICT (shard) DO UPDATE SET size = $2',
      [shard, index + 1],
    );
    await noteMonths(pool);
  };
  await insert(0, 0, 2000);
  const first = found(await entriesAfter(searches, {}, new Map(), 10));
  t.same(
    first.entries.map(entry => entry.entry.toString()),
    ['0/0'],
  );
  await insert(1, 0, 1000);
  const second = found(await entriesAfter(searches, {}, first.reach, 10));
  t.same(
    second.entries.map(entry => entry.entry.toString()),
    ['1/0'],
    'a shard that is new, too',
  );
});
