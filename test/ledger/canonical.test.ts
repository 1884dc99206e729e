import { createRequire } from 'node:module';
import t from 'tap';
import { canonicalText, canonicalUnion } from '../../src/ledger/canonical.js';

/** The package's types take it for an ES module. */
const canonicalize: (value: unknown) => string = createRequire(import.meta.url)('canonicalize');

t.test('the examples of RFC 8785', async t => {
  const sample = JSON.parse(`{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
    "literals": [null, true, false]
  }`);
  t.equal(
    canonicalText(sample),
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    'section 3.2.2',
  );
  const sorting = JSON.parse(
    '{"\\u20ac":"Euro Sign","\\r":"Carriage Return","\\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\\ud83d\\ude00":"Emoji: Grinning Face","\\u0080":"Control","\\u00f6":"Latin Small Letter O With Diaeresis"}',
  );
  const expected = [
    'Carriage Return',
    'One',
    'Control',
    'Latin Small Letter O With Diaeresis',
    'Euro Sign',
    'Emoji: Grinning Face',
    'Hebrew Letter Dalet With Dagesh',
  ];
  t.same(
    [...canonicalText(sorting).matchAll(/:"([^"]*)"/g)].map(match => match[1]),
    expected,
    'section 3.2.3',
  );
});

t.test('numbers, appendix B', async t => {
  const numbers: readonly (readonly [number, string])[] = [
    [0, '0'],
    [-0, '0'],
    [5e-324, '5e-324'],
    [-5e-324, '-5e-324'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [9007199254740992, '9007199254740992'],
    [295147905179352830000, '295147905179352830000'],
    [9.999999999999997e22, '9.999999999999997e+22'],
    [1e23, '1e+23'],
    [1.0000000000000001e23, '1.0000000000000001e+23'],
    [999999999999999700000, '999999999999999700000'],
    [1e21, '1e+21'],
    [9.999999999999997e-7, '9.999999999999997e-7'],
    [0.000001, '0.000001'],
    [333333333.3333332, '333333333.3333332'],
    [-0.0000033333333333333333, '-0.0000033333333333333333'],
    [1424953923781206.2, '1424953923781206.2'],
  ];
  for (const [number, text] of numbers) t.equal(canonicalText(number), text);
  for (const number of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    t.throws(() => canonicalText([number]), TypeError);
  }
});

t.test('names that look like array indexes are sorted as text', async t => {
  t.equal(canonicalText({ 10: 'a', 9: 'b', a: 'c' }), '{"10":"a","9":"b","a":"c"}');
});

t.test('what JSON cannot hold', async t => {
  t.throws(() => canonicalText('\ud800'), TypeError, 'a lone surrogate, section 3.2.2.2');
  t.throws(() => canonicalText({ '\udc00': 1 }), TypeError);
  t.throws(() => canonicalText({ a: 1n }), TypeError);
  t.throws(() => canonicalText([undefined]), TypeError);
  t.throws(() => canonicalText({ a: () => 1 }), TypeError);
  t.equal(canonicalText({ b: undefined, a: null, c: undefined }), '{"a":null}', 'a member undefined is none');
  t.equal(canonicalText({}), '{}');
});

t.test('a union is the text of the merged object', async t => {
  const under = { b: 1, a: [1, { z: 1, y: 2 }], d: 'under' };
  const over = { d: 'over', c: true, b: undefined };
  t.equal(canonicalUnion(under, over), canonicalText({ ...under, ...over }));
  t.equal(canonicalUnion(under, over), '{"a":[1,{"y":2,"z":1}],"c":true,"d":"over"}');
});

t.test('the same as another implementation, over random values', async t => {
  let state = 20_250_101;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const characters = [...'aZ09 "\\/\b\f\n\r\t\u0000\u001f\u007f\u0080é中😀\u2028<&\''];
  const text = () => Array.from({ length: random(12) }, () => characters[random(characters.length)]).join('');
  const value = (depth: number): unknown => {
    switch (random(depth > 3 ? 5 : 7)) {
      case 0:
        return null;
      case 1:
        return random(2) === 0;
      case 2:
        return (random(2 ** 31) - 2 ** 30) / 10 ** random(12);
      case 3:
      case 4:
        return text();
      case 5:
        return Array.from({ length: random(5) }, () => value(depth + 1));
      default:
        return Object.fromEntries(Array.from({ length: random(8) }, () => [text(), value(depth + 1)]));
    }
  };
  for (let round = 0; round < 2000; round++) {
    const sample = value(0);
    const found = canonicalText(sample);
    if (found !== canonicalize(sample)) t.fail('differs', { sample });
    if (round % 400 === 0) t.same(JSON.parse(found), JSON.parse(JSON.stringify(sample)), 'nothing is lost');
  }
});
