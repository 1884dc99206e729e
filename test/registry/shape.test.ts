/** What a schema does not allow is said as an operator would say it, and never by quoting what must not be quoted. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { shippedAdapters } from '../../src/registry/adapter-kinds.js';
import { ownKindsPath, ownKindsSchema } from '../../src/registry/own-kinds-schema.js';
import { metaFindings, shapeFindings, strings } from '../../src/registry/shape.js';
import { root } from '../../src/root.js';

const told = (value: unknown, schema: object, kept: (typeof strings)[keyof typeof strings] = strings.written) =>
  shapeFindings(value, { ...schema }, kept).map(({ pointer, message, fix }) => `${pointer} ${message.en}; ${fix.en}`);

const reference = (inner: string): string => `\${${inner}}`;

const cases: readonly (readonly [unknown, object, string])[] = [
  [1, { type: 'string' }, ' this is a number; write a string: put it in quotes'],
  [null, { type: ['string', 'object'] }, ' this is nothing; write a string or a mapping'],
  [[], { type: 'boolean' }, ' this is a list; write true or false'],
  [0, { type: 'number', minimum: 1 }, ' the number is too small; at least 1'],
  [2, { type: 'number', maximum: 1 }, ' the number is too large; at most 1'],
  ['', { type: 'string', minLength: 1 }, ' too short; at least 1 character'],
  ['abc', { type: 'string', maxLength: 2 }, ' too long; at most 2 characters'],
  [[], { type: 'array', minItems: 2 }, ' the list is too short; at least 2 items'],
  [[1, 2], { type: 'array', maxItems: 1 }, ' the list is too long; at most 1 item'],
  [[1, 1], { type: 'array', uniqueItems: true }, ' the list repeats an item; remove the repeated one'],
  [{}, { type: 'object', minProperties: 1 }, ' too few keys; at least 1'],
  [{ a: 1, b: 1 }, { type: 'object', maxProperties: 1 }, ' too many keys; at most 1'],
  ['x', { const: 'y' }, ' this value is not right; write y'],
  ['maried', { enum: ['unmarried', 'married'] }, ' there is no such value; did you mean married?'],
  ['q', { enum: ['unmarried', 'married'] }, ' there is no such value; there are: unmarried, married'],
  ['x', { type: 'string', pattern: '^[0-9]$' }, ' this is not written right; it must match ^[0-9]$'],
  ['x', { type: 'string', pattern: '^[0-9]$', examples: ['7'] }, ' this is not written right; write it like 7'],
  ['x', { type: 'string', format: 'date' }, ' this is not written right; it must match date'],
  ['x', { type: 'string', not: { const: 'x' } }, ' this value is not right; it must satisfy “not”'],
  [
    { B: 1 },
    { type: 'object', propertyNames: { pattern: '^[a-z]$', examples: ['a'] } },
    '/B this key is not written right; write it like a',
  ],
  [{ a: 1 }, { type: 'object', properties: { a: false } }, '/a this key does not belong here; remove it'],
  [{ a: 1 }, { type: 'object', additionalProperties: false }, '/a unknown key a; remove it'],
  [
    {},
    { type: 'object', required: ['a'], properties: { a: { title: 'First letter' } } },
    '/a a is missing; add a (First letter)',
  ],
];

for (const [value, schema, text] of cases) t.strictSame(told(value, schema), [text], text);

t.test('one fault each', async t => {
  const misspelt = { type: 'object', required: ['colour'], properties: { colour: {} }, additionalProperties: false };
  t.strictSame(told({ color: 1 }, misspelt), ['/color unknown key color; did you mean colour?']);
  const either = { anyOf: [{ type: 'string' }, { type: 'object', properties: { a: { type: 'integer' } } }] };
  t.strictSame(told({ a: 'x' }, either), ['/a this is a string; write a whole number']);
  t.strictSame(told('x', { oneOf: [{ const: 'x' }, { enum: ['x'] }] }), [
    ' this value is not right; it must satisfy “oneOf”',
  ]);
});

t.test('a reference is judged when it is resolved, and then nothing of it is told', async t => {
  const schema = { type: 'string', enum: ['unmarried', 'married'] };
  t.strictSame(told(reference('env:STATUS'), schema), []);
  t.strictSame(told('maried', schema, strings.resolved), [' there is no such value; there are: unmarried, married']);
});

t.test('a secret is a reference and nothing besides', async t => {
  const schema = { type: 'string', 'x-stile-secret': true };
  t.strictSame(told(reference('env:KEY'), schema), []);
  t.strictSame(told(reference('file:/run/secrets/key'), schema), []);
  for (const literal of ['hunter2', '', `Bearer ${reference('env:KEY')}`, reference('env:a b'), reference('KEY')]) {
    t.match(shapeFindings(literal, schema, strings.written), [{ rule: 'literal-secret' }]);
  }
  t.strictSame(told('hunter2', schema, strings.resolved), []);
});

t.test('a schema is held to JSON Schema itself, each place once', async t => {
  const found = metaFindings({
    type: 'objct',
    properties: { a: { minLength: '3' } },
    $schema: 'http://json-schema.org/draft-07/schema#',
  });
  t.strictSame(found.map(({ rule, pointer }) => `${rule} ${pointer}`).sort(), [
    'contract-invalid /properties/a/minLength',
    'contract-invalid /type',
  ]);
});

t.test('editors are offered the settings of every adapter', async t => {
  const text = readFileSync(join(root, 'schemas', 'stile', 'department.json'), 'utf8');
  t.ok(shippedAdapters.length >= 2);
  for (const { kind } of shippedAdapters) {
    t.match(text, `"const": "${kind}"`);
    for (const part of ['settings', 'service']) t.match(text, `"$ref": "adapters/${kind}-${part}.json"`);
  }
  const own = JSON.parse(readFileSync(join(root, 'schemas', 'stile', ownKindsPath), 'utf8'));
  t.strictSame(own, ownKindsSchema(), 'and of own kinds, of which none ships: stile adapter schemas');
  for (const part of ['adapter', 'service']) t.match(text, `"$ref": "${ownKindsPath}#/$defs/${part}"`);
});
