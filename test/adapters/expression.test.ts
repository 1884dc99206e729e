/** JSONata in mappings: what it says, beside the other rules, and how it is told when it is wrong. */
import t from 'tap';
import { adapter as composite } from '../../adapters/composite.js';
import { adapter as http } from '../../adapters/http.js';
import { compileLaterMapping, compileMapping } from '../../adapters/mapping.js';
import { direction } from '../../adapters/mapping-scope.js';
import { asking } from './asking.js';
import { json } from './systems.js';

const scope = {
  direction: direction.toContract,
  codes: {},
  utcOffset: '+08:00',
  report: (pointer: string) => void t.fail(pointer),
};

t.test('an expression is a rule beside others', async t => {
  const { answer } = await asking(
    t,
    json({
      no: '1',
      x: '陈',
      m: '思远',
      jtcy: [
        { xm: '甲', gx: '2' },
        { xm: '乙', gx: '1' },
      ],
    }),
    {
      ask: {
        reply: {
          fields: {
            id: 'no',
            name: { expression: 'x & m' },
            asked: { expression: '$request.id' },
            head: { expression: 'jtcy[gx = "1"].xm' },
            relation: { from: 'jtcy.0', expression: 'gx', codes: { '2': 'spouse' } },
            members: {
              expression: 'jtcy^(gx)',
              each: { fields: { name: 'xm', mark: { expression: '$uppercase("a" & gx)' } } },
            },
            names: { expression: "$join(jtcy.xm, '、')" },
            count: { expression: '$count(jtcy)' },
            none: { expression: 'nothing.there', optional: true },
          },
        },
      },
    },
  );
  t.strictSame(answer, {
    body: {
      id: '1',
      name: '陈思远',
      asked: '1',
      head: '乙',
      relation: 'spouse',
      members: [
        { name: '乙', mark: 'A1' },
        { name: '甲', mark: 'A2' },
      ],
      names: '甲、乙',
      count: 2,
    },
  });
});

t.test('in absent.reply too', async t => {
  const absent = { missing: 'no', reply: { fields: { id: { expression: '$request.id & "!"' } } } };
  const { answer } = await asking(t, json({}), { ask: { absent } });
  t.strictSame(answer, { body: { id: '1!' } });
});

t.test('what it does not come to is malformed, and quotes nothing', async t => {
  for (const [expression, detail] of [
    ['nothing', 'name is missing'],
    ['xm + 1', 'name: expression failed (T2001)'],
    ['$number(xm)', 'name: expression failed (D3030)'],
    ['function($x){$x}', 'name: expression failed (no data)'],
    ['$sum', 'name: expression failed (no data)'],
    ['1/0', 'name: expression failed (no data)'],
  ] as const) {
    const { answer } = await asking(t, json({ no: '1', xm: '张三' }), {
      ask: { reply: { fields: { name: { expression } } } },
    });
    t.match(answer, { failure: 'malformed', detail }, expression);
  }
});

t.test('a mapping without expressions is made at once', async t => {
  const made = compileLaterMapping({ fields: { id: 'no' } }, scope, '')({ no: '1' });
  t.strictSame(made, { value: { id: '1' } });
  t.ok(compileLaterMapping({ expression: '1' }, scope, '')({}) instanceof Promise);
});

t.test('the check of config tells what is wrong, and where', async t => {
  const settings = { baseUrl: 'https://a.stile.example' };
  const told = (expression: string) =>
    http.check?.(settings, { method: 'GET', path: '/', reply: { fields: { a: { expression } } } }) ?? [];
  t.strictSame(told('a.b & c'), []);
  for (const [expression, message] of [
    ['a +', /^at character 3: /],
    ['a & /x/', /^at character \d+: no regular expressions here$/],
    ['$now()', /^at character \d+: no \$now here$/],
    ['$sun(a)', /^at character \d+: no \$sun here$/],
    ['( $eval := 1; $eval )', /no \$eval here$/],
    ['$ ~> |a|{}|', /no transforms/],
  ] as const) {
    const [found] = told(expression);
    t.equal(found?.pointer, '/reply/fields/a/expression', expression);
    t.match(found?.message.en, message, expression);
    t.match(found?.message.zh, /^表达式第 \d+ 个字符处/);
  }
  const expression = { expression: '1' };
  for (const part of ['parameters', 'query', 'headers']) {
    const elsewhere = { method: 'GET', path: '/{a}', [part]: { a: expression }, reply: 'a' };
    t.match(http.check?.(settings, elsewhere), [{ pointer: `/${part}/a/expression` }]);
  }
  const step = { service: 'a/b/v1', request: { fields: { c: expression } } };
  const composed = composite.check?.({}, { steps: { step }, reply: { fields: { d: 'step.d' } } });
  t.match(composed, [{ pointer: '/steps/step/request/fields/c/expression' }]);
  const reported: string[] = [];
  compileMapping({ each: { expression: 'a' } }, { ...scope, report: pointer => void reported.push(pointer) }, '/x');
  t.strictSame(reported, ['/x/each/expression']);
});
