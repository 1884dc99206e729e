/** What composite services may be made of: services that are there and without effects, in no circle, and not too deep in each other. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { stringify } from 'yaml';
import { deployment, environment, load } from './deployment.js';

const status = 'civil-affairs/marriage-status/v1';
const about = { fields: { residentId: { request: 'residentId' } } };

/** A composite of services that all answer as the marriage register does. */
const madeOf = (...services: readonly string[]) => {
  const steps = Object.fromEntries(services.map((service, at) => [`step${at}`, { service, request: about }]));
  const fields = Object.fromEntries(
    services.map((_, at) => [
      ['residentId', 'status', 'registeredOn'][at],
      `step${at}.${['residentId', 'status'][at]}`,
    ]),
  );
  return { adapter: 'matters', safe: true, sharing: 'conditional', ask: { steps, reply: { fields } } };
};

/** The faults of a sound deployment with services of government services' added, as rule and service. */
async function faults(t: Test, services: Readonly<Record<string, object>>, change?: (file: string) => string) {
  const folder = deployment(t);
  const contract = join(folder, 'schemas', ...status.split('/'));
  const titled = Object.entries(services).map(([key, service]) => {
    const own = join(folder, 'schemas', 'government-services', ...key.split('/'));
    mkdirSync(own, { recursive: true });
    for (const half of ['request.json', 'reply.json']) {
      const text = readFileSync(join(contract, half), 'utf8').replace(status, `government-services/${key}`);
      writeFileSync(join(own, half), text);
    }
    return [key, { title: { zh: '核查', en: 'Check' }, ...service }];
  });
  const file = {
    id: 'government-services',
    name: { zh: '政务服务局', en: 'Government Services' },
    division: '440300',
    contact: 'data@government-services.stile.example',
    adapters: { matters: { kind: 'composite', settings: {} } },
    services: Object.fromEntries(titled),
  };
  const line = '# yaml-language-server: $schema=../../schemas/stile/department.json\n';
  const departments = join(folder, 'config', 'departments');
  writeFileSync(
    join(departments, 'government-services.yaml'),
    line + stringify(file, { aliasDuplicateObjects: false }),
  );
  const other = join(departments, 'civil-affairs.yaml');
  if (change !== undefined) writeFileSync(other, change(readFileSync(other, 'utf8')));
  const { faults: found } = await load(folder, environment);
  return found.map(({ rule, pointer, message }) => `${rule} ${pointer.split('/')[2]} ${message.en}`);
}

t.test('services that are there, and composites within each other up to three', async t => {
  t.strictSame(
    await faults(t, {
      'one/v1': madeOf(status, status),
      'two/v1': madeOf('government-services/one/v1', status),
      'three/v1': madeOf('government-services/two/v1'),
    }),
    [],
  );
});

t.test('a fourth composite around them', async t => {
  t.strictSame(
    await faults(t, {
      'one/v1': madeOf(status),
      'two/v1': madeOf('government-services/one/v1'),
      'three/v1': madeOf('government-services/two/v1'),
      'four/v1': madeOf('government-services/three/v1'),
    }),
    ['composite-part four~1v1 there are more than 3 composite services within each other'],
  );
});

t.test('one call that becomes too many', async t => {
  const steps = (count: number, service: string) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`step${at}`, { service, request: about }]));
  const reads = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`residentId${at}`, `step${at}.residentId`]));
  const of = (count: number, service: string) => ({
    ...madeOf(),
    ask: { steps: steps(count, service), reply: { fields: { residentId: { fields: reads(count) } } } },
  });
  const found = await faults(t, { 'one/v1': of(16, status), 'three/v1': of(3, 'government-services/one/v1') });
  const many = found.filter(each => each.startsWith('composite-part'));
  t.strictSame(many, ['composite-part three~1v1 one call becomes more than 50 exchanges'], '3 and 3 times 16 are 51');
});

t.test('composites that are made of each other', async t => {
  const made = 'the service is made of itself in the end';
  t.strictSame(
    await faults(t, {
      'one/v1': madeOf('government-services/two/v1'),
      'two/v1': madeOf('government-services/one/v1'),
    }),
    [`composite-part one~1v1 ${made}`, `composite-part two~1v1 ${made}`],
  );
});

t.test('a service with effects, and a composite that says it has some', async t => {
  const acts = (file: string) => file.replace('safe: true', 'safe: false');
  t.strictSame(await faults(t, { 'one/v1': madeOf(status) }, acts), [
    'composite-part one~1v1 the service has effects, and what is done in one place is not undone when another fails',
  ]);
  t.strictSame(await faults(t, { 'one/v1': { ...madeOf(status), safe: false } }), [
    'adapter-setting one~1v1 an adapter of kind composite only reads',
  ]);
});

t.test('a service that nobody may ask', async t => {
  const withheld = (file: string) =>
    file.replace('sharing: conditional', 'sharing: withheld\n    reason: { zh: 涉密, en: classified }');
  const found = await faults(t, { 'one/v1': madeOf(status) }, withheld);
  t.ok(found.includes('composite-part one~1v1 the service is withheld, and nobody can ask it'), found.join('\n'));
});

t.test('a service whose own file has a fault is not missing', async t => {
  const broken = (file: string) => file.replace('safe: true', 'safe: perhaps');
  t.strictSame(await faults(t, { 'one/v1': madeOf(status) }, broken), [
    'wrong-type marriage-status~1v1 this is a string',
  ]);
});

t.test('a composed reply is not kept for others', async t => {
  const found = await faults(t, { 'one/v1': { ...madeOf(status), cache: { seconds: 60 } } });
  t.ok(
    found.some(each => each.startsWith("reply-cache one~1v1 a composite's reply is made of")),
    found.join('\n'),
  );
});
