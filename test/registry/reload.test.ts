/** A later load of a folder takes what has not changed from the one before, and finds just what a first load of it would. */
import { appendFileSync, cpSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { Loaded } from '../../src/registry/load.js';
import { deployment, environment, load } from './deployment.js';

const service = 'civil-affairs/marriage-status/v1';
const department = 'config/departments/civil-affairs.yaml';
const reply = 'schemas/civil-affairs/marriage-status/v1/reply.json';
const request = 'schemas/civil-affairs/marriage-status/v1/request.json';
const vocabulary = 'schemas/vocabulary/resident-identity-number.json';

/** What a load says, without what cannot be compared. */
const said = ({ registry, faults }: Loaded, folder: string) =>
  JSON.parse(
    JSON.stringify({
      digest: registry?.digest,
      services: [...(registry?.services.values() ?? [])],
      clients: [...(registry?.clients.values() ?? [])],
      settings: registry?.settings,
      faults,
    }).replaceAll(folder, ''),
  );

/** Loads the folder, and a copy of it that nothing is known of. */
async function both(
  t: Test & { same(one: unknown, other: unknown, text: string): unknown },
  folder: string,
  what: string,
) {
  const again = await load(folder, environment);
  const copy = `${folder}-copy`;
  rmSync(copy, { recursive: true, force: true });
  cpSync(folder, copy, { recursive: true });
  const fresh = await load(copy, environment);
  t.same(said(again, folder), said(fresh, copy), what);
  return again;
}

function change(folder: string, file: string, text: string, by: string): void {
  const before = readFileSync(join(folder, file), 'utf8');
  if (!before.includes(text)) throw new Error(`${file} does not hold ${text}`);
  writeFileSync(join(folder, file), before.replace(text, by));
}

t.test('what has not changed is the same object', async t => {
  const folder = deployment(t);
  const first = await load(folder, environment);
  change(folder, 'config/purposes.yaml', 'article 7', 'article 8');
  const second = await load(folder, environment);
  t.not(second.registry?.digest, first.registry?.digest);
  t.match(second.registry?.purposes.get('public-rental-housing')?.basis.en, /article 8/);
  t.equal(second.registry?.services.get(service), first.registry?.services.get(service));
});

t.test('each change shows as in a first load', async t => {
  const folder = deployment(t);
  await both(t, folder, 'the sound config');
  for (const [what, file, text, by] of [
    ['a contract', reply, '"married"]', '"married", "widowed"]'],
    ['what a contract refers to', vocabulary, '"sensitive"', '"personal"'],
    ['an example that does not fit', reply, '"status": "married", "registeredOn"', '"status": "wed", "registeredOn"'],
    ['and does again', reply, '"status": "wed"', '"status": "married"'],
    ['a reference to nothing', request, 'resident-identity-number.json', 'resident.json'],
    ['and to something again', request, 'resident.json', 'resident-identity-number.json'],
    ['a mapping', department, 'status: state', 'status: code'],
    ['a field that is not there', department, 'status: code', 'statu: code'],
    ['and is there again', department, 'statu: code', 'status: code'],
    ['a contract without the field of a mapping', reply, '"registeredOn": {', '"registeredAt": {'],
    ['an agreement', 'config/agreements/first.yaml', 'second: 10', 'second: 11'],
    ['a setting', 'config/stile.yaml', 'identity:', 'exchange: { bodyLimit: 7 }\nidentity:'],
  ] as const) {
    change(folder, file, text, by);
    await both(t, folder, what);
  }
  rmSync(join(folder, vocabulary));
  const { faults } = await both(t, folder, 'a file that is gone');
  t.ok(faults.some(({ rule }) => rule === 'contract-reference'));
});

t.test('a file of the same size that says it was last written at the same time is read all the same', async t => {
  const folder = deployment(t);
  const file = join(folder, 'config', 'purposes.yaml');
  // Until the file system's time tells one writing from the next.
  await setTimeout(2100);
  await load(folder, environment);
  const { atime, mtime } = statSync(file);
  change(folder, 'config/purposes.yaml', 'article 7', 'article 8');
  utimesSync(file, atime, mtime);
  const { registry } = await load(folder, environment);
  t.match(registry?.purposes.get('public-rental-housing')?.basis.en, /article 8/);
});

t.test('what a reference stands for is looked up at each load', async t => {
  const folder = deployment(t);
  const key = async (values: typeof environment) => {
    const { registry } = await load(folder, values);
    const settings = registry?.services.get(service)?.adapter?.settings;
    return (settings as { authentication: { apiKey: { key: string } } } | undefined)?.authentication.apiKey.key;
  };
  t.equal(await key(environment), 'key-of-the-environment');
  t.equal(await key({ ...environment, REGISTRATION_KEY: 'renewed' }), 'renewed');
  t.equal(await key({ ...environment, REGISTRATION_KEY: '' }), undefined, 'and missed when it is gone');
  t.equal(await key(environment), 'key-of-the-environment');
});

t.test('a fault is told at each load', async t => {
  const folder = deployment(t, 'unknown-adapter');
  const first = await load(folder, environment);
  t.equal(first.faults.length, 1);
  t.same((await load(folder, environment)).faults, first.faults);
});

/** An environment that does something each time a department's key is looked up: after its file was read, before its schemas are. */
const doing = (act: () => void): typeof environment =>
  new Proxy(environment, {
    get(values, name) {
      if (name === 'REGISTRATION_KEY') act();
      return Reflect.get(values, name);
    },
  });

t.test('a file that changes after it was looked at begins the load anew', async t => {
  const folder = deployment(t);
  let looked = 0;
  const { registry } = await load(
    folder,
    doing(() => {
      looked++;
      if (looked === 1) change(folder, reply, '"married"]', '"married", "widowed"]');
    }),
  );
  t.ok(looked > 1);
  const widowed = { residentId: '11010519491231002X', status: 'widowed' };
  t.equal(registry?.services.get(service)?.contract.reply.check(widowed), null);
  t.equal(registry?.digest, (await load(folder, environment)).registry?.digest);
});

t.test('files that change all the time are no config', async t => {
  const folder = deployment(t);
  const changing = doing(() => appendFileSync(join(folder, reply), '\n'));
  const { registry, faults } = await load(folder, changing);
  t.equal(registry, undefined);
  t.match(faults, [{ file: join(folder, reply), message: { en: /changes again and again/ }, fix: { zh: /再试/ } }]);
  t.same((await load(folder, environment)).faults, [], 'and are one again at rest');
});
