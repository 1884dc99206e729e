import { chmod, lstat, mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import t from 'tap';
import { root } from '../../src/root.js';
import { mayEnter } from '../../src/store/placement.js';
import { dataFolder, end, hold, homeOf, isRoot, isRunning, nobody, query, refusalOf, serverOf } from './holder.js';

const write = "CREATE TABLE kept AS SELECT 'kept' AS word";
const read = 'SELECT word FROM kept';

t.test('what was written is there after a stop and a second start', async t => {
  const folder = await dataFolder(t);
  const first = await hold(t, folder);
  await query(first.connectionString, write);
  const server = (await serverOf(folder)) ?? 0;
  t.ok(await isRunning(server));
  await end(first);
  t.notOk(await isRunning(server), 'the gateway takes its server with it');
  t.equal(await serverOf(folder), undefined);
  const second = await hold(t, folder);
  t.same(await query(second.connectionString, read), ['kept']);
  await end(second);
});

t.test('an answered commit is on disk, and the server does not run as root', async t => {
  const folder = await dataFolder(t);
  const holder = await hold(t, folder);
  const settings =
    "current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit')";
  t.same(await query(holder.connectionString, `SELECT ${settings}`), ['on', 'on', 'on']);
  t.same(await query(holder.connectionString, "SELECT current_setting('listen_addresses')"), ['']);
  const { uid } = await lstat(join(await homeOf(folder), 'cluster'));
  t.equal(uid, isRoot ? nobody.uid : process.getuid?.());
  await end(holder);
});

t.test('a signal to the gateway’s process group, such as Ctrl-C, does not reach the server', async t => {
  const folder = await dataFolder(t);
  const holder = await hold(t, folder);
  const group = async (id: number | undefined) =>
    (await readFile(`/proc/${id}/stat`, 'utf8')).split(') ')[1]?.split(' ')[2];
  if (process.platform === 'linux') {
    t.not(await group(await serverOf(folder)), await group(holder.process.pid));
  }
  await end(holder);
});

t.test('any path will do', async t => {
  const names = {
    'with spaces': 'a b  c',
    'with a quote and a comma': 'a"b,c',
    'in Chinese': '数据',
    long: 'x'.repeat(120),
  };
  for (const [what, name] of Object.entries(names)) {
    await t.test(what, async t => {
      const folder = await dataFolder(t, name);
      const holder = await hold(t, folder);
      const socketFolder = new URL(holder.connectionString).searchParams.get('host') ?? '';
      t.teardown(() => rm(socketFolder, { recursive: true, force: true }));
      t.same(await query(holder.connectionString, 'SELECT 1'), [1]);
      const sockets = await readdir(join(await homeOf(folder), 'socket')).catch((): string[] => []);
      t.equal(sockets.includes('.s.PGSQL.5432'), what !== 'long', 'a socket’s path holds 107 bytes');
      await end(holder);
    });
  }
});

t.test('without Unix sockets it listens on loopback only, and wants the password', async t => {
  const folder = await dataFolder(t);
  const holder = await hold(t, folder, 'loopback');
  const address = new URL(holder.connectionString);
  t.same(await query(address.href, "SELECT current_setting('listen_addresses'), host(inet_server_addr())"), [
    '127.0.0.1',
    '127.0.0.1',
  ]);
  t.ok(address.password.length >= 32);
  address.password = 'guessed';
  await t.rejects(query(address.href, 'SELECT 1'), { code: '28P01' });
  await end(holder);
});

t.test('as an ordinary user', async t => {
  if (isRoot && !(await mayEnter(root, nobody))) return t.comment('this checkout is closed to others: not tried');
  const folder = await dataFolder(t);
  const holder = await hold(t, folder, 'nobody');
  t.same(await query(holder.connectionString, 'SELECT 1'), [1]);
  await end(holder);
});

t.test('what an ordinary user began, root goes on with as that user', async t => {
  if (!isRoot || !(await mayEnter(root, nobody))) return t.comment('needs root and a checkout open to others');
  const folder = await dataFolder(t);
  const first = await hold(t, folder, 'nobody');
  await query(first.connectionString, write);
  await end(first);
  const second = await hold(t, folder);
  t.same(await query(second.connectionString, read), ['kept']);
  await end(second);
  const third = await hold(t, folder, 'nobody');
  t.same(await query(third.connectionString, read), ['kept']);
  await end(third);
});

t.test('in a folder that only root may enter, the server has its files where it may', async t => {
  if (!isRoot) return t.comment('needs root');
  const folder = await dataFolder(t, 'closed/data');
  await mkdir(folder, { recursive: true });
  await chmod(dirname(folder), 0o700);
  const first = await hold(t, folder);
  await query(first.connectionString, write);
  t.match(await readlink(join(folder, 'postgres')), /^\/var\/lib\/stile\/[0-9a-f]{16}(-\d+)?$/);
  await end(first);
  const second = await hold(t, folder);
  t.same(await query(second.connectionString, read), ['kept']);
  await end(second);
});

t.test('files that do not fit the server are refused in plain words', async t => {
  const folder = await dataFolder(t);
  await end(await hold(t, folder));
  const home = await homeOf(folder);
  const version = join(home, 'cluster', 'PG_VERSION');
  const own = await readFile(version, 'utf8');
  await writeFile(version, '12\n');
  t.match((await refusalOf(t, folder)).en, /is of PostgreSQL 12, the one installed is .*pg_upgrade/);
  await writeFile(version, own);
  await writeFile(join(home, 'password'), 'another');
  t.match((await refusalOf(t, folder)).en, /does not accept the password in .*backup/);
});

t.test('a data folder that is a file, or in one, is refused in plain words', async t => {
  const folder = await dataFolder(t);
  await mkdir(folder);
  await writeFile(join(folder, 'file'), '');
  t.match((await refusalOf(t, join(folder, 'file', 'below'))).en, /cannot use the data folder .*set STILE_DATA/);
});
