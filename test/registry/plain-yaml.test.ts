/** What the quick reader of YAML reads, the parser of all YAML reads just so; and it gives up wherever that finds fault. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readPlainYaml } from '../../src/registry/plain-yaml.js';
import { readPlaces } from '../../src/registry/yaml-places.js';
import { root } from '../../src/root.js';

/** By the parser of all YAML; undefined where it finds any fault. */
function readWhole(text: string): unknown {
  const places = readPlaces(text, false);
  return places.wrong.length === 0 ? { value: places.value() } : undefined;
}

const texts = ['config', 'test/registry/sound', 'test/registry/broken'].flatMap(folder =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.yaml'))
    .map(name => readFileSync(join(root, folder, name), 'utf8')),
);

t.test('config as it is mostly written is plain, and read as it is', async t => {
  const plain = texts.filter(text => readPlainYaml(text) !== undefined);
  t.ok(plain.length > texts.length / 2, `${plain.length} of ${texts.length}`);
  for (const text of plain) t.same(readPlainYaml(text), readWhole(text));
});

t.test('values', async t => {
  for (const [text, value] of [
    ['a: b', { a: 'b' }],
    ['a: 1\nb: 007k\nc: "007"', { a: 1, b: '007k', c: '007' }],
    ['a: true\nb: "true"\nc:\nd: x', { a: true, b: 'true', c: null, d: 'x' }],
    ["a: 'it''s'\nb: \"x\\ny\"", { a: "it's", b: 'x\ny' }],
    ['a: { b: 1, "c": [x, y z], d: {} }', { a: { b: 1, c: ['x', 'y z'], d: {} } }],
    ['a:\n- x\n-   b: 1\n    c: 2\n- [1]', { a: ['x', { b: 1, c: 2 }, [1]] }],
    ['证件号码: residentId\na: { 账户-状态: b }', { 证件号码: 'residentId', a: { '账户-状态': 'b' } }],
    ['a: .sha256\nb: [.csv]', { a: '.sha256', b: ['.csv'] }],
    ['a: |\n  b "c" # d\n\n    e\n\n\nf: |-\n g\n', { a: 'b "c" # d\n\n  e\n', f: 'g' }],
    ['- |\n  a\n- b: | # c\n    d\n  e: f\n', ['a\n', { b: 'd\n', e: 'f' }]],
    ['# one\na: b # two\n\n  # three\nc: d', { a: 'b', c: 'd' }],
    [`a: \${env:NAME}\nb: https://stile.example/a#b`, { a: `\${env:NAME}`, b: 'https://stile.example/a#b' }],
  ] as const) {
    t.same(readPlainYaml(text), { value }, text);
    t.same(readWhole(text), { value }, text);
  }
});

t.test('it gives up at whatever is more than plain, or wrong', async t => {
  for (const text of [
    '',
    'a: &x 1\nb: *x',
    'a: !!str 1',
    'a: |\n  b',
    'a: |\nb: c\n',
    'a: |\n\n  b\n',
    'a: |\n    b\n  c\n',
    'a: |+\n  b\n',
    'a: |2\n  b\n',
    'a: >\n  b\n',
    'a: "b: |\n  c"\n',
    '- a: |\n  b\n',
    'a: b |\n  c\n',
    'a: b\n  c',
    'a: b: c',
    'a: 1\na: 2',
    'a: { b: 1, b: 2 }',
    '? a\n: b',
    '%YAML 1.2\n---\na: b',
    'a: b\n---\nc: d',
    'a:\tb',
    'a: [1, 2',
    'a: 2026-01-01',
    'a: 0x1F',
    'a: 1e3',
    'a: .5',
    'a: .inf',
    'a: .NaN',
    'a: NULL',
    'a: ~',
    'a: "b" c',
    'a: "x # y"',
    'a: b\n c: d',
    '__proto__: { a: 1 }',
    '- a\nb: c',
  ]) {
    t.equal(readPlainYaml(text), undefined, JSON.stringify(text));
  }
});

t.test('texts that somebody has spoilt are read alike, or not at all', async t => {
  const random = generator(20_261_130);
  const pieces =
    ` |  |\n|-|- |:|: |#| #|"|'|{|}|[|]|,|, |&a|*a|!x|>|%|?|1|0|.|e|null|true|~|一|---|\\|<<|=|@|\`|x|a: b|\n  |\n\n`.split(
      '|',
    );
  pieces.push('|', '|-', ': |\n', '|\n  ', '.n', '.inf');
  let plain = 0;
  for (let tries = 0; tries < 6000; tries++) {
    const whole = (texts[random(texts.length)] ?? '').slice(0, 1200);
    let text = whole;
    for (let edits = 0; edits <= random(3); edits++) {
      const at = random(text.length);
      const removed = random(3) === 0 ? 1 + random(4) : 0;
      text = text.slice(0, at) + (pieces[random(pieces.length)] ?? '') + text.slice(at + removed);
    }
    const read = readPlainYaml(text);
    if (read === undefined) continue;
    plain += 1;
    const expected = readWhole(text);
    if (JSON.stringify(read) !== JSON.stringify(expected)) t.same(read, expected, JSON.stringify(text));
  }
  t.ok(plain > 500, `${plain} of them were plain`);
});

/** A sequence that is the same at each run (Numerical Recipes' linear congruence). */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
