/** Follows "A deployment of your own" in docs/operating.md: its commands in a real shell, its files, and an exchange that then succeeds. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { json } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { parse } from 'yaml';
import { loadRegistry } from '../src/registry/load.js';
import type { Registry } from '../src/registry/registry.js';
import { root } from '../src/root.js';
import { pageOf } from './documents.js';
import { importAgreements, openGateway, sandboxAgreements } from './gateway.js';

const page = pageOf('docs/operating.md');
const chapter = page.text.split('## A deployment of your own\n')[1]?.split('\n## ')[0] ?? '';
const ofChapter = page.blocks.filter(({ text }) => chapter.includes(text));
const agreements = 'config/agreements/housing-insured.yaml';
const key = 'trial';

/** What a shell finds as `npx`: whatever it is asked for, this project's command. */
const npx = `#!/bin/sh
shift
exec "${process.execPath}" "${join(root, 'bin', 'stile.js')}" "$@"
`;

/** The system of the bureau, as the page says that it answers. */
async function bureau(t: Test): Promise<string> {
  const [question, answer] = ofChapter
    .filter(({ language }) => language === 'json')
    .map(({ text }) => JSON.parse(text));
  const server = createServer(async (request, response) => {
    const known = request.headers['x-api-key'] === key && request.url === '/insured' && request.method === 'POST';
    const asked = await json(request);
    response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify(known && JSON.stringify(asked) === JSON.stringify(question) ? answer : {}));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

t.test('the commands of the page make a deployment, and its department answers', async t => {
  // First, as tap removes the folder before what is torn down, unless something was to be torn down before there was a folder.
  const url = await bureau(t);
  const place = t.testdir({ bin: { npx }, deployment: {} });
  const folder = join(place, 'deployment');
  chmodSync(join(place, 'bin', 'npx'), 0o755);
  const PATH = `${join(place, 'bin')}${delimiter}${process.env.PATH}`;
  const consoles = ofChapter.filter(({ language }) => language === 'console');
  t.equal(consoles.length, 2);
  for (const { text } of consoles) {
    for (const { file, text: content } of ofChapter) {
      if (file === undefined || text === consoles[0]?.text) continue;
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), content);
    }
    const script = text.replace(/^\$ /gm, '');
    const { status, stdout, stderr } = spawnSync('sh', ['-e', '-c', script], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PATH, LC_ALL: 'C', STILE_CONFIG: '', STILE_SCHEMAS: '' },
    });
    t.equal(status, 0, stdout + stderr);
    t.match(stdout, /^No fault in config and schemas\n2 departments, 1 client, 1 service, /m);
  }

  const { registry: added } = await loadRegistry({
    configFolder: join(folder, 'config'),
    schemasFolder: join(folder, 'schemas'),
    environment: { SOCIAL_INSURANCE_URL: url, SOCIAL_INSURANCE_API_KEY: key },
  });
  if (added === undefined) throw new Error('there are faults');
  const gateway = await openGateway(t, { change: reachable => withAdded(added, reachable) });
  const own = ofChapter.find(({ file }) => file === agreements);
  await importAgreements(gateway, [...sandboxAgreements(), ...parse(own?.text ?? '').agreements]);
  const answer = await gateway.exchange('social-insurance/insured/v1', { residentId: '440304198804123031' });
  t.equal(answer.text, '{"registered":true}');
});

/** What was added, beside the sample departments and clients, whose tokens a test can get. */
const withAdded = (added: Registry, reachable: Registry): Registry => ({
  ...reachable,
  departments: new Map([...added.departments, ...reachable.departments]),
  services: new Map([...added.services, ...reachable.services]),
  schemas: new Map([...added.schemas, ...reachable.schemas]),
});
