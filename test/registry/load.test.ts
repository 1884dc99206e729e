/** Config and schemas become one registry: whole, resolved, with defaults, frozen all the way down. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadRegistry } from '../../src/registry/load.js';
import type { Registry } from '../../src/registry/registry.js';
import { root } from '../../src/root.js';
import { deployment, environment, load } from './deployment.js';

const folders = { configFolder: join(root, 'config'), schemasFolder: join(root, 'schemas') };
const marriageStatus = 'civil-affairs/marriage-status/v1';

async function sound(folder: string, values?: Readonly<Record<string, string>>): Promise<Registry> {
  const { registry, faults } = await load(folder, values);
  if (registry === undefined) throw new Error(JSON.stringify(faults));
  return registry;
}

/** Changes a file by replacing a text that it must hold. */
function change(file: string, text: string, by: string): void {
  const before = readFileSync(file, 'utf8');
  if (!before.includes(text)) throw new Error(`${file} does not hold ${text}`);
  writeFileSync(file, before.replace(text, by));
}

t.test('the shipped config is clean, without any environment', async t => {
  const { registry, faults } = await loadRegistry(folders);
  t.strictSame(faults, []);
  t.strictSame(
    [...(registry?.services.keys() ?? [])],
    [
      marriageStatus,
      'civil-affairs/marriage-appointment/v1',
      'government-services/rental-housing-check/v1',
      'housing-fund/fund-account/v1',
      'human-resources/insurance-contributions/v1',
      'natural-resources/property-registration/v1',
      'public-security/household/v1',
    ],
  );
  t.strictSame(
    [...(registry?.clients.keys() ?? [])],
    ['housing/permits', 'housing/archive', 'public-security/register'],
  );
  t.equal(registry?.sandbox, true);
});

t.test('the registry holds what the files say', async t => {
  const registry = await sound(deployment(t), environment);
  t.equal(registry.deployment, 'stile.example');
  t.equal(registry.sandbox, false);
  t.strictSame([...registry.purposes.keys()], ['public-rental-housing']);
  t.match(registry.departments.get('housing'), { division: '440300', contact: 'data@housing.stile.example' });
  t.match(registry.clients.get('housing/archive'), { department: 'housing', keys: [{ kty: 'EC', alg: 'ES256' }] });
  t.match(registry.services.get(marriageStatus), {
    department: 'civil-affairs',
    sharing: 'conditional',
    safe: true,
    intent: false,
    adapter: { id: 'civil-affairs/registration', kind: 'http' },
    ask: { path: '/marriages/{residentId}' },
    contract: { example: { residentId: '11010519491231002X' } },
  });
  t.ok(registry.schemas.has('https://stile.example/schemas/vocabulary/resident-identity-number.json'));
});

t.test('defaults are those of the schemas', async t => {
  const registry = await sound(deployment(t), environment);
  t.strictSame(registry.settings, {
    exchange: {
      bodyLimit: 65_536,
      depthLimit: 16,
      hopLimit: 3,
      refusals: { source: 10, client: 10, all: 500 },
      sourceRate: 20_000,
      trustedProxies: [],
      releaseDeadline: 5000,
      repeatLife: 86_400,
    },
    ledger: {
      deadline: 5000,
      statementDeadline: 2000,
      queue: 10_000,
      lease: 5000,
      checkpointEvery: 1000,
      shards: 4,
      witnesses: [],
      witnessPolicy: { required: 1, stale: 300, whenStale: 'warn' },
    },
    reload: 'auto',
    retention: { released: 36, other: 6 },
    identity: { issuer: 'https://stile.example', tokenLife: 300, clockSkew: 30 },
  });
  t.match(registry.services.get(marriageStatus), {
    deadline: 5000,
    retries: 2,
    release: 'committed',
    replyLimit: 1_048_576,
    adapter: {
      resilience: {
        concurrency: 64,
        queue: 256,
        breaker: { window: 10_000, questions: 10, failures: 0.5, pause: 10_000 },
      },
    },
  });
});

t.test('an adapter says how much its system is asked, and a service how long it may take', async t => {
  const folder = deployment(t);
  const file = join(folder, 'config', 'departments', 'civil-affairs.yaml');
  const pinned = (await sound(folder)).services.get(marriageStatus)?.mapping;
  const resilience = '{ deadline: 900, retries: 1, concurrency: 3, queue: 0, breaker: { pause: 50 } }';
  change(file, 'kind: http', `kind: http\n    resilience: ${resilience}`);
  const service = (await sound(folder)).services.get(marriageStatus);
  t.match(service, {
    deadline: 900,
    retries: 1,
    adapter: { resilience: { concurrency: 3, queue: 0, breaker: { pause: 50, questions: 10 } } },
  });
  t.equal(service?.mapping, pinned, 'no agreement waits for consent to that');
  change(file, 'safe: true', 'safe: false\n    deadline: 700');
  t.match((await sound(folder)).services.get(marriageStatus), { deadline: 700, retries: 0 });
});

t.test('what is written stands against a default', async t => {
  const folder = deployment(t);
  writeFileSync(
    join(folder, 'config', 'stile.yaml'),
    `# yaml-language-server: $schema=../schemas/stile/stile.json
deployment: stile.example
exchange: { refusals: { all: 7 } }
identity: { issuer: "https://stile.example", clockSkew: 0 }
`,
  );
  const { settings } = await sound(folder);
  t.strictSame(settings.exchange.refusals, { source: 10, client: 10, all: 7 });
  t.equal(settings.identity.clockSkew, 0);
});

t.test('a service that is not safe always has its intent', async t => {
  const folder = deployment(t);
  change(join(folder, 'config', 'departments', 'civil-affairs.yaml'), 'safe: true', 'safe: false\n    intent: false');
  t.equal((await sound(folder)).services.get(marriageStatus)?.intent, true);
});

t.test('a withheld service needs no adapter', async t => {
  const folder = deployment(t);
  const file = join(folder, 'config', 'departments', 'civil-affairs.yaml');
  change(file, 'sharing: conditional', 'sharing: withheld\n    reason: { zh: 涉密, en: Classified }');
  change(file, '    adapter: registration\n', '');
  rmSync(join(folder, 'config', 'agreements'), { recursive: true });
  const service = (await sound(folder)).services.get(marriageStatus);
  t.equal(service?.adapter, undefined);
  t.match(service?.reason, { en: 'Classified' });
});

t.test('references', async t => {
  const settings = (registry: Registry) => registry.services.get(marriageStatus)?.adapter?.settings;

  t.test('stay as written without an environment', async t => {
    const registry = await sound(deployment(t));
    t.match(settings(registry), { baseUrl: /^\$\{env:REGISTRATION_URL\}$/ });
  });

  t.test('become what they stand for, from the environment and from files', async t => {
    const folder = deployment(t);
    writeFileSync(join(folder, 'config', 'registration.key'), 'key of the file\n');
    change(
      join(folder, 'config', 'departments', 'civil-affairs.yaml'),
      'env:REGISTRATION_KEY',
      'file:registration.key',
    );
    t.match(settings(await sound(folder, environment)), {
      baseUrl: 'http://127.0.0.1:1',
      authentication: { apiKey: { key: 'key of the file' } },
    });
  });

  t.test('are judged by what they stand for, which is never told', async t => {
    const { faults } = await load(deployment(t), { ...environment, REGISTRATION_URL: 'ftp://secret.example' });
    t.match(faults, [{ rule: 'wrong-value', line: 10, pointer: '/adapters/registration/settings/baseUrl' }]);
    t.equal(faults.length, 1);
    t.notMatch(JSON.stringify(faults), /secret/);
  });

  t.test('an empty variable is as good as none', async t => {
    const { faults } = await load(deployment(t), { ...environment, REGISTRATION_KEY: '' });
    t.match(faults, [{ rule: 'unresolved' }]);
  });
});

t.test('the digest', async t => {
  const folder = deployment(t);
  const { digest } = await sound(folder, environment);
  t.match(digest, /^[0-9a-f]{64}$/);
  t.equal((await sound(folder, { ...environment, REGISTRATION_KEY: 'another' })).digest, digest, 'holds no secret');
  change(join(folder, 'config', 'purposes.yaml'), 'article 7', 'article 8');
  const changed = await sound(folder, environment);
  t.not(changed.digest, digest, 'moves with a byte of config');
  t.equal((await sound(deployment(t), environment)).digest, digest, 'does not depend on where the folder is');
});

t.test('the mapping’s digest moves with the mapping and with nothing else', async t => {
  const mapping = async (folder: string, values = environment) =>
    (await sound(folder, values)).services.get(marriageStatus)?.mapping;
  const folder = deployment(t);
  const before = await mapping(folder);
  t.equal(await mapping(folder, { ...environment, REGISTRATION_KEY: 'renewed' }), before);
  const file = join(folder, 'config', 'departments', 'civil-affairs.yaml');
  change(file, 'Marriage status', 'Status of marriage');
  t.equal(await mapping(folder), before);
  change(file, 'status: state', 'status: statecode');
  t.not(await mapping(folder), before);
});

t.test('the contract’s digest moves with its meaning and with nothing else', async t => {
  const digest = async (folder: string) => (await sound(folder)).services.get(marriageStatus)?.contract.digest;
  const folder = deployment(t);
  const vocabulary = join(folder, 'schemas', 'vocabulary', 'resident-identity-number.json');
  const reply = join(folder, 'schemas', 'civil-affairs', 'marriage-status', 'v1', 'reply.json');
  const before = await digest(folder);
  change(vocabulary, 'Resident identity number', 'Citizen identity number');
  change(reply, '"2015-05-20"', '"2016-05-20"');
  t.equal(await digest(folder), before, 'a title or an example is no meaning');
  change(vocabulary, '"sensitive"', '"personal"');
  const sensitivity = await digest(folder);
  t.not(sensitivity, before, 'what it refers to is part of it');
  change(reply, '"married"]', '"married", "widowed"]');
  t.not(await digest(folder), sensitivity);
});

t.test('frozen all the way down', async t => {
  const registry = await sound(deployment(t), environment);
  const loose: string[] = [];
  const seen = new Set<unknown>();
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    if (!Object.isFrozen(value)) loose.push(path);
    const held = value instanceof Map ? [...value] : Object.entries(value);
    for (const [key, each] of held) visit(each, `${path}/${String(key)}`);
  };
  visit(registry, '');
  t.ok(seen.has(registry.services.get(marriageStatus)?.contract.reply.schema.properties), 'it came to the depths');
  t.strictSame(loose, []);
  const purposes = registry.purposes as Map<string, unknown>;
  t.throws(() => purposes.set('other', {}), TypeError);
  t.throws(() => purposes.delete('public-rental-housing'), TypeError);
  t.throws(() => purposes.clear(), TypeError);
});

t.test('all faults at once, and none for what another has broken', async t => {
  const folder = deployment(t);
  change(join(folder, 'config', 'departments', 'housing.yaml'), 'contact:', 'contct:');
  change(join(folder, 'config', 'departments', 'housing.yaml'), '  archive:\n', '  archive:\n    nme: x\n');
  change(join(folder, 'config', 'departments', 'civil-affairs.yaml'), 'kind: http', 'kind: 7');
  change(join(folder, 'config', 'agreements', 'first.yaml'), 'path: status', 'path: statu');
  const { faults } = await load(folder, environment);
  t.strictSame(
    faults.map(({ rule, pointer }) => `${rule} ${pointer}`),
    [
      'agreement-field /agreements/0/fields/1/path',
      'wrong-type /adapters/registration/kind',
      'unknown-key /contct',
      'unknown-key /clients/archive/nme',
    ],
  );
});

t.test('what is only checked moves no pin', async t => {
  const folder = t.testdir({});
  cpSync(join(root, 'config'), join(folder, 'config'), { recursive: true });
  cpSync(join(root, 'schemas'), join(folder, 'schemas'), { recursive: true });
  const insurance = 'human-resources/insurance-contributions/v1';
  const file = join(folder, 'config', 'departments', 'human-resources.yaml');
  const pinned = (await sound(folder)).services.get(insurance)?.mapping;
  change(file, '      wsdl: wsdl/insurance.wsdl\n', '');
  t.equal((await sound(folder)).services.get(insurance)?.mapping, pinned);
  change(file, 'charset: GBK', 'charset: GB18030');
  t.not((await sound(folder)).services.get(insurance)?.mapping, pinned);
});
