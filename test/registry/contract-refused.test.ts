/** Contracts that would let unchecked data pass, or that lead outside, are faults. */
import t from 'tap';
import { closed, thenSchema, withSchemas } from './own-contract.js';

const openReplies: Readonly<Record<string, object>> = {
  'an object in one alternative only': {
    anyOf: [closed({ a: { type: 'string' } }), { type: 'object', properties: { b: { type: 'string' } } }],
  },
  'an object that takes any further string': {
    type: 'object',
    properties: { a: { type: 'string' } },
    additionalProperties: { type: 'string' },
  },
  'members named by a pattern': closed({}, { patternProperties: { '^x': { type: 'string' } } }),
  'no type but in a condition': closed(
    { a: {} },
    {
      if: { type: 'object', minProperties: 2 },
      ...thenSchema({ type: 'object', properties: { a: { type: 'string' } } }),
    },
  ),
  'an item of any kind': closed({ list: { type: 'array', items: {} } }),
  'a list of anything': closed({ list: { type: 'array' } }),
  'a whole that is anything': { title: 'Anything' },
};

for (const [what, reply] of Object.entries(openReplies)) {
  t.test(`unchecked data would pass: ${what}`, async t => {
    const { faults } = await withSchemas(t, { reply });
    t.strictSame([...new Set(faults.map(({ rule }) => rule))], ['contract-open']);
  });
}

t.test('a schema that leads back to itself in two ways is refused at once', async t => {
  const node = closed({ left: { $ref: '#/$defs/node' }, right: { $ref: '#/$defs/node' } });
  const { faults } = await withSchemas(t, {
    reply: { $defs: { node }, ...closed({ tree: { $ref: '#/$defs/node' } }) },
  });
  t.strictSame([...new Set(faults.map(({ rule }) => rule))], ['contract-recursive']);
});

t.test('a request or reply is always an object', async t => {
  const { faults } = await withSchemas(t, { reply: { type: 'array', items: { type: 'string' } } });
  t.match(faults, [{ rule: 'contract-invalid', pointer: '/type' }]);
  t.equal(faults.length, 1);
});

const strangeReferences = [
  'https://json-schema.org/draft/2020-12/schema',
  'http://127.0.0.1:1/schema.json',
  '//other.example/schema.json',
  'file:///etc/passwd',
  '../../../vocabulary/no-such.json',
  '../../../../../etc/passwd',
  '../../../vocabulary/resident-identity-number.json#/nowhere',
  '../../../stile/stile.json',
  '#anchor',
  'http://[',
];

for (const $ref of strangeReferences) {
  t.test(`refused: $ref ${$ref}`, async t => {
    const { faults } = await withSchemas(t, { reply: closed({ a: { $ref } }) });
    t.match(faults, [{ rule: 'contract-reference', pointer: '/properties/a/$ref' }]);
    t.equal(faults.length, 1);
  });
}

t.test('keywords that load, name or anchor schemas are refused', async t => {
  const { faults } = await withSchemas(t, {
    reply: closed({
      a: { type: 'string', $id: 'https://other.example/a.json' },
      b: { type: 'string', $anchor: 'b' },
      c: { $dynamicRef: '#c' },
      d: { type: 'string', 'x-stile-sensitivity': 'secret' },
    }),
  });
  t.strictSame(
    faults.map(({ rule, pointer }) => `${rule} ${pointer}`),
    [
      'contract-keyword /properties/a/$id',
      'contract-keyword /properties/b/$anchor',
      'contract-keyword /properties/c/$dynamicRef',
      'wrong-value /properties/d/x-stile-sensitivity',
    ],
  );
});
