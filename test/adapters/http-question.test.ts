import t from 'tap';
import type { JsonObject } from '../../adapters/adapter.js';
import { adapter } from '../../adapters/http.js';
import { answered, asking, good, service } from './asking.js';
import { callOf, contextOf } from './calls.js';
import { startHttp } from './systems.js';

t.test('a question is what config says', async t => {
  const { answer, asked } = await asking(t, good, {
    settings: {
      callHeaders: {
        requestId: 'X-Record',
        traceparent: 'traceparent',
        service: 'x-service',
        purpose: 'x-purpose',
        case: 'x-case',
        operator: 'x-operator',
      },
      codes: { sex: { M: 'male', F: 'female' } },
    },
    ask: {
      method: 'PUT',
      path: '/v2/{office}/persons/{id}.json',
      parameters: { office: { from: 'office', codes: { '0304': 'futian' } } },
      query: {
        day: { from: 'day', date: 'YYYYMMDD' },
        'a b': { constant: 'ü&=' },
        absent: { from: 'nothing', optional: true },
      },
      headers: { 'X-Channel': { constant: 'stile' }, 'x-name': { from: 'name', optional: true } },
      body: { fields: { xb: { from: 'sex', codes: 'sex' }, tj: { fields: { n: { from: 'count', as: 'text' } } } } },
    },
    request: { id: '1', office: 'futian', day: '2024-02-29', sex: 'female', count: 3 },
    call: { requestId: 'r-1', case: '粤0304住房1号', operator: 'zhang san', purpose: 'p' },
  });
  t.strictSame(answer, answered);
  const [one] = asked;
  t.equal(one?.method, 'PUT');
  t.equal(one?.url, '/v2/0304/persons/1.json?day=20240229&a%20b=%C3%BC%26%3D');
  t.strictSame(JSON.parse(one?.body ?? ''), { xb: 'F', tj: { n: '3' } });
  t.match(one?.headers, {
    accept: 'application/json',
    'accept-encoding': 'identity',
    'content-type': 'application/json',
    'x-channel': 'stile',
    'x-record': 'r-1',
    traceparent: /^00-/,
    'x-service': 'civil-affairs/marriage-status/v1',
    'x-purpose': 'p',
    'x-case': '%E7%B2%A40304%E4%BD%8F%E6%88%BF1%E5%8F%B7',
    'x-operator': 'zhang san',
  });
  t.notHas(one?.headers, { 'x-name': '' });
});

t.test('the request id and the trace go along unless config says otherwise', async t => {
  const { asked } = await asking(t, good, { call: { requestId: 'r-2' } });
  t.match(asked[0]?.headers, { 'x-request-id': 'r-2', traceparent: /^00-/ });
  t.notHas(asked[0]?.headers, { 'x-purpose': '' });
  const { asked: silent } = await asking(t, good, { settings: { callHeaders: {} } });
  t.equal(silent[0]?.headers['x-request-id'], undefined);
});

t.test('each kind of credentials', async t => {
  for (const [authentication, headers, url] of [
    [{}, { authorization: undefined }, '/persons/1'],
    [{ apiKey: { header: 'X-Key', key: 'k 1' } }, { 'x-key': 'k 1' }, '/persons/1'],
    [
      { apiKey: { header: 'Authorization', scheme: 'APPCODE', key: 'k' } },
      { authorization: 'APPCODE k' },
      '/persons/1',
    ],
    [{ queryKey: { parameter: 'ak', key: 'k&1' } }, {}, '/persons/1?ak=k%261'],
    [
      { basic: { user: '张', password: 'p:1' } },
      { authorization: `Basic ${Buffer.from('张:p:1').toString('base64')}` },
      '/persons/1',
    ],
    [{ bearer: { token: 't' } }, { authorization: 'Bearer t' }, '/persons/1'],
  ] as const) {
    const { answer, asked } = await asking(t, good, { settings: { authentication } });
    t.strictSame(answer, answered);
    t.match(asked[0]?.headers, headers);
    t.equal(asked[0]?.url, url);
  }
  const { asked } = await asking(t, good, {
    settings: { authentication: { queryKey: { parameter: 'ak', key: 'k' } } },
    ask: { query: { x: { constant: 1 } } },
  });
  t.equal(asked[0]?.url, '/persons/1?ak=k&x=1');
});

t.test("a path in the base URL goes before the question's", async t => {
  const system = await startHttp(good);
  t.teardown(() => system.close());
  for (const end of ['/api', '/api/']) {
    const opened = adapter.open({ baseUrl: system.url + end }, contextOf());
    t.strictSame(await opened.ask({ id: '1' }, callOf({ ask: service })), answered);
    await opened.close();
    t.equal(system.asked.at(-1)?.url, '/api/persons/1');
  }
});

t.test('what cannot be asked is not', async t => {
  const ask = {
    path: '/a/{id}',
    query: { q: { from: 'q', optional: true } },
    headers: { h: { from: 'h', optional: true } },
    body: { fields: { b: { from: 'b', codes: { '1': 'one' }, optional: true } } },
    method: 'POST',
  };
  const { once, asked } = await asking(t, good, { ask });
  for (const [request, detail] of [
    [{}, 'not asked: path id: value is missing'],
    [{ id: { a: 1 } }, 'not asked: path id: not one value'],
    [{ id: '1', q: [1] }, 'not asked: query q: not one value'],
    [{ id: '1', h: 'a\r\nx: y' }, 'not asked: header h would hold a control character'],
    [{ id: '1', b: 'two' }, 'not asked: body: b is no code of its list'],
    [{ id: '\ud800' }, 'not asked: path id: not Unicode'],
  ] as [JsonObject, string][]) {
    t.strictSame(await once(request), { failure: 'rejected', detail, notActed: true });
  }
  t.equal(asked.length, 1, 'only the first');
});
