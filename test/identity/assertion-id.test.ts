/** An assertion's id is used once, whichever replica is asked, and is forgotten only when it could not be used again. */
import pg from 'pg';
import t, { type Test } from 'tap';
import { useAssertionId } from '../../src/identity/assertion-id.js';
import type { Query } from '../../src/ledger/ledger.js';
import { asGatewayLogin, migratedDatabase } from '../database.js';

/** As many replicas on one store, each with a pool of its own. */
async function replicas(t: Test, count: number): Promise<{ queries: Query[]; rows: () => Promise<number> }> {
  const owner = await migratedDatabase(t);
  const connectionString = asGatewayLogin(owner);
  const pools = Array.from({ length: count }, () => new pg.Pool({ connectionString, max: 2 }));
  // The database is dropped when the test ends, which idle connections hear of.
  for (const pool of pools) pool.on('error', () => {});
  t.teardown(() => Promise.all(pools.map(pool => pool.end())));
  const [first] = pools;
  return {
    queries: pools.map(pool => (text, values) => pool.query(text, [...values])),
    rows: async () => Number((await first?.query('select count(*) from assertion_ids'))?.rows[0].count),
  };
}

const inOneMinute = (): number => Date.now() + 60_000;

t.test('once across replicas, at the same time and one after another', async t => {
  const { queries, rows } = await replicas(t, 3);
  const used = await Promise.all(
    [...queries, ...queries, ...queries].map(query => useAssertionId(query, 'housing/permits', 'one', inOneMinute())),
  );
  t.equal(used.filter(Boolean).length, 1);
  for (const query of queries) t.equal(await useAssertionId(query, 'housing/permits', 'one', inOneMinute()), false);
  t.equal(await rows(), 1);
});

t.test('ids of two clients are two, however they are cut', async t => {
  const { queries } = await replicas(t, 1);
  for (const query of queries) {
    t.equal(await useAssertionId(query, 'housing/permits', 'one', inOneMinute()), true);
    t.equal(await useAssertionId(query, 'housing/archive', 'one', inOneMinute()), true);
    t.equal(await useAssertionId(query, 'housing/permit', 'sone', inOneMinute()), true);
    t.equal(await useAssertionId(query, 'housing/permits', 'One', inOneMinute()), true);
  }
});

t.test('what has expired is purged, by many at once, and nothing else', async t => {
  const { queries, rows } = await replicas(t, 4);
  const use = (jti: string, expires: number) =>
    Promise.all(
      queries.map((query, replica) => useAssertionId(query, 'housing/permits', `${jti}-${replica}`, expires)),
    );
  const longAgo = Date.now() - 3_600_000;
  // Within the minute for which replicas' clocks may differ.
  await use('just expired', Date.now() - 1_000);
  await use('live', inOneMinute());
  const old = Array.from({ length: 25 }, (_, index) => index);
  for (const index of old) await use(`old ${index}`, longAgo);
  for (const index of old.slice(0, 10)) await use(`new ${index}`, inOneMinute());
  t.equal(await rows(), 4 + 4 + 40, 'just expired, live and new');
  for (const [replica, query] of queries.entries()) {
    t.equal(await useAssertionId(query, 'housing/permits', `live-${replica}`, inOneMinute()), false);
    t.equal(await useAssertionId(query, 'housing/permits', `just expired-${replica}`, inOneMinute()), false);
  }
});
