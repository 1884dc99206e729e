import t from 'tap';
import { displayWidth, fit, harmless, harmlessJson, wrap } from '../../src/cli/display.js';

t.test('a Chinese character takes two columns, a letter with its accent one', async t => {
  t.equal(displayWidth('housing'), 7);
  t.equal(displayWidth('住房和城乡建设'), 14);
  t.equal(displayWidth('深住〔2026〕7号'), 2 + 2 + 2 + 4 + 2 + 1 + 2);
  t.equal(displayWidth('e\u0301'), 1);
  t.equal(displayWidth('𠮷'), 2, 'beyond the basic plane');
  t.equal(displayWidth('古丽·艾'), 7);
});

t.test('a cell is exactly as wide as asked, never half a character', async t => {
  t.equal(fit('ab', 4), 'ab  ');
  t.equal(fit('abcdef', 4), 'abc…');
  t.equal(fit('公共住房', 5), '公共…');
  t.equal(fit('公共住房', 6), '公共… ', 'a wide character that would be cut in two leaves a space');
  t.equal(fit('abc', 0), '');
});

t.test('nothing in the data can steer the terminal', async t => {
  t.equal(harmless('\u001b[2Jgone'), '<U+001B>[2Jgone');
  t.equal(harmless('a\u202eb\nc\u009bd'), 'a<U+202E>b<U+000A>c<U+009B>d');
  t.equal(harmless('深住〔2026〕7号 ok'), '深住〔2026〕7号 ok');
});

t.test('JSON stays the same value with such characters escaped', async t => {
  const value = { case: 'x\u009b2J\u202e\u{e0001}', name: '林·可', list: [1] };
  const text = harmlessJson(value);
  t.notMatch(text, /[\p{Cc}\p{Cf}]/u);
  t.match(text, '林·可');
  t.same(JSON.parse(text), value);
  t.same(JSON.parse(harmlessJson(value, 2)), value);
  t.equal(harmlessJson({ a: 1 }, 2), '{\n  "a": 1\n}');
});

t.test('a long text goes on in lines, between words where there are any', async t => {
  t.same(wrap('status, spouse.name', 10), ['status,', 'spouse.nam', 'e']);
  t.same(wrap('one two three', 7), ['one two', 'three']);
  t.same(wrap('公共租赁住房', 5), ['公共', '租赁', '住房']);
  t.same(wrap('abc', 10), ['abc']);
  t.same(wrap('', 10), ['']);
  t.same(wrap('a b', Number.POSITIVE_INFINITY), ['a b']);
});
