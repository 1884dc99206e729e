/** Tries to hang or exhaust the gateway by an expression, or by what a department answers to one, and to have it say more than data. */
import t from 'tap';
import { compileExpression } from '../../adapters/expression.js';

async function tried(text: string, source: unknown = {}) {
  const evaluate = compileExpression(text);
  return typeof evaluate === 'function' ? evaluate(source, {}) : evaluate;
}

const big = 'x'.repeat(100_000);
const many = Array.from({ length: 50_000 }, (_, at) => ({ a: at, b: String(at) }));

t.test('what would never end, or take all there is, ends in a fault', async t => {
  for (const [text, source] of [
    ['($f := function(){$f()}; $f())', {}],
    ['($f := function($n){1 + $f($n)}; $f(1))', {}],
    ['($f := function($a,$b){$f($b,$a)}; $f(1,2))', {}],
    ['[1..1000000000]', {}],
    ['[1..9000].([1..9000])', {}],
    ['$reduce([1..200], function($a, $b){$a & $a}, "x")', {}],
    ['$reduce([1..200], function($a, $b){$append($a, $a)}, [1,2])', {}],
    ['$join($map([1..5000], function(){$$.big}))', { big }],
    ['$map([1..5000], function(){$$.big & "x"})', { big }],
    ['$reduce([1..20], function($a,$b){$append($a,$a)}, [big,big]) & ""', { big }],
    ['$string(many)', { many }],
    ['many & ""', { many }],
    ['many.(a = $$.many.a)', { many }],
    ['$map(many, function($v){$count($$.many[a = $v.a])})', { many }],
    ['$sort(many, function($l, $r){$l.a > $r.a})', { many }],
    ['**.**.**', { many }],
  ] as const) {
    const found = await tried(text, source);
    t.match(
      found,
      { fault: /^expression failed \((?:D1011|D1012|D2014|D2015|steps|text)\)$/ },
      `${text} ${JSON.stringify(found).slice(0, 80)}`,
    );
  }
});

t.test('what knows the clock or chance, or runs text, is refused before anything runs', async t => {
  for (const text of [
    '$now()',
    '$millis()',
    '$random()',
    '$shuffle(a)',
    '$eval("1")',
    '$map(a, $eval)',
    '($e := $eval; $e("1"))',
  ]) {
    t.match(await tried(text), { position: Number, reason: { en: /^no \$/ } }, text);
  }
  for (const text of [
    'a[b ~> /^(a+)+$/]',
    '$match(a, /x/)',
    '$contains(a, /x/)',
    '$split(a, /,/)',
    '$replace(a, "b", "c")',
  ]) {
    t.match(await tried(text), { position: Number }, text);
  }
});

t.test('nothing but data of the answer is reached', async t => {
  for (const text of [
    'constructor',
    '__proto__',
    'a.constructor',
    'a.__proto__',
    '$lookup(a, "constructor")',
    'toString',
  ]) {
    const found = await tried(text, { a: { b: 1 } });
    t.notOk('value' in found && found.value !== undefined, `${text} ${JSON.stringify(found)}`);
  }
});

t.test('an answer is left as it is', async t => {
  const source = { a: [{ b: 1 }, { b: 2 }] };
  const before = JSON.stringify(source);
  t.strictSame(await tried('$append(a, {"b": 3})^(>b).b', source), { value: [3, 2, 1] });
  t.equal(JSON.stringify(source), before);
});
