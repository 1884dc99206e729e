/** `stile init` and `stile department new`: what they make passes the check, and nothing of anybody's is ever changed. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { parse } from 'yaml';
import { run as check } from '../../src/cli/check.js';
import { run as department } from '../../src/cli/department.js';
import { run as init } from '../../src/cli/init.js';
import { OperatorError } from '../../src/operator-error.js';
import { terminalLike } from './audit-terminal.js';

type Command = (words: string[], io: ReturnType<typeof terminalLike>) => Promise<number>;

async function stile(command: Command, words: readonly string[], locale = 'C') {
  const io = terminalLike({ LC_ALL: locale });
  const code = await command([...words], io);
  return { code, out: io.out(), error: io.err() };
}

const url = 'https://stile.shenzhen.example';
const bureau = [
  '--name-zh',
  '社会保险基金管理局',
  '--name-en',
  'Social Insurance: Bureau',
  '--division',
  '440300',
  '--contact',
  '0755-12345',
];

async function newDeployment(t: Test): Promise<string> {
  const folder = join(t.testdir({}), 'deployment');
  t.equal((await stile(init, [folder, '--url', url])).code, 0);
  return folder;
}

/** Each rule that the check tells of. */
async function found(folder: string): Promise<string[]> {
  const { code, out } = await stile(check, [folder, '--json']);
  if (code !== 0) throw new Error(out);
  return JSON.parse(out).faults.map(({ rule }: { rule: string }) => rule);
}

t.test('a new deployment passes the check, with nothing left to say but that it has no witness', async t => {
  const folder = await newDeployment(t);
  t.same(await found(folder), ['STILE-S031']);
  const { deployment, identity } = parse(readFileSync(join(folder, 'config', 'stile.yaml'), 'utf8'));
  t.equal(deployment, 'stile.shenzhen.example');
  t.equal(identity.issuer, url);
  t.match(readFileSync(join(folder, '.gitignore'), 'utf8'), /^\.env$/m);
});

t.test('made again it changes nothing, and what somebody wrote stops it before anything is made', async t => {
  const folder = await newDeployment(t);
  t.match((await stile(init, [folder, '--url', url])).out, /^Nothing has changed/);
  const other = t.testdir({ config: { 'purposes.yaml': 'purposes: { mine: 1 }\n' } });
  await t.rejects(stile(init, [other, '--url', url]), { message: /purposes\.yaml$/ });
  t.equal(readFileSync(join(other, 'config', 'purposes.yaml'), 'utf8'), 'purposes: { mine: 1 }\n');
  t.notOk(existsSync(join(other, 'schemas')));
});

t.test('addresses and names that are none are told', async t => {
  for (const words of [['--url', 'ftp://x'], [], ['--url', 'https://x/'], ['--url', url, '--deployment', 'A b']]) {
    await t.rejects(stile(init, [t.testdirName, ...words]), OperatorError);
  }
  t.notOk(existsSync(t.testdirName));
  t.equal((await stile(init, ['a', 'b', '--url', url])).code, 2);
});

t.test('a department with client and service passes the check as it is', async t => {
  const folder = await newDeployment(t);
  const pem = join(folder, 'client.pem');
  const words = ['new', 'social-insurance', ...bureau, '--client', 'payments', '--private-key', pem];
  const { code, out } = await stile(department, [...words, '--service', 'insured/v1', '--into', folder], 'zh_CN.UTF-8');
  t.equal(code, 0);
  t.match(out, /^已写 4 个文件\n/);
  t.match(out, /SOCIAL_INSURANCE_URL=… SOCIAL_INSURANCE_API_KEY=…/);
  t.same(await found(folder), ['STILE-S031'], 'safe as it is');
  const text = readFileSync(join(folder, 'config', 'departments', 'social-insurance.yaml'), 'utf8');
  const { name, contact, clients } = parse(text);
  t.same(name, { zh: '社会保险基金管理局', en: 'Social Insurance: Bureau' });
  t.equal(contact, '0755-12345');
  const [jwk] = clients.payments.keys;
  t.equal(jwk.d, undefined, 'of the key, config has the public half');
  t.equal(statSync(pem).mode & 0o777, 0o600);
  const publicKey = createPublicKey(createPrivateKey(readFileSync(pem)));
  t.ok(publicKey.equals(createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })), 'and the file the private one');
});

t.test('nothing that is there is changed, and then no key is made either', async t => {
  const folder = await newDeployment(t);
  const file = join(folder, 'config', 'departments', 'housing.yaml');
  mkdirSync(join(folder, 'config', 'departments'));
  writeFileSync(file, 'mine\n');
  const pem = join(folder, 'client.pem');
  const words = ['new', 'housing', ...bureau, '--client', 'permits', '--private-key', pem, '--into', folder];
  await t.rejects(stile(department, words), { message: /housing\.yaml$/ });
  t.equal(readFileSync(file, 'utf8'), 'mine\n');
  t.notOk(existsSync(pem));
});

t.test('a client that made its own key hands over the public half', async t => {
  const folder = await newDeployment(t);
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const given = join(folder, 'public');
  const words = ['new', 'housing', ...bureau, '--client', 'permits', '--public-key', given, '--into', folder];
  for (const secret of [
    privateKey.export({ type: 'pkcs8', format: 'pem' }),
    JSON.stringify(privateKey.export({ format: 'jwk' })),
  ]) {
    writeFileSync(given, secret);
    await t.rejects(stile(department, words), { message: /private key/ });
  }
  writeFileSync(given, 'nonsense');
  await t.rejects(stile(department, words), { message: /no public key/ });
  writeFileSync(given, publicKey.export({ type: 'spki', format: 'pem' }));
  t.equal((await stile(department, words)).code, 0);
  const { clients } = parse(readFileSync(join(folder, 'config', 'departments', 'housing.yaml'), 'utf8'));
  t.match(clients.permits.keys, [{ kty: 'EC', alg: 'ES256' }]);
  t.same(await found(folder), ['STILE-S031']);
});

t.test('a private key is never written where config is kept', async t => {
  const folder = await newDeployment(t);
  for (const inside of [join(folder, 'config', 'key.pem'), join(folder, 'config', '..', 'schemas', 'key.pem')]) {
    const words = ['new', 'housing', ...bureau, '--client', 'permits', '--private-key', inside, '--into', folder];
    await t.rejects(stile(department, words), { message: /no place in config/ });
    t.notOk(existsSync(inside));
  }
});

t.test('what is missing or not right is told by its option', async t => {
  const folder = await newDeployment(t);
  const without = (option: string) => bureau.filter((word, at) => word !== option && bureau[at - 1] !== option);
  for (const [words, option] of [
    [['new', 'Housing', ...bureau], 'ID'],
    [['new', 'staff', ...bureau], 'ID'],
    [['new', 'housing', ...without('--division')], '--division'],
    [['new', 'housing', ...without('--name-zh')], '--name-zh'],
    [['new', 'housing', ...bureau, '--service', 'insured'], '--service'],
    [['new', 'housing', ...bureau, '--private-key', 'x.pem'], '--private-key'],
  ] as const) {
    await t.rejects(stile(department, [...words, '--into', folder]), {
      message: new RegExp(`^${option} is missing`),
    });
  }
  await t.rejects(stile(department, ['new', 'housing', ...bureau, '--into', join(folder, 'nowhere')]), {
    message: /run stile init first/,
  });
});

t.test('texts are read back as they were typed', async t => {
  const folder = await newDeployment(t);
  for (const [at, name] of [
    'No',
    '"quoted" # text',
    'a: b, {c}',
    'x - y',
    'Bureau of 12',
    '住建局（深圳）',
  ].entries()) {
    const id = `department-${at}`;
    const words = ['new', id, '--name-zh', name, '--name-en', name, '--division', '440300', '--contact', name];
    t.equal((await stile(department, [...words, '--into', folder])).code, 0);
    const held = parse(readFileSync(join(folder, 'config', 'departments', `${id}.yaml`), 'utf8'));
    t.same([held.name, held.contact], [{ zh: name, en: name }, name]);
  }
  t.same(await found(folder), ['STILE-S031']);
});
