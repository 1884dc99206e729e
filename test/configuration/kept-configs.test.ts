/** The configs that were in force lately, in a real store and by the gateway's own rights: which is the one before, and how many are kept. */
import { createHash } from 'node:crypto';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import { openKeptConfigs } from '../../src/configuration/kept-configs.js';
import { openPool } from '../../src/store/pool.js';
import { asGatewayLogin, migratedDatabase } from '../database.js';

const digest = (name: string | number) => createHash('sha256').update(String(name)).digest('hex');
const filesOf = (name: string | number) =>
  new Map([['config/stile.yaml', Buffer.from(`deployment: ${name}.example\n`)]]);

async function openKept(t: Test) {
  const store = await migratedDatabase(t);
  const pool = await openPool(asGatewayLogin(store), pino({ level: 'silent' }));
  t.teardown(() => pool.end());
  const kept = openKeptConfigs(pool);
  const count = async (table: string) => (await pool.query(`SELECT FROM ${table}`)).rowCount;
  return { kept, keep: (name: string | number) => kept.keep(digest(name), filesOf(name)), count };
}

t.test('a config is read as it was, by whichever replica', async t => {
  const { kept, keep } = await openKept(t);
  await keep('first');
  t.same(await kept.read(digest('first')), filesOf('first'));
  t.equal(await kept.read(digest('other')), undefined);
  t.equal(await kept.archive(digest('other')), undefined);
});

t.test('those before are told from the last time that it was in force, the latest first and each once', async t => {
  const { kept, keep } = await openKept(t);
  t.same(await kept.before(digest('first')), []);
  await keep('first');
  t.same(await kept.before(digest('first')), []);
  await keep('second');
  await keep('third');
  t.same(await kept.before(digest('third')), [digest('second'), digest('first')]);
  t.same(await kept.before(digest('second')), [digest('first')], 'of a replica that has not taken the third up');
  t.same(await kept.before(digest('unknown')), [digest('third'), digest('second'), digest('first')]);
  await keep('second');
  t.same(await kept.before(digest('second')), [digest('third'), digest('first')]);
});

t.test('who keeps what is there already adds nothing, replicas at the same time neither', async t => {
  const { keep, count } = await openKept(t);
  await Promise.all(Array.from({ length: 6 }, () => keep('first')));
  t.equal(await count('config_changes'), 1);
  t.equal(await count('configs'), 1);
});

t.test('the last 20 times are kept, and every config of those', async t => {
  const { kept, keep, count } = await openKept(t);
  await keep('often');
  for (let number = 1; number <= 10; number++) await keep(number);
  await keep('often');
  for (let number = 11; number <= 20; number++) await keep(number);
  t.equal(await count('config_changes'), 20);
  // 2 to 20 and the one that came twice.
  t.equal(await count('configs'), 20);
  t.equal(await kept.read(digest(1)), undefined);
  t.same(await kept.read(digest('often')), filesOf('often'));
  for (let number = 21; number <= 30; number++) await keep(number);
  t.equal(await kept.read(digest('often')), undefined, 'gone with the last time');
});
