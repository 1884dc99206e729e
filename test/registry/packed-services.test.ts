/** A service whose long parts are packed is the same to whoever reads it, and each config's judges by its own contracts. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import type { Registry } from '../../src/registry/registry.js';
import { schemaId } from '../../src/registry/schema-store.js';
import { deployment, environment, load } from './deployment.js';

const id = 'civil-affairs/marriage-status/v1';
const reply = 'schemas/civil-affairs/marriage-status/v1/reply.json';
const request = 'schemas/civil-affairs/marriage-status/v1/request.json';
const vocabulary = 'schemas/vocabulary/resident-identity-number.json';

async function sound(folder: string): Promise<Registry> {
  const { registry, faults } = await load(folder, environment);
  if (registry === undefined) throw new Error(JSON.stringify(faults));
  return registry;
}

function serviceOf(registry: Registry) {
  const service = registry.services.get(id);
  if (service === undefined) throw new Error(`no service ${id}`);
  return service;
}

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

function write(folder: string, path: string, value: unknown): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), JSON.stringify(value));
}

t.test('what is packed reads as members that are there', async t => {
  const folder = deployment(t);
  const service = serviceOf(await sound(folder));
  t.match(service.title, { en: /\w/, zh: /\p{Script=Han}/u });
  t.same({ ...service }.ask, service.ask);
  t.same(JSON.parse(JSON.stringify(service)).contract.reply.schema, read(join(folder, reply)));
  t.ok(Object.keys(service).includes('title'));
  t.notOk(Object.keys(service).includes('reason'), 'what a service has not, it has not');
  t.equal(service.ask, service.ask, 'the same object each time');
  t.throws(() => Object.assign(service.ask, { path: '/' }), TypeError, 'frozen');
  t.throws(() => Object.assign(service, { title: {} }), TypeError);
});

t.test('under one address the contract of each config judges by itself', async t => {
  const folder = deployment(t);
  const before = serviceOf(await sound(folder)).contract;
  const answer = { residentId: '11010519491231002X', status: 'widowed' };
  t.match(before.reply.check(answer), [{ pointer: '/status' }]);
  const file = join(folder, reply);
  writeFileSync(file, readFileSync(file, 'utf8').replace('"married"]', '"married", "widowed"]'));
  const after = serviceOf(await sound(folder)).contract;
  t.not(after.digest, before.digest);
  t.equal(after.reply.check(answer), null);
  t.match(before.reply.check(answer), [{ pointer: '/status' }], 'the one before is what it was');
  t.match(after.reply.check({ ...answer, status: 'x' }), [{ pointer: '/status' }]);
});

t.test('a changed vocabulary is that of the contracts loaded with it', async t => {
  const folder = deployment(t);
  const asked = { residentId: '11010519491231002X' };
  const before = serviceOf(await sound(folder)).contract;
  t.equal(before.request.check(asked), null);
  const { examples: _examples, format: _format, ...word } = read(join(folder, vocabulary));
  write(folder, vocabulary, { ...word, type: 'string', maxLength: 3, examples: ['abc'] });
  write(folder, request, { ...read(join(folder, request)), examples: [{ residentId: 'abc' }] });
  const { examples: _old, ...replySchema } = read(join(folder, reply));
  write(folder, reply, replySchema);
  const after = serviceOf(await sound(folder)).contract;
  t.match(after.request.check(asked), [{ pointer: '/residentId', keyword: 'maxLength' }]);
  t.equal(before.request.check(asked), null);
});

t.test("what another department's schema says is part of the contract, and of what it rests on", async t => {
  const folder = deployment(t);
  const path = 'housing/shared/word.json';
  const word = (most: number) => ({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: schemaId(path),
    type: 'string',
    maxLength: most,
  });
  write(folder, `schemas/${path}`, word(3));
  const schema = read(join(folder, reply));
  const properties = { ...schema.properties, word: { $ref: '../../../housing/shared/word.json' } };
  write(folder, reply, { ...schema, properties });
  const answer = { residentId: '11010519491231002X', status: 'married', registeredOn: '2015-05-20', word: 'abcd' };
  const before = serviceOf(await sound(folder)).contract;
  t.match(before.reply.check(answer), [{ pointer: '/word', keyword: 'maxLength' }]);
  write(folder, `schemas/${path}`, word(4));
  const registry = await sound(folder);
  t.equal(serviceOf(registry).contract.reply.check(answer), null);
  t.not(serviceOf(registry).contract.digest, before.digest);
  t.match(before.reply.check(answer), [{ pointer: '/word', keyword: 'maxLength' }]);
  t.same(registry.schemas.get(schemaId(path)), word(4));
});

t.test('every schema is found by its address, and goes by once', async t => {
  const folder = deployment(t);
  const { schemas } = await sound(folder);
  t.equal(schemas.get(schemaId('civil-affairs/marriage-status/v1/reply.json'))?.type, 'object');
  t.ok(schemas.has(schemaId('vocabulary/resident-identity-number.json')));
  t.notOk(schemas.has(schemaId('stile/department.json')), "Stile's own are none of them");
  t.equal(schemas.get('https://elsewhere.example/x.json'), undefined);
  const ids = [...schemas.keys()];
  t.equal(ids.length, schemas.size);
  t.equal(new Set(ids).size, ids.length);
  for (const [address, schema] of schemas) t.equal(schema.$id, address);
});
