import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { root } from '../../src/root.js';
import { migrate } from '../../src/store/migrate.js';
import { database } from '../database.js';
import { once } from './statement.js';

const first = 'CREATE TABLE counted (number int); INSERT INTO counted VALUES (1);';

const folderOf = (t: Test) => t.testdir({ '001-first.sql': first, 'notes.txt': 'no migration' });

async function ran(address: string): Promise<string[]> {
  return (await once(address, 'SELECT name FROM migrations ORDER BY name')).rows.map(row => row.name);
}

t.test('each migration runs once, in the order of its number', async t => {
  const address = await database(t);
  const folder = folderOf(t);
  await migrate(address, folder);
  await writeFile(join(folder, '010-third.sql'), 'UPDATE counted SET number = number * 10');
  await writeFile(join(folder, '002-second.sql'), 'UPDATE counted SET number = number + 1');
  await migrate(address, folder);
  await migrate(address, folder);
  t.same(await ran(address), ['001-first.sql', '002-second.sql', '010-third.sql']);
  t.same((await once(address, 'SELECT number FROM counted')).rows, [{ number: 20 }]);
});

t.test('one that fails changes nothing, and can be mended', async t => {
  const address = await database(t);
  const folder = folderOf(t);
  const second = join(folder, '002-second.sql');
  await writeFile(second, 'UPDATE counted SET number = 5; SELECT 1 / 0;');
  await t.rejects(migrate(address, folder), {
    name: 'StoreError',
    message: /002-second.sql failed .*division by zero/,
  });
  t.same((await once(address, 'SELECT number FROM counted')).rows, [{ number: 1 }]);
  t.same(await ran(address), ['001-first.sql']);
  await writeFile(second, 'UPDATE counted SET number = 5');
  await migrate(address, folder);
  t.same((await once(address, 'SELECT number FROM counted')).rows, [{ number: 5 }]);
});

t.test('one that was altered after it ran is refused', async t => {
  const address = await database(t);
  const folder = folderOf(t);
  await migrate(address, folder);
  await writeFile(join(folder, '001-first.sql'), `${first}\n`);
  await t.rejects(migrate(address, folder), { name: 'StoreError', message: /001-first.sql has been altered/ });
});

t.test('a store that newer code has made is refused', async t => {
  const address = await database(t);
  const folder = folderOf(t);
  const newer = join(folder, '002-newer.sql');
  await writeFile(newer, 'SELECT 1');
  await migrate(address, folder);
  await rm(newer);
  await t.rejects(migrate(address, folder), { name: 'StoreError', message: /newer Stile \(002-newer.sql\)/ });
});

t.test('replicas that start at once take turns', async t => {
  const address = await database(t);
  const folder = folderOf(t);
  await Promise.all([1, 2, 3, 4].map(() => migrate(address, folder)));
  t.same((await once(address, 'SELECT number FROM counted')).rows, [{ number: 1 }]);
});

t.test('a store that is not there is told in plain words', async t => {
  const address = new URL(await database(t));
  address.pathname = '/absent';
  await t.rejects(migrate(address.href, folderOf(t)), { name: 'StoreError', message: /"absent" does not exist/ });
});

t.test('the project’s own migrations run on an empty store', async t => {
  const address = await database(t);
  await migrate(address);
  const files = await readdir(join(root, 'src', 'store', 'migrations'));
  t.same(await ran(address), files.sort());
});
