/** What is taken for a plain schema compiles in the strict compiler, and values are judged as that would. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import t from 'tap';
import { formats } from '../../src/registry/formats.js';
import { plainSchemas } from '../../src/registry/plain-schema.js';
import { ownKeywords } from '../../src/registry/schema-keywords.js';
import type { Schema, SchemaStore } from '../../src/registry/schema-store.js';
import { metaFindings } from '../../src/registry/shape.js';
import { readSource } from '../../src/registry/source.js';

const base = 'https://stile.example/schemas/x.json';
const source = readSource('x.json', Buffer.from('{}'));
const name = { type: 'string', minLength: 1, maxLength: 2, 'x-title': { zh: '名', en: 'Name' } };
const store: SchemaStore = {
  get: () => undefined,
  resolve: (reference, from) =>
    reference === 'name.json' ? { ...from, schema: name, base: `${base}/name.json` } : undefined,
};
const judgeOf = (schema: Schema) => plainSchemas(store)({ schema, source, pointer: '', base });

function compile(schema: Schema) {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, messages: false, formats, logger: false });
  for (const keyword of ownKeywords.keys()) ajv.addKeyword(keyword);
  ajv.addSchema({ ...name, $id: 'https://stile.example/schemas/name.json' });
  return ajv.compile({ ...schema, $id: base });
}

const values: readonly unknown[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  2.5,
  '',
  'a',
  '林晓',
  '𠮷𠮷',
  'abc',
  '2026-02-30',
  '2026-02-28',
  [],
  ['a'],
  ['a', 'b', 'c'],
  [1],
  {},
  { a: 'a' },
  { a: 1 },
  { a: 'a', b: 1 },
  { a: 'a', b: 1, c: 0 },
  { toString: 1 },
];

t.test('plain schemas judge as the compiler does', async t => {
  for (const schema of [
    { type: 'string' },
    name,
    { type: 'string', pattern: '^[a-z]+$' },
    { type: 'string', format: 'date' },
    { type: 'integer', minimum: 0, maximum: 1 },
    { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 2.5 },
    { type: 'boolean', title: 'Whether', examples: [true] },
    { enum: ['a', 1, true] },
    { type: 'string', enum: ['a', 'abc'] },
    { type: 'string', const: 'a' },
    { $ref: 'name.json', 'x-stile-sensitivity': 'personal' },
    { type: 'array', items: { $ref: 'name.json' }, minItems: 1, maxItems: 2 },
    { type: 'object', properties: { a: name }, required: ['a'], additionalProperties: false },
    { type: 'object', properties: { a: { $ref: 'name.json' }, b: { type: 'integer' } } },
    { type: 'object', additionalProperties: false },
  ] as const satisfies readonly Schema[]) {
    const judge = judgeOf(schema);
    if (judge === undefined) {
      t.fail(`${JSON.stringify(schema)} is plain`);
      continue;
    }
    const validate = compile(schema);
    for (const value of values)
      t.equal(judge(value), validate(value), `${JSON.stringify(schema)}: ${JSON.stringify(value)}`);
  }
});

t.test('what needs the compiler is left to it', async t => {
  for (const schema of [
    {},
    { minLength: 1 },
    { type: ['string', 'null'] },
    { type: 'integer', multipleOf: 2 },
    { type: 'string', minimum: 1 },
    { type: 'object', properties: { a: name }, required: ['b'] },
    { type: 'object', properties: {}, if: { required: [] } },
    { type: 'object', patternProperties: {} },
    { type: 'array' },
    { type: 'array', prefixItems: [name], items: false },
    { $ref: 'nowhere.json' },
    { $ref: 'name.json', type: 'string' },
    { enum: [{ a: 1 }] },
    { type: 'string', format: 'date', default: 'x', nullable: true },
    { anyOf: [name] },
  ] as const satisfies readonly Schema[]) {
    t.equal(judgeOf(schema), undefined, JSON.stringify(schema));
  }
});

t.test('a schema that refers to itself is none', async t => {
  const own: { type: string; properties: Record<string, unknown> } = { type: 'object', properties: {} };
  own.properties.again = { $ref: '#' };
  const self: SchemaStore = { get: () => undefined, resolve: (_reference, from) => ({ ...from, schema: own }) };
  t.equal(plainSchemas(self)({ schema: own, source, pointer: '', base }), undefined);
});

t.test('schemas put together at random compile whenever they are taken for plain', async t => {
  const types = ['string', 'integer', 'number', 'boolean', 'object', 'array'];
  const parts: readonly (readonly [string, readonly unknown[]])[] = [
    ['enum', [['a'], [1, 2]]],
    ['const', ['a', 1]],
    ['minLength', [0, 3]],
    ['pattern', ['^a']],
    ['format', ['date']],
    ['minimum', [0]],
    ['properties', [{ a: name }, { a: { type: 'string' }, b: {} }]],
    ['required', [['a'], ['b'], []]],
    ['additionalProperties', [false, true]],
    ['items', [name, { type: 'integer' }]],
    ['minItems', [1]],
    ['examples', [['a']]],
  ];
  let plain = 0;
  for (let mask = 0; mask < 2 ** parts.length; mask++) {
    const chosen = parts.filter((_, at) => mask & (1 << at));
    const schema = Object.fromEntries(chosen.map(([keyword, held], at) => [keyword, held[(mask >> at) % held.length]]));
    for (const type of types) {
      const typed = { type, ...schema };
      // The lint comes first.
      if (judgeOf(typed) === undefined || metaFindings(typed).length > 0) continue;
      plain += 1;
      t.doesNotThrow(() => compile(typed), JSON.stringify(typed));
    }
  }
  t.ok(plain > 50, `${plain} of them were plain`);
});
