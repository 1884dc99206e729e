import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import t from 'tap';
import { type ErrorCode, errors } from '../../src/errors.js';
import { formats } from '../../src/registry/formats.js';
import { loadRegistry } from '../../src/registry/load.js';
import { openapi } from '../../src/registry/openapi.js';
import { type Registry, type Service, sharing } from '../../src/registry/registry.js';
import { root } from '../../src/root.js';
import type { Language } from '../../src/text.js';
import { unreached } from '../unreached-departments.js';

type Json = Readonly<Record<string, unknown>>;
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly { readonly $ref?: string; readonly name: string; readonly required?: boolean }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Json; readonly examples: Json }>>;
  };
  readonly responses: Readonly<Record<string, Json>>;
  readonly [member: string]: unknown;
}
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<
    Record<'schemas' | 'responses' | 'parameters' | 'headers', Readonly<Record<string, Json>>>
  >;
  readonly [member: string]: unknown;
}

interface Validator {
  validate(description: object): Promise<{ readonly valid: boolean; readonly errors?: unknown }>;
}
const validatorPackage: string = '@seriousme/openapi-schema-validator';
const { Validator } = (await import(validatorPackage)) as { readonly Validator: new () => Validator };

const { registry } = await loadRegistry({
  configFolder: join(root, 'config'),
  schemasFolder: join(root, 'schemas'),
  environment: {
    STILE_URL: 'https://gateway.stile.example',
    ...unreached,
  },
});
if (registry === undefined) throw new Error('the shipped config has faults');
const shipped: Registry = registry;

const purposesOf = (service: string): readonly string[] =>
  service.includes('appointment') ? ['marriage-registration'] : [];
/** As a client reads it: through JSON. */
const describe = (of: Registry = shipped, language: Language = 'en'): Description =>
  JSON.parse(JSON.stringify(openapi({ registry: of, purposesOf, language, version: '1.2.3' })));
const description = describe();

function refs(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, held]) => (key === '$ref' ? [String(held)] : refs(held)));
}
const at = (pointer: string): unknown =>
  pointer
    .slice(2)
    .split('/')
    .reduce<unknown>((held, token) => (held as Json | undefined)?.[token.replace('~1', '/')], description);

t.test('it is valid OpenAPI 3.1, in both languages', async t => {
  for (const language of ['zh', 'en'] as const) {
    const result = await new Validator().validate(describe(shipped, language));
    t.strictSame(result.errors, undefined);
    t.equal(result.valid, true);
  }
  t.match(description.openapi, /^3\.1\.\d$/);
});

t.test('every reference leads somewhere in it', async t => {
  const found = new Set(refs(description));
  t.ok(found.size > 30, `${found.size} references`);
  for (const ref of found) {
    t.match(ref, /^#\//, `${ref} is inside`);
    t.not(at(ref), undefined, ref);
  }
  t.notMatch(JSON.stringify(description), /"\$id"/);
});

t.test('each service has its path, contract, purposes, sharing and an example that fits', async t => {
  t.strictSame(
    Object.keys(description.paths).filter(path => path.startsWith('/exchange/')),
    [...shipped.services.keys()].map(id => `/exchange/${id}`),
  );
  for (const service of shipped.services.values()) {
    const post = description.paths[`/exchange/${service.id}`]?.post;
    const body = post?.requestBody?.content['application/json'];
    const { sandbox } = (body?.examples ?? {}) as Readonly<Record<string, { readonly value: unknown }>>;
    t.strictSame(sandbox?.value, service.contract.example, service.id);
    t.equal(post?.summary, service.title.en);
    t.strictSame(post?.tags, [service.department]);
    t.equal(post?.['x-stile-sharing'], service.sharing);
    t.strictSame(post?.['x-stile-purposes'], purposesOf(service.id));
    const check = componentCheck(String(body?.schema.$ref));
    t.ok(check(sandbox?.value), 'the example fits');
    t.notOk(check({ ...(sandbox?.value as object), more: 1 }));
    t.notOk(check({}));
  }
});

/** A check by one component, with the references of the whole description. */
function componentCheck(ref: string): (value: unknown) => boolean {
  const ajv = new Ajv2020({ strict: false, formats: { ...formats, uri: true, 'json-pointer': true } });
  ajv.addSchema({ $id: 'https://description.example/', components: description.components });
  return ajv.compile({ $ref: `https://description.example/${ref}` });
}

t.test('a released reply may lack fields and be masked, and has no others', async t => {
  const check = componentCheck('#/components/schemas/public-security.household.v1.released');
  const whole = shipped.services.get('public-security/household/v1')?.contract.reply.schema.examples as unknown[];
  t.ok(check(whole[0]), "the contract's own example");
  t.ok(check({ members: [{ name: '陈**', birthDate: '1988', residentId: true }] }), 'cut and masked');
  t.ok(check({}));
  t.notOk(check({ more: 1 }));
  t.notOk(check({ members: [{ more: 1 }] }));
  t.notOk(check({ members: 'none' }));
});

t.test('every code that an exchange may answer with is there, at its status', async t => {
  const post = description.paths['/exchange/civil-affairs/marriage-status/v1']?.post;
  const listed = new Map<string, string>();
  for (const [status, response] of Object.entries(post?.responses ?? {})) {
    const found = '$ref' in response ? (at(String(response.$ref)) as Json) : response;
    const content = found.content as Readonly<Record<string, { readonly examples: Json }>>;
    for (const code of Object.keys(content['application/problem+json']?.examples ?? {})) listed.set(code, status);
  }
  const others = new Set(['token', 'audit', 'ledger', 'agreements', 'config']);
  for (const [code, row] of Object.entries(errors)) {
    const expected = others.has(row.stage) || code === 'STILE_ROLE_REQUIRED' ? undefined : String(row.status);
    t.equal(listed.get(code), expected, code);
  }
});

t.test('problems are as the gateway writes them', async t => {
  const { problem } = await import('../../src/problem.js');
  const check = componentCheck('#/components/schemas/problem');
  const violations = [{ pointer: '/residentId', keyword: 'format', message: { zh: '格式', en: 'format' } }];
  for (const code of Object.keys(errors) as ErrorCode[]) {
    if (!check(problem({ code, violations }, 'zh', '0/42'))) t.fail(code);
  }
  t.notOk(check({ code: 'STILE_FAULT' }));
});

t.test('safe, flat services answer GET; those with effects demand a key', async t => {
  const parameter = (service: string, method: string, name: string) =>
    description.paths[`/exchange/${service}`]?.[method]?.parameters?.find(each => each.name === name);
  t.match(parameter('civil-affairs/marriage-status/v1', 'get', 'residentId'), {
    in: 'query',
    required: true,
    example: '440304198804123031',
  });
  t.equal(description.paths['/exchange/civil-affairs/marriage-appointment/v1']?.get, undefined);
  t.equal(parameter('civil-affairs/marriage-appointment/v1', 'post', 'Idempotency-Key')?.required, true);
  t.equal(parameter('civil-affairs/marriage-status/v1', 'post', 'Idempotency-Key'), undefined, 'it is a reference');
  t.match(parameter('civil-affairs/marriage-appointment/v1', 'post', 'Stile-Purpose'), {
    schema: { enum: ['marriage-registration'] },
    example: 'marriage-registration',
  });
});

t.test('a withheld service is listed with its reason, and never callable', async t => {
  const [service] = shipped.services.values();
  const withheld: Service = {
    ...(service as Service),
    sharing: sharing.withheld,
    reason: { zh: '涉及国家秘密', en: 'it is a state secret' },
  };
  const of = describe({ ...shipped, services: new Map([[withheld.id, withheld]]) });
  const path = of.paths[`/exchange/${withheld.id}`];
  t.strictSame(Object.keys(path ?? {}), ['post']);
  t.match(path?.post?.description, /it is a state secret/);
  t.strictSame(Object.keys(path?.post?.responses ?? {}), ['403']);
});

t.test('titles and descriptions are in the language asked for', async t => {
  const chinese = describe(shipped, 'zh');
  t.equal(chinese.components.schemas['vocabulary.personal-name']?.title, '姓名');
  t.match(chinese.components.schemas['vocabulary.personal-name']?.description, /间隔号/);
  t.equal(description.components.schemas['vocabulary.personal-name']?.title, 'Personal name');
  t.equal(chinese.paths['/oauth2/token']?.post?.summary, '获取令牌');
});

t.test('operation ids are unique', async t => {
  const ids = Object.values(description.paths).flatMap(path => Object.values(path).map(each => each.operationId));
  t.equal(new Set(ids).size, ids.length);
});

t.test('an empty deployment has a description too', async t => {
  const empty = describe({ ...shipped, services: new Map() });
  t.equal((await new Validator().validate(empty)).valid, true);
});

t.test('a composite service says of what it is made, and what its caller must have', async t => {
  const { post } = description.paths['/exchange/government-services/rental-housing-check/v1'] ?? {};
  const parts = post?.['x-stile-parts'] as readonly { readonly step: string; readonly service: string }[];
  t.same(
    parts.map(({ step, service }) => `${step} ${service}`),
    [
      'marriage civil-affairs/marriage-status/v1',
      'household public-security/household/v1',
      'insurance human-resources/insurance-contributions/v1',
      'property natural-resources/property-registration/v1',
    ],
  );
  for (const { service } of parts) t.match(post?.description, service);
  t.notOk('x-stile-parts' in (description.paths['/exchange/civil-affairs/marriage-status/v1']?.post ?? {}));
});
