/** What `stile import openapi` writes is config that serves: it passes the check, asks as the document says, and is never overwritten unasked. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { adapter as http } from '../../adapters/http.js';
import { run } from '../../src/cli/import.js';
import { root } from '../../src/root.js';
import { callOf, contextOf } from '../adapters/calls.js';
import { type Answering, json, startHttp } from '../adapters/systems.js';
import { lines, terminalLike } from '../cli/audit-terminal.js';
import { deployment, load } from '../registry/deployment.js';

const persons = join(root, 'test', 'import', 'persons.yaml');
const permits = join(root, 'test', 'import', 'permits.json');
const department = 'config/departments/civil-affairs.yaml';

async function importing(folder: string, words: string[], language = 'C') {
  const io = terminalLike({ LANG: language });
  const code = await run(['openapi', ...words, '--department', 'civil-affairs', '--into', folder], io);
  return { code, out: lines(io.out()), err: io.err() };
}

const textIn = (folder: string, path: string): string => readFileSync(join(folder, path), 'utf8');
const contractIn = (folder: string, path: string) => JSON.parse(textIn(folder, `schemas/civil-affairs/${path}`));

/** Asks an imported service of a system that answers as the test decides. */
async function asked(t: Test, folder: string, id: string, request: object, answer: Answering) {
  const { registry, faults } = await load(folder);
  const service = registry?.services.get(id);
  if (service === undefined) throw new Error(JSON.stringify(faults));
  t.equal(service.contract.request.check(request), null, 'the contract accepts the request');
  const system = await startHttp(answer);
  const opened = http.open({ baseUrl: system.url }, contextOf());
  t.teardown(async () => {
    await opened.close();
    await system.close();
  });
  const found = await opened.ask({ ...request }, callOf({ ask: { ...service.ask } }));
  return { found, service, asked: system.asked[0] };
}

t.test('it passes the check, and everything else in the file stays', async t => {
  const folder = deployment(t);
  const before = textIn(folder, department).replace('name: {', '# Kept as it is.\nname: {');
  writeFileSync(join(folder, department), before);
  const { code, out } = await importing(folder, [persons, '--write']);
  t.equal(code, 0);
  t.match(out.at(-1), /^7 files written\./);
  const { faults } = await load(folder);
  t.strictSame(faults, []);
  const after = textIn(folder, department);
  for (const line of before.trimEnd().split('\n')) t.ok(after.includes(line), line);
  t.match(after, 'baseUrl: https://persons.civil-affairs.example/api\n');
  t.match(after, / {6}authentication:\n {8}apiKey:\n {10}header: X-Key\n {10}key: \$\{env:CIVIL_AFFAIRS_API_KEY\}/);
});

t.test('what is not carried over is told, each with its place', async t => {
  const { out } = await importing(deployment(t), [persons, '--write']);
  const told = out.map(line => /persons\.yaml:\d+:\d+ (\S+): /.exec(line)?.[1]).filter(each => each !== undefined);
  const person = '/components/schemas/Person/allOf/1';
  for (const pointer of [
    '/info',
    '/paths/~1persons~1{personId}/head',
    '/paths/~1elsewhere',
    '/servers/1',
    '/components/securitySchemes/login',
    '/paths/~1persons/post/callbacks',
    '/paths/~1persons/post/security',
    '/paths/~1persons/post/parameters/0',
    '/paths/~1persons~1{personId}/get/parameters/2',
    '/paths/~1persons~1{personId}/get/parameters/3',
    '/paths/~1persons~1{personId}/delete',
    `${person}/additionalProperties`,
    `${person}/properties/seen/format`,
    `${person}/properties/children/items`,
    `${person}/properties/partner`,
  ]) {
    t.ok(told.includes(pointer), pointer);
  }
  t.match(out.join('\n'), /things are not carried over as they are/);
  const chinese = await importing(deployment(t), [persons, '--write'], 'zh_CN.UTF-8');
  t.match(chinese.out.join('\n'), /模式包含自身，没有尽头；在契约里写出有限的层数/);
});

t.test('the contract is the operation’s, and closed', async t => {
  const folder = deployment(t);
  await importing(folder, [persons, '--write']);
  const reply = contractIn(folder, 'get-person-by-id/v1/reply.json');
  t.strictSame(Object.keys(reply.properties), ['id', 'name', 'died', 'seen', 'age', 'address', 'children', 'partner']);
  t.strictSame(reply.required, ['id', 'name', 'age'], 'null is no value, and secret never comes back');
  t.equal(reply.additionalProperties, false);
  t.strictSame(reply.properties.age, { type: 'integer', exclusiveMinimum: 0 });
  t.strictSame(reply.properties.address.required, ['city']);
  const request = contractIn(folder, 'register/v1/request.json');
  t.ok('secret' in request.properties && !('id' in request.properties), 'what is only read is never sent');
  t.match(contractIn(folder, 'get-persons/v1/reply.json'), {
    properties: { items: { type: 'array', maxItems: 100 } },
    required: ['items'],
  });
});

t.test('it asks as the document says', async t => {
  const folder = deployment(t);
  await importing(folder, [persons, '--write']);
  const person = { id: 'p1', name: '李四', died: null, age: 3, address: { city: '深圳', extra: 1 }, more: true };
  const one = await asked(
    t,
    folder,
    'civil-affairs/get-person-by-id/v1',
    { personId: '440300', 'X-Channel': 'web', asOf: '2026-02-01' },
    json(person),
  );
  t.match(one.asked, { method: 'GET', url: '/persons/440300?asOf=2026-02-01', headers: { 'x-channel': 'web' } });
  t.match(one.found, { body: { id: 'p1', name: '李四', age: 3, address: { city: '深圳' } } });
  const body = 'body' in one.found ? one.found.body : undefined;
  t.equal(one.service.contract.reply.check(body), null, 'what the contract does not name is left behind');
  const sent = { secret: '12345678', name: '王五', age: 4 };
  const other = await asked(t, folder, 'civil-affairs/register/v1', sent, json(person, 201));
  t.strictSame(JSON.parse(other.asked?.body ?? ''), sent);
  t.equal(other.service.safe, false);
});

t.test('OpenAPI 3.1, in JSON, for a department that has no file yet', async t => {
  const folder = deployment(t);
  const io = terminalLike({ LANG: 'C' });
  t.equal(await run(['openapi', permits, '--department', 'permits', '--into', folder, '--adapter', 'desk'], io), 0);
  const { faults } = await load(folder);
  t.strictSame(
    faults.map(({ rule, pointer }) => `${rule} ${pointer}`),
    ['wrong-value /division'],
    'only what nobody but the operator can know is left',
  );
  const file = join(folder, 'config/departments/permits.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('division: TODO', 'division: "440300"'));
  t.match(readFileSync(file, 'utf8'), /baseUrl: \$\{env:PERMITS_URL\}[\s\S]*tokenUrl: https:\/\/login\.example\/token/);
  const { found } = await asked(t, folder, 'permits/count-permits/v1', { year: 2026 }, json(17));
  t.match(found, { body: { value: 17 } });
  const latest = await asked(t, folder, 'permits/latest/v1', {}, json({ holder: 'x', note: null, kind: 'building' }));
  t.match(latest.found, { body: { holder: 'x', kind: 'building' } });
});

t.test('what somebody edited is shown, and kept unless told otherwise', async t => {
  const folder = deployment(t);
  const untouched = textIn(folder, department);
  const first = await importing(folder, [persons, '--operation', 'register']);
  t.equal(first.code, 1);
  t.match(first.err, /nothing was written; add --write/);
  t.ok(first.out.includes('+   register/v1:'), 'the difference is shown');
  t.equal(textIn(folder, department), untouched);
  await importing(folder, [persons, '--operation', 'register', '--write']);
  t.match((await importing(folder, [persons, '--operation', 'register'])).out.at(-1), /^Nothing has changed\.$/);
  const contract = join(folder, 'schemas/civil-affairs/register/v1/reply.json');
  const edited = readFileSync(contract, 'utf8').replace('"maxLength": 40', '"maxLength": 50');
  writeFileSync(contract, edited);
  const mine = textIn(folder, department).replace('en: register', 'en: Registration');
  writeFileSync(join(folder, department), mine);
  const again = await importing(folder, [persons, '--operation', 'register']);
  t.equal(again.code, 1);
  t.ok(again.out.includes('-       "maxLength": 50'));
  t.ok(again.out.includes('+       "maxLength": 40'));
  t.equal(readFileSync(contract, 'utf8'), edited);
  t.equal((await importing(folder, [persons, '--operation', 'register', '--write'])).code, 0);
  t.not(readFileSync(contract, 'utf8'), edited);
  t.equal(textIn(folder, department), mine, 'of a service that is there only the way it is asked is written');
});

t.test('what makes no sense', async t => {
  const folder = deployment(t);
  await t.rejects(importing(folder, [persons, '--operation', 'registr']), { message: /Did you mean register\?/ });
  await t.rejects(importing(folder, [join(root, 'package.json')]), { message: /no OpenAPI document/ });
  await t.rejects(importing(folder, [join(folder, 'nothing.yaml')]), { message: /cannot be read/ });
  t.equal((await importing(folder, [])).code, 2);
  t.equal((await importing(folder, [persons, '--adapter', 'No Id'])).code, 2);
  const broken = join(folder, 'broken.yaml');
  writeFileSync(broken, 'openapi: 3.0.0\nopenapi: 3.0.1\n');
  t.equal((await importing(folder, [broken])).code, 1);
});
