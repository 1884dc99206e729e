/** `stile start --sandbox` as a whole: the first start, the next, one after `kill -9`, and a config read again. */
import { join } from 'node:path';
import t from 'tap';
import { curlOf, runCurl, startSandbox } from './sandbox-process.js';
import { dataFolder, isRunning, serverOf } from './store/holder.js';
import { until } from './until.js';

/** The store's and the natural resources bureau's. */
const serversOf = (folder: string): Promise<number[]> =>
  Promise.all([folder, join(folder, 'natural-resources')].map(async held => (await serverOf(held)) ?? 0));

t.test('the first start prints a call that can be pasted, and the second still has its record', async t => {
  const folder = await dataFolder(t);
  const first = await startSandbox(t, folder);
  const answer = await runCurl(curlOf(first));
  t.equal(answer.status, 200);
  t.same(await answer.json(), { residentId: '440304198804123031', status: 'married', spouse: { name: '林**' } });
  const record = answer.headers.get('stile-record');
  t.match(record, /^\d+\/\d+$/);
  const servers = await serversOf(folder);
  t.equal(await first.end('SIGINT'), 0);
  for (const server of servers) t.notOk(await isRunning(server), 'Ctrl-C leaves no process');

  const second = await startSandbox(t, folder);
  const again = await runCurl(curlOf(second));
  t.equal(again.status, 200);
  t.not(again.headers.get('stile-record'), record, 'records are added to those that were there');
  t.equal(await second.end(), 0);
});

t.test('after kill -9 the next start takes over', async t => {
  const folder = await dataFolder(t);
  const killed = await startSandbox(t, folder);
  const servers = await serversOf(folder);
  t.equal(await killed.end('SIGKILL'), 'SIGKILL');
  for (const server of servers) t.ok(await isRunning(server));
  const next = await startSandbox(t, folder, { PORT: new URL(killed.url).port });
  t.equal((await runCurl(curlOf(next))).status, 200);
  t.equal(await next.end(), 0);
  for (const server of servers) t.notOk(await isRunning(server));
});

t.test('SIGHUP has it read its config again, and go on', async t => {
  const folder = await dataFolder(t);
  const gateway = await startSandbox(t, folder);
  const readAgain = async () =>
    /^stile_config_reloads_total\{outcome="unchanged"\} 1$/m.test(await (await fetch(`${gateway.url}/metrics`)).text());
  t.notOk(await readAgain());
  gateway.process.kill('SIGHUP');
  await until(readAgain);
  t.equal((await runCurl(curlOf(gateway))).status, 200);
  t.equal(await gateway.end(), 0);
});
