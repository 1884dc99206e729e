import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { root } from '../src/root.js';
import { freePort } from './faults/gateway-process.js';
import { curlOf, runCurl, type SandboxProcess, startSandbox } from './sandbox-process.js';
import { dataFolder, isRunning, serverOf } from './store/holder.js';
import { until } from './until.js';

/** A call that takes so long that a test can do something meanwhile, and the promise of its answer. */
async function slowCall(
  gateway: SandboxProcess,
  control: string,
  milliseconds: number,
): Promise<{ answer: Promise<Response> }> {
  await fetch(`${control}/civil-affairs/misbehaviour`, {
    method: 'PUT',
    body: JSON.stringify({ kind: 'slow', milliseconds }),
  });
  const answer = runCurl(curlOf(gateway));
  answer.catch(() => undefined);
  const asked = async () => ((await (await fetch(`${control}/civil-affairs/asked`)).json()) as unknown[]).length > 0;
  await until(asked);
  return { answer };
}

/** The store's and the natural resources bureau's. */
const serversOf = (folder: string): Promise<number[]> =>
  Promise.all([folder, join(folder, 'natural-resources')].map(async held => (await serverOf(held)) ?? 0));

async function withControl(t: Parameters<typeof startSandbox>[0], folder: string, variables = {}) {
  const port = String(await freePort());
  const gateway = await startSandbox(t, folder, { SANDBOX_CONTROL_PORT: port, ...variables });
  return { gateway, control: `http://127.0.0.1:${port}` };
}

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

t.test('told to stop, it says that it is not ready, answers what is in flight, and ends', async t => {
  const folder = await dataFolder(t);
  const { gateway, control } = await withControl(t, folder, { STILE_DRAIN: '1' });
  const { answer } = await slowCall(gateway, control, 1500);
  const ended = gateway.end('SIGTERM');
  await until(async () => (await fetch(`${gateway.url}/health/ready`)).status === 503);
  t.equal((await fetch(`${gateway.url}/health/live`)).status, 200);
  const reply = await answer;
  t.equal(reply.status, 200);
  t.match(reply.headers.get('stile-record'), /^\d+\/\d+$/);
  t.equal(await ended, 0);
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

t.test('told twice, it does not wait for what is in flight, and still leaves no process', async t => {
  const folder = await dataFolder(t);
  const { gateway, control } = await withControl(t, folder);
  const server = (await serverOf(folder)) ?? 0;
  const { answer } = await slowCall(gateway, control, 60_000);
  void gateway.end('SIGINT');
  const echo = gateway.end('SIGINT');
  await sleep(1200);
  t.equal(gateway.process.exitCode, null, 'one that npm has passed on is the same');
  gateway.process.kill('SIGINT');
  t.equal(await echo, 1);
  await t.rejects(answer);
  t.notOk(await isRunning(server));
});

t.test('when the npm that started it is killed, it ends', async t => {
  const folder = await dataFolder(t);
  const port = await freePort();
  const command = `"${process.execPath}" "${join(root, 'build/src/cli.js')}" start --sandbox & echo $!; wait`;
  const npm = spawn('sh', ['-c', command], {
    cwd: root,
    env: { ...process.env, STILE_DATA: folder, PORT: String(port), npm_lifecycle_event: 'start' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [first] = await once(npm.stdout, 'data');
  const gateway = Number(String(first).split('\n')[0]);
  t.teardown(() => isRunning(gateway).then(runs => runs && process.kill(gateway, 'SIGKILL')));
  const ready = () =>
    fetch(`http://127.0.0.1:${port}/health/ready`).then(
      answer => answer.ok,
      () => false,
    );
  await until(ready);
  const server = (await serverOf(folder)) ?? 0;
  npm.kill('SIGKILL');
  await until(async () => !(await isRunning(gateway)));
  t.notOk(await isRunning(server));
});
