import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t from 'tap';
import { request } from 'undici';
import { root } from '../../src/root.js';
import { server } from '../database.js';
import { suiteFolder } from '../suite-folder.js';

/** Runs the subcommand as the `stile` command does. */
function start(environment: Record<string, string>) {
  const script = `import { run } from ${JSON.stringify(join(root, 'build', 'src', 'cli', 'sandbox.js'))}; process.exitCode = await run([]);`;
  const rest = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SANDBOX_')));
  return spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...rest, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
const keys = {
  SANDBOX_CIVIL_AFFAIRS_API_KEY: 'a key',
  SANDBOX_PUBLIC_SECURITY_SECRET: 'a secret',
  SANDBOX_HUMAN_RESOURCES_PASSWORD: 'a password',
  SANDBOX_NATURAL_RESOURCES_PASSWORD: 'of every test',
};
const anyPorts = {
  SANDBOX_NATURAL_RESOURCES_SERVER: server(),
  SANDBOX_HOUSING_FUND_FOLDER: join(suiteFolder(process.ppid), 'housing-fund'),
  SANDBOX_CIVIL_AFFAIRS_PORT: '0',
  SANDBOX_PUBLIC_SECURITY_PORT: '0',
  SANDBOX_HUMAN_RESOURCES_PORT: '0',
  SANDBOX_CONTROL_PORT: '0',
};

t.test('it runs the departments until it is stopped', async t => {
  const child = start({ ...keys, ...anyPorts });
  t.teardown(() => child.kill('SIGKILL'));
  const urls: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    urls.push(line.slice('natural resources '.length));
    if (urls.length === 6) break;
  }
  const [civilAffairs, , , host, fund, control] = urls;
  t.equal(fund, anyPorts.SANDBOX_HOUSING_FUND_FOLDER);
  t.equal(host, new URL(server()).searchParams.get('host'), 'for SANDBOX_NATURAL_RESOURCES_HOST');
  const answer = await request(`${civilAffairs}/api/marriages/440304198804123031`, {
    headers: { 'x-api-key': 'a key' },
  });
  t.equal(answer.statusCode, 200);
  await answer.body.dump();
  const asked = await request(`${control}/civil-affairs/asked`);
  t.strictSame(await asked.body.json(), ['']);
  child.kill('SIGTERM');
  t.strictSame(await once(child, 'exit'), [0, null]);
});

t.test('it says what is missing or wrong', async t => {
  for (const [environment, said] of [
    [{ SANDBOX_CIVIL_AFFAIRS_API_KEY: 'a key' }, /SANDBOX_PUBLIC_SECURITY_SECRET must be set/],
    [{ ...keys, SANDBOX_HUMAN_RESOURCES_PASSWORD: '' }, /^SANDBOX_HUMAN_RESOURCES_PASSWORD must be set\.\n$/],
    [{ ...keys, SANDBOX_NATURAL_RESOURCES_PASSWORD: '' }, /^SANDBOX_NATURAL_RESOURCES_PASSWORD must be set\.\n$/],
    [{ ...keys, SANDBOX_CONTROL_PORT: 'many' }, /SANDBOX_CONTROL_PORT is no port: many/],
  ] as const) {
    const child = start(environment);
    let error = '';
    child.stderr.on('data', chunk => {
      error += chunk;
    });
    t.strictSame(await once(child, 'close'), [1, null]);
    t.match(error, said);
  }
});
