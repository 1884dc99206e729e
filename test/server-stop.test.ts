/** `stile start --sandbox` told to stop: by a signal, by two, and by the end of the npm that started it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { root } from '../src/root.js';
import { copyConfig, editFile } from './configuration/config-gateway.js';
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

async function withControl(t: Parameters<typeof startSandbox>[0], folder: string, variables = {}) {
  const port = String(await freePort());
  const gateway = await startSandbox(t, folder, { SANDBOX_CONTROL_PORT: port, ...variables });
  return { gateway, control: `http://127.0.0.1:${port}` };
}

/** What lets a call take so long that nothing but the end of the gateway can have ended it. */
async function patient(t: Parameters<typeof copyConfig>[0]) {
  const folder = await copyConfig(t);
  await editFile(join(folder, 'config/departments/civil-affairs.yaml'), text =>
    text.replace('    kind: http\n', '    kind: http\n    resilience: { deadline: 120000 }\n'),
  );
  return { STILE_CONFIG: join(folder, 'config'), STILE_SCHEMAS: join(folder, 'schemas') };
}

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

t.test('told twice, it does not wait for what is in flight, and still leaves no process', async t => {
  const folder = await dataFolder(t);
  const { gateway, control } = await withControl(t, folder, await patient(t));
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

t.test(
  'told twice while it drains and a database server hangs, it answers nobody meanwhile, and ends without it',
  async t => {
    const folder = await dataFolder(t);
    const { gateway, control } = await withControl(t, folder, { ...(await patient(t)), STILE_DRAIN: '60' });
    const server = (await serverOf(folder)) ?? 0;
    const hanging = (await serverOf(join(folder, 'natural-resources'))) ?? 0;
    const { answer } = await slowCall(gateway, control, 60_000);
    process.kill(hanging, 'SIGSTOP');
    const ended = gateway.end('SIGINT');
    await sleep(1200);
    gateway.process.kill('SIGINT');
    await t.rejects(answer, 'by then the department is gone, and nobody is told that it failed');
    const { code } = await fetch(`${gateway.url}/health/live`).then(
      () => ({ code: 'answered' }),
      (error: TypeError) => error.cause as { readonly code: string },
    );
    t.equal(code, 'ECONNREFUSED');
    t.equal(await ended, 1);
    t.notOk(await isRunning(server));
    process.kill(hanging, 'SIGCONT');
    await until(async () => !(await isRunning(hanging)));
  },
);

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
