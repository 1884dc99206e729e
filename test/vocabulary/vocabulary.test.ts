import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import t from 'tap';
import { formats } from '../../src/registry/formats.js';
import { root } from '../../src/root.js';

interface Word {
  readonly $id: string;
  readonly title: string;
  readonly 'x-title': { readonly zh: string; readonly en: string };
  readonly description: string;
  readonly 'x-description': { readonly zh: string; readonly en: string };
  readonly 'x-stile-sensitivity': string;
  readonly 'x-stile-identifier'?: string;
  readonly examples: readonly string[];
}

const folder = join(root, 'schemas', 'vocabulary');
const names = readdirSync(folder)
  .filter(file => file.endsWith('.json'))
  .map(file => file.slice(0, -'.json'.length));
const word = (name: string): Word => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));

const ajv = new Ajv2020({ strict: true });
for (const keyword of ['x-title', 'x-description', 'x-stile-sensitivity', 'x-stile-identifier'])
  ajv.addKeyword(keyword);
for (const [name, validate] of Object.entries(formats)) ajv.addFormat(name, { type: 'string', validate });

/** What each word must refuse: one reason each. */
const refused: Readonly<Record<string, readonly unknown[]>> = {
  'resident-identity-number': [
    '11010519491231002x', // lower case
    '110105194912310021', // check digit
    '110105491231002', // the old 15 digits
    '440524188013010010', // month 13
    '11010519490229002X', // no such day
    '010105194912310029', // province 01
    '66010519491231002X', // province 66
    '１１０１０５１９４９１２３１００２Ｘ', // full-width
    '11010519491231002X ', // trailing space
    ' 11010519491231002X',
    '11010519491231002X\n',
    '', // nothing
    440524188001010, // a number
  ],
  'unified-social-credit-code': [
    '91350100M000100Y44', // check character
    '91350100M000100Y4', // 17 characters
    '91350100m000100y43', // lower case
    '9135010OM000100Y43', // letter O for zero
    '91350100I000100Y43', // I is not in the alphabet
    '9A350100M000100Y4３', // full-width digit
    '',
  ],
  'division-code': ['440399', '000000', '44030', '4403000', '44O300', '４４０３００', '990000', ''],
  date: [
    '2019-02-29',
    '1900-02-29',
    '2019-13-01',
    '2019-00-10',
    '2019-04-31',
    '2019-4-01',
    '20190314',
    '2019/03/14',
    '',
  ],
  'personal-name': [
    '陈1', // digit
    ' 陈思远', // leading space
    '陈思远 ',
    '阿卜杜拉··买买提', // doubled separator
    '·买买提', // leading separator
    '买买提·',
    '阿卜杜拉•买买提', // U+2022
    '阿卜杜拉・买买提', // U+30FB
    '陈\u202e思远', // bidirectional override
    '陈\u200b思远', // zero width
    '陈\u0000思远', // control
    '陈\ud800', // lone surrogate
    '陈思远。',
    '<b>陈</b>',
    '陈'.repeat(61), // too long
    '',
  ],
  'mobile-number': [
    '12800138000',
    '1380013800',
    '138001380000',
    '+8613800138000',
    '138 0013 8000',
    '１３８００１３８０００',
    '',
  ],
  address: [
    '\u202e深圳',
    '深圳\n南山',
    ' 深圳',
    '深圳\u3000',
    '深\u200b圳',
    '深圳\udc00',
    '深圳\ue000',
    '圳'.repeat(201),
    '',
  ],
  'currency-amount': [
    '1280',
    '1280.0',
    '1280.000',
    '1,280.00',
    '01.00',
    '-0.00',
    '.50',
    '1e3',
    '+1.00',
    '1280.00 ',
    '',
    1280,
  ],
};

t.test('every word has a schema, a format of the same name, and texts in both languages', async t => {
  t.strictSame(names.toSorted(), Object.keys(formats).toSorted());
  for (const name of names) {
    const found = word(name);
    t.equal(found.$id, `https://stile.example/schemas/vocabulary/${name}.json`);
    t.equal(found.title, found['x-title'].en, `${name}: the plain title is the English one`);
    t.match(found['x-title'].zh, /^\p{Script=Han}+$/u, `${name}: the Chinese title is Chinese`);
    t.equal(found.description, found['x-description'].en, `${name}: the plain description is the English one`);
    t.ok(found.description.length > 20, `${name} is described`);
    t.match(found['x-description'].zh, /\p{Script=Han}{2}/u, `${name} is described in Chinese`);
    t.match(found['x-stile-sensitivity'], /^(public|internal|personal|sensitive)$/);
  }
});

t.test('examples are accepted, counter-examples are not', async t => {
  for (const name of names) {
    const check = ajv.compile(word(name));
    for (const example of word(name).examples) t.ok(check(example), `${name}: ${example}`);
    const wrong = refused[name] ?? [];
    t.ok(wrong.length > 5, `${name} has counter-examples`);
    for (const value of wrong) t.notOk(check(value), `${name}: ${JSON.stringify(value)}`);
  }
});

t.test('names that real people bear are accepted', async t => {
  for (const name of [
    '王',
    '欧阳娜娜',
    '㛃',
    '𬱖文',
    '〇',
    '古丽娜尔·买买提',
    '约翰·F·肯尼迪',
    "Seán O'Brien",
    'Nguyễn Văn An',
    'J. R. Smith Jr.',
    'Anne-Marie de la Tour',
    'D’Angelo',
  ]) {
    t.ok(formats['personal-name']?.(name), name);
  }
  for (const name of [
    'J..Smith',
    '.Smith',
    'Smith  Jones',
    "O'",
    '王.小明',
    'Smith.Jones',
    'Smith, John',
    'ℵ',
    'Иван',
  ]) {
    t.notOk(formats['personal-name']?.(name), name);
  }
});

t.test('identifiers name their kind', async t => {
  t.equal(word('resident-identity-number')['x-stile-identifier'], 'resident');
  t.equal(word('unified-social-credit-code')['x-stile-identifier'], 'organisation');
});
