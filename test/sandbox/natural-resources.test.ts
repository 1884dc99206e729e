import pg from 'pg';
import { pino } from 'pino';
import t from 'tap';
import { homesOf } from '../../src/sandbox/homes.js';
import { startNaturalResources, startPropertyServer } from '../../src/sandbox/natural-resources.js';
import { populate } from '../../src/sandbox/population.js';
import { propertyDatabase, reader } from '../../src/sandbox/property-register.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { server } from '../database.js';

const population = populate();
const password = 'of every test';
const logger = pino({ level: 'silent' });
const start = async () =>
  startNaturalResources(population, await startPropertyServer({ server: server(), dataFolder: '', password, logger }));

async function asReader(t: { teardown(done: () => Promise<void>): unknown }): Promise<pg.Client> {
  const { host } = await start();
  const port = Number(new URL(server()).port);
  const client = new pg.Client({ host, port, user: reader, password, database: propertyDatabase });
  await client.connect();
  t.teardown(() => client.end());
  return client;
}

t.test('the homes are the same on every machine, and each has one code', async t => {
  const homes = homesOf(population);
  t.equal(homes.length, 2759);
  t.equal(new Set(homes.map(({ unitCode }) => unitCode)).size, homes.length);
  for (const { unitCode } of homes) t.match(unitCode, /^\d{12}GB\d{5}F\d{8}$/);
  for (const { owners, registeredOn } of homes) {
    for (const { birthDate } of owners) t.ok(birthDate < registeredOn, 'nobody owned a home before being born');
  }
});

t.test('both spouses own their home, by the view that the gateway asks', async t => {
  const client = await asReader(t);
  const rows = async (residentId: string) =>
    (await client.query('SELECT bdcdyh, gyfs, jzmj FROM bdc.v_zf WHERE zjhm = $1', [residentId])).rows;
  const home = { bdcdyh: '440304006006GB12532F00000101', gyfs: '1', jzmj: '38.09' };
  t.strictSame(await rows(sampleResidents.married.residentId), [home]);
  t.strictSame(await rows(sampleResidents.spouse.residentId), [home]);
  t.strictSame(await rows(sampleResidents.unmarried.residentId), []);
});

t.test('the gateway’s login may read the view and nothing else', async t => {
  const client = await asReader(t);
  for (const statement of [
    'SELECT * FROM bdc.qlr',
    'SELECT * FROM bdc.fdcq',
    'DELETE FROM bdc.qlr',
    'CREATE TABLE bdc.mine (a int)',
    'CREATE TABLE public.mine (a int)',
  ]) {
    await t.rejects(client.query(statement), { code: '42501' }, statement);
  }
});

t.test('two that make the register at once make one, and a third finds it', async t => {
  await Promise.all([start(), start()]);
  await start();
  const client = await asReader(t);
  const { rows } = await client.query('SELECT count(DISTINCT bdcdyh)::int AS homes FROM bdc.v_zf');
  t.strictSame(rows, [{ homes: 2759 }]);
});
