import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import {
  dataFolder,
  end,
  hold,
  homeOf,
  isRoot,
  isRunning,
  nobody,
  query,
  race,
  refusalOf,
  serverOf,
} from './holder.js';

const write = "CREATE TABLE kept AS SELECT 'kept' AS word";
const read = 'SELECT word FROM kept';

t.test('after kill -9 of the gateway the next one takes its server over', async t => {
  const folder = await dataFolder(t);
  const killed = await hold(t, folder);
  await query(killed.connectionString, write);
  const server = await serverOf(folder);
  await end(killed, 'SIGKILL');
  t.ok(await isRunning(server ?? 0), 'the orphan is there');
  const next = await hold(t, folder);
  t.same(await query(next.connectionString, read), ['kept']);
  t.equal(await serverOf(folder), server, 'there is no second server');
  await end(next);
  t.notOk(await isRunning(server ?? 0));
});

t.test('an orphan that was started with other settings is stopped, and another started', async t => {
  const folder = await dataFolder(t);
  const killed = await hold(t, folder, 'loopback');
  await query(killed.connectionString, write);
  const server = await serverOf(folder);
  await end(killed, 'SIGKILL');
  const next = await hold(t, folder, 'loopback');
  t.equal(await serverOf(folder), server);
  await end(next, 'SIGKILL');
  const other = await hold(t, folder);
  t.same(await query(other.connectionString, read), ['kept']);
  t.notOk(await isRunning(server ?? 0));
  await end(other);
});

t.test('after kill -9 of everything, though the server’s number is another process’s by now', async t => {
  const folder = await dataFolder(t);
  const killed = await hold(t, folder);
  await query(killed.connectionString, write);
  const server = (await serverOf(folder)) ?? 0;
  await end(killed, 'SIGKILL');
  process.kill(server, 'SIGKILL');
  while (await isRunning(server)) await sleep(10);
  const home = await homeOf(folder);
  t.ok((await readdir(join(home, 'socket'))).includes('.s.PGSQL.5432'), 'the socket is left');
  const stranger = spawn('sleep', ['60'], isRoot ? nobody : {});
  t.teardown(() => stranger.kill());
  for (const file of ['cluster/postmaster.pid', 'socket/.s.PGSQL.5432.lock']) {
    const lines = (await readFile(join(home, file), 'utf8')).split('\n');
    await writeFile(join(home, file), [stranger.pid, ...lines.slice(1)].join('\n'));
  }
  const next = await hold(t, folder);
  t.same(await query(next.connectionString, read), ['kept']);
  t.equal(stranger.exitCode, null, 'the other process is left alone');
  await end(next);
});

t.test('after a power cut that left the lock file empty', async t => {
  const folder = await dataFolder(t);
  await end(await hold(t, folder));
  await writeFile(join(await homeOf(folder), 'cluster', 'postmaster.pid'), '');
  const next = await hold(t, folder);
  t.same(await query(next.connectionString, 'SELECT 1'), [1]);
  await end(next);
});

t.test('a second gateway on the data folder is told so, and the first goes on', async t => {
  const folder = await dataFolder(t);
  const first = await hold(t, folder);
  const server = await serverOf(folder);
  const refusal = await refusalOf(t, folder);
  t.match(refusal.en, /^Another gateway uses this data folder .*Stop it first, or set STILE_DATA/);
  t.match(refusal.zh, /另一个网关/);
  t.equal(await serverOf(folder), server);
  t.same(await query(first.connectionString, 'SELECT 1'), [1]);
  await end(first);
});

t.test('of gateways that start at once on a new data folder, one gets the server', async t => {
  const folder = await dataFolder(t);
  const { holders, refusals } = await race(t, folder, 4);
  t.equal(holders.length, 1);
  for (const refusal of refusals) t.match(refusal, /^Another gateway/);
  for (const { connectionString } of holders) t.same(await query(connectionString, 'SELECT 1'), [1]);
  const clusters = (await readdir(await homeOf(folder))).filter(name => name.startsWith('cluster'));
  t.same(clusters, ['cluster'], 'nothing of the losers is left');
  for (const holder of holders) await end(holder);
});

t.test('a server that is killed comes back at the same address', async t => {
  for (const options of [[], ['loopback' as const]]) {
    await t.test(options[0] ?? 'sockets', async t => {
      const folder = await dataFolder(t);
      const holder = await hold(t, folder, ...options);
      await query(holder.connectionString, write);
      const server = (await serverOf(folder)) ?? 0;
      process.kill(server, 'SIGKILL');
      let found: unknown[] = [];
      for (let turn = 0; turn < 400 && found.length === 0; turn += 1) {
        await sleep(25);
        found = await query(holder.connectionString, read).catch(() => []);
      }
      t.same(found, ['kept']);
      t.not(await serverOf(folder), server);
      const revived = (await serverOf(folder)) ?? 0;
      await end(holder);
      t.notOk(await isRunning(revived), 'and is stopped with its gateway');
    });
  }
});

t.test('a server that does not answer is named, after a while', async t => {
  if (!process.env.STILE_SLOW) return t.comment('takes half a minute: with STILE_SLOW');
  const folder = await dataFolder(t);
  const holder = await hold(t, folder);
  await end(holder, 'SIGKILL');
  const server = (await serverOf(folder)) ?? 0;
  process.kill(server, 'SIGSTOP');
  t.match((await refusalOf(t, folder)).en, new RegExp(`\\(process ${server}\\) does not answer`));
});
