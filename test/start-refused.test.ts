import { cp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { root } from '../src/root.js';
import { freePort } from './faults/gateway-process.js';
import { curlOf, refusalOf, runCurl, startSandbox } from './sandbox-process.js';
import { dataFolder, serverOf } from './store/holder.js';

/** The project's config and schemas with something else in the settings, as variables that name them. */
async function configWith(t: Test, what: string, instead: string) {
  const folder = t.testdir();
  const [config, schemas] = ['config', 'schemas'].map(name => join(folder, name)) as [string, string];
  await cp(join(root, 'config'), config, { recursive: true });
  await cp(join(root, 'schemas'), schemas, { recursive: true });
  const settings = join(config, 'stile.yaml');
  await writeFile(settings, (await readFile(settings, 'utf8')).replace(what, instead));
  return { STILE_CONFIG: config, STILE_SCHEMAS: schemas };
}

t.test('what the operator can mend is one line, without a stack', async t => {
  await t.test('a port in use', async t => {
    const taken = createServer();
    t.teardown(() => taken.close());
    const port = await freePort();
    await new Promise<void>(resolve => taken.listen(port, '127.0.0.1', resolve));
    const folder = await dataFolder(t);
    const { how, err } = await refusalOf(t, folder, { PORT: String(port) });
    t.equal(how, 1);
    t.equal(err, `stile start: Port ${port} of 127.0.0.1 is in use. Stop what uses it, or set PORT to another.\n`);
    t.equal(await serverOf(folder), undefined, 'its store is stopped');
  });

  await t.test('a second gateway on the data folder, in Chinese', async t => {
    const folder = await dataFolder(t);
    const first = await startSandbox(t, folder);
    const { how, err } = await refusalOf(t, folder, { LC_ALL: 'zh_CN.UTF-8' });
    t.equal(how, 1);
    t.match(err, /^stile start: 另一个网关正在使用该数据目录.*STILE_DATA.*\n$/);
    t.equal((await runCurl(curlOf(first))).status, 200, 'the first is not disturbed');
    t.equal(await first.end(), 0);
  });

  await t.test('a variable that makes no sense', async t => {
    const { how, err } = await refusalOf(t, await dataFolder(t), { STILE_DRAIN: 'soon' });
    t.equal(how, 1);
    t.equal(err, 'stile start: The environment variable STILE_DRAIN is "soon"; it should be one of: 0 - 3600.\n');
  });

  await t.test('a store that is not there', async t => {
    const port = await freePort();
    const { how, err } = await refusalOf(t, await dataFolder(t), {
      DATABASE_URL: `postgresql://stile:secret@127.0.0.1:${port}/stile`,
    });
    t.equal(how, 1);
    t.match(err, /^stile start: The store cannot be reached: .*ECONNREFUSED.* Check DATABASE_URL.*\n$/);
    t.notMatch(err, 'secret');
  });

  await t.test('a real deployment’s config with --sandbox', async t => {
    const variables = await configWith(t, 'sandbox: true', 'sandbox: false');
    const { how, err } = await refusalOf(t, await dataFolder(t), variables);
    t.equal(how, 1);
    t.match(err, /sandbox/);
    t.notMatch(err, /\n {4}at /);
  });
});

t.test('faults of config are all told, each with its place', async t => {
  const variables = await configWith(t, 'deployment:', 'deploiment:');
  const { how, err } = await refusalOf(t, await dataFolder(t), variables);
  t.equal(how, 1);
  t.match(err, /stile\.yaml:\d+:\d+.*deploiment/);
  t.match(err, /1 fault in 1 file/);
  t.notMatch(err, /\n {4}at /);
});
