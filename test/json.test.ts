import { isDeepStrictEqual } from 'node:util';
import t from 'tap';
import { jsonFault, readJson } from '../src/json.js';
import { generator, mutate, randomText, slowRead } from './slow-json.js';

const fault = (text: Buffer | string, depth = 16): string | undefined => {
  const read = readJson(text, depth);
  return 'fault' in read ? read.fault : undefined;
};
const value = (text: Buffer | string, depth = 16): unknown => {
  const read = readJson(text, depth);
  if ('fault' in read) throw new Error(read.fault);
  return read.value;
};

t.test('reads what JSON.parse reads', async t => {
  const text = ' {"name":"欧阳·娜","list":[1,-2.5,true,false,null,{}],"a\\"b:c":"x\\\\","emoji":"\\ud83d\\ude00 😀"}\n';
  t.same(value(Buffer.from(text)), JSON.parse(text));
  t.same(value(text), JSON.parse(text));
  for (const scalar of ['0', '-0', '"x"', 'true', 'null', ' 12 ']) t.same(value(scalar, 0), JSON.parse(scalar), scalar);
});

t.test('refuses what is not UTF-8 or not JSON', async t => {
  for (const text of [
    '',
    ' ',
    '{',
    '{"a":1,}',
    "{'a':1}",
    '[1 2]',
    '01',
    '+1',
    '.5',
    '1.',
    'NaN',
    'Infinity',
    '{"a":1}{',
    '"a\tb"',
    '// c\n1',
    'undefined',
  ]) {
    t.equal(fault(text), jsonFault.notJson, text);
  }
  for (const bytes of [
    [0x22, 0xff, 0x22],
    [0x22, 0xc0, 0xaf, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
    [0x22, 0xe5, 0xbc, 0x22],
    [0x00],
  ]) {
    t.equal(fault(Buffer.from(bytes)), jsonFault.notJson, bytes.join());
  }
  t.equal(fault(Buffer.from('{"a":1}', 'utf16le')), jsonFault.notJson);
  t.equal(fault(Buffer.from('{"姓名":"张三"}').subarray(0, -3)), jsonFault.notJson);
});

t.test('ignores one byte order mark', async t => {
  const mark = Buffer.from([0xef, 0xbb, 0xbf]);
  t.same(value(Buffer.concat([mark, Buffer.from('{"a":1}')])), { a: 1 });
  t.equal(fault(Buffer.concat([mark, mark, Buffer.from('{}')])), jsonFault.notJson);
  t.equal(fault(Buffer.concat([Buffer.from('{'), mark, Buffer.from('}')])), jsonFault.notJson);
});

t.test('refuses lone surrogates, but no pairs and no text that merely looks like one', async t => {
  for (const text of ['"\\ud800"', '"\\uDC00\\uD800"', '{"\\uDfff":1}', '["a\\\\\\ud801b"]', '"\ud800"']) {
    t.equal(fault(text), jsonFault.notJson, text);
  }
  for (const text of ['"\\uD83D\\uDE00"', '"\\\\ud800"', '"😀"', '"\\u0041"', '{"\\\\\\\\udc00":1}']) {
    t.equal(fault(text), undefined, text);
  }
});

t.test('counts depth by the objects and arrays around a value', async t => {
  t.equal(fault('{}', 0), jsonFault.tooDeep);
  t.equal(fault('[1]', 1), undefined);
  t.equal(fault('[[1],{"a":2}]', 1), jsonFault.tooDeep);
  t.equal(fault('[[1],{"a":2}]', 2), undefined);
  t.equal(fault('["[[[[", "{{{{"]', 1), undefined, 'brackets in strings do not nest');
});

t.test('refuses a repeated key at any depth', async t => {
  for (const text of [
    '{"a":1,"a":1}',
    '{"a":1,"\\u0061":2}',
    '[{"b":{"c":1,"d":2,"c":3}}]',
    '{"1":0,"1":0}',
    '{"a":{"x":1,"y":2},"a":{}}',
    '{"":1,"":2}',
  ]) {
    t.equal(fault(text), jsonFault.duplicateKey, text);
  }
  t.equal(fault('{"a":{"a":1},"b":[{"a":1},{"a":1}],"A":1,"c":"\\":\\":"}'), undefined);
});

t.test('refuses __proto__ however it is written, and leaves prototypes alone', async t => {
  for (const text of [
    '{"__proto__":{"polluted":true}}',
    '{"\\u005f_proto__":1}',
    '{"a":[{"\\u005f\\u005fpr\\u006fto\\u005f\\u005f":null}]}',
    '{"__proto__":1,"__proto__":2}',
  ]) {
    t.equal(fault(text), jsonFault.forbiddenKey, text);
  }
  t.same(value('{"constructor":{"prototype":{"polluted":true}},"proto":"__proto__"}'), {
    constructor: { prototype: { polluted: true } },
    proto: '__proto__',
  });
  t.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
});

t.test('refuses numbers that would not be held as written', async t => {
  for (const text of [
    '9007199254740992',
    '9007199254740993',
    '-9007199254740992',
    '[110101199003071234]',
    '1e400',
    '-1e400',
    '1E16',
    '1e-400',
    '0.1234567890123456789',
    '1.0000000000000000001',
    '{"a":123456789.123456789}',
  ]) {
    t.equal(fault(text), jsonFault.numberRange, text);
  }
  for (const text of [
    '9007199254740991',
    '-9007199254740991',
    '0.1',
    '123456789.25',
    '1.50000000000000000000',
    '0.00000000000000000000',
    '-0.0e-5',
    '1e3',
    '12.5E+2',
    '0.30000000000000004',
    '5e-324',
    '"9007199254740993 1e400"',
  ]) {
    t.equal(fault(text), undefined, text);
  }
});

t.test('agrees with a slow reader written from the grammar', async t => {
  const random = generator(20240607);
  const seen = new Map<string, number>();
  for (let round = 0; round < 30_000; round++) {
    const text = mutate(randomText(random, 4), random);
    const depthLimit = 1 + Math.floor(random() * 4);
    const { value: expected, faults } = slowRead(text, depthLimit);
    // Over bytes a lone surrogate that was not escaped would be another character.
    const found = readJson(/\p{Surrogate}/u.test(text) ? text : Buffer.from(text), depthLimit);
    const agrees = 'fault' in found ? faults.has(found.fault) : faults.size === 0;
    const same = 'fault' in found || isDeepStrictEqual(found.value, expected);
    if (!agrees || !same) t.fail(text, { found, expected, faults: [...faults] });
    for (const kind of faults.size === 0 ? ['good'] : faults) seen.set(kind, (seen.get(kind) ?? 0) + 1);
  }
  for (const kind of ['good', ...Object.values(jsonFault)])
    t.ok((seen.get(kind) ?? 0) > 100, `${kind}: ${seen.get(kind)}`);
});
