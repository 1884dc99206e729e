import t from 'tap';
import { namedFields } from '../../adapters/mapping-fields.js';
import type { HttpService } from '../../schemas/stile/adapters/http-service.js';

const named = (service: Partial<HttpService>): string[] =>
  namedFields({ method: 'GET', path: '/', reply: 'x', ...service }).map(
    ({ half, path, pointer }) => `${half} ${path} ${pointer}`,
  );

t.test('fields of the request, wherever it is put', async t => {
  t.strictSame(
    named({
      path: '/{a}/{b.c}-{d}',
      parameters: { d: { from: 'e', codes: 'x' }, f: { constant: 1 } },
      query: { 'g/h': 'i' },
      headers: { j: { from: 'k', optional: true } },
      body: {
        fields: {
          l: { from: 'm', fields: { n: 'o', p: { fields: { q: 'r' } } } },
          s: { from: 't', each: { fields: { u: 'v' } } },
          w: { from: 'x', each: {} },
          y: 'z.0.a',
          b: 'c.1',
        },
      },
    }),
    [
      'request a /path',
      'request b.c /path',
      'request e /parameters/d/from',
      'request i /query/g~1h',
      'request k /headers/j/from',
      'request m /body/fields/l/from',
      'request m.o /body/fields/l/fields/n',
      'request m.r /body/fields/l/fields/p/fields/q',
      'request t /body/fields/s/from',
      'request t[].v /body/fields/s/each/fields/u',
      'request x /body/fields/w/from',
      'request z[].a /body/fields/y',
      'request c /body/fields/b',
    ],
  );
});

t.test('fields of the reply, by the keys of their rules', async t => {
  t.strictSame(
    named({
      reply: {
        fields: { a: 'x', b: { fields: { c: { constant: 1 } } }, d: { from: 'y', each: { fields: { e: 'z' } } } },
      },
      absent: { reply: { fields: { a: { request: 'f' } } } },
    }),
    [
      'reply a /reply/fields/a',
      'reply b /reply/fields/b',
      'reply b.c /reply/fields/b/fields/c',
      'reply d /reply/fields/d',
      'reply d[].e /reply/fields/d/each/fields/e',
      'reply a /absent/reply/fields/a',
      'request f /absent/reply/fields/a/request',
    ],
  );
});
