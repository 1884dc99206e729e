import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import type { Call, Failure, JsonObject } from '../../adapters/adapter.js';
import { adapter } from '../../adapters/http.js';
import { callOf, contextOf } from './calls.js';
import { type Answering, inTurn, json, startHttp, until } from './systems.js';

const service = { method: 'GET', path: '/persons/{id}', reply: { fields: { id: 'no', name: 'xm' } } };
const answered = { body: { id: '1', name: '张三' } };
const good = json({ no: '1', xm: '张三' });

interface Given {
  readonly settings?: JsonObject;
  readonly ask?: JsonObject;
  readonly request?: JsonObject;
  readonly call?: Partial<Call>;
}

/** Asks one question of a system that answers as given. */
async function asking(t: Test, answer: Answering, { settings, ask, request = { id: '1' }, call }: Given = {}) {
  const system = await startHttp(answer);
  const opened = adapter.open({ baseUrl: system.url, ...settings }, contextOf());
  t.teardown(async () => {
    await opened.close();
    await system.close();
  });
  const once = (more: Partial<Call> = {}, asked = request) =>
    opened.ask(asked, callOf({ ...call, ...more, ask: compiledOnce(ask) }));
  return { system, opened, once, answer: await once(), asked: system.asked };
}

const asks = new Map<JsonObject | undefined, JsonObject>();
const compiledOnce = (ask: JsonObject | undefined): JsonObject => {
  const known = asks.get(ask) ?? { ...service, ...ask };
  asks.set(ask, known);
  return known;
};

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

t.test('statuses that are no answer', async t => {
  for (const [status, failure] of [
    [301, 'malformed'],
    [302, 'malformed'],
    [304, 'malformed'],
    [400, 'rejected'],
    [401, 'denied'],
    [403, 'denied'],
    [404, 'rejected'],
    [407, 'denied'],
    [422, 'rejected'],
    [429, 'busy'],
    [500, 'failing'],
    [501, 'failing'],
    [502, 'failing'],
    [503, 'busy'],
    [504, 'failing'],
    [599, 'failing'],
  ] as const) {
    const location = { location: 'http://127.0.0.1:1/elsewhere' };
    const { answer } = await asking(t, json({ no: '1', xm: '张三' }, status, location), { settings: { retries: 0 } });
    const refused = status >= 400 && status < 500;
    t.strictSame(answer, { failure, detail: `status ${status}`, ...(refused ? { notActed: true } : {}) });
  }
});

t.test('a redirect is not followed', async t => {
  const elsewhere = await startHttp(good);
  t.teardown(() => elsewhere.close());
  for (const status of [301, 302, 303, 307, 308]) {
    const { asked } = await asking(t, json({}, status, { location: `${elsewhere.url}/persons/1` }));
    t.equal(asked.length, 1);
  }
  t.equal(elsewhere.asked.length, 0);
});

t.test('only JSON in UTF-8 is read', async t => {
  const typed =
    (type: string | undefined, body: string | Buffer = JSON.stringify({ no: '1', xm: '张三' })): Answering =>
    (_, response) => {
      response.writeHead(200, type === undefined ? {} : { 'content-type': type });
      response.end(body);
    };
  for (const type of [
    ...['application/json', 'application/json;charset=utf-8', 'Application/JSON; charset="UTF-8"'],
    ...['application/problem+json', 'application/vnd.gov.cn+json;charset=UTF8'],
  ]) {
    t.strictSame((await asking(t, typed(type))).answer, answered, type);
  }
  for (const type of [
    ...[undefined, '', 'text/html', 'text/plain', 'application/xml', 'application/json; charset=GBK', 'json'],
    ...['application/jsonx', 'application/json, text/html', 'application/json; charset=utf-8; x=y', 'text/json'],
  ]) {
    t.strictSame(
      (await asking(t, typed(type))).answer,
      { failure: 'malformed', detail: 'body: content type' },
      String(type),
    );
  }
  const accepted = await asking(t, typed('text/plain; charset=utf-8'), { settings: { mediaTypes: ['text/plain'] } });
  t.strictSame(accepted.answer, answered);
  t.equal(accepted.asked[0]?.headers.accept, 'application/json, text/plain');
  for (const [body, detail] of [
    ['', 'not-json'],
    ['<html>', 'not-json'],
    [Buffer.from('{"no":"1","xm":"\xff"}', 'latin1'), 'not-json'],
    ['{"no":"1","no":"2","xm":""}', 'duplicate-key'],
    ['{"no":"1","__proto__":{"xm":"x"}}', 'forbidden-key'],
    ['{"no":110101199003071234,"xm":""}', 'number-range'],
    [`${'['.repeat(17)}${']'.repeat(17)}`, 'too-deep'],
  ] as const) {
    const { answer } = await asking(t, typed('application/json', body));
    t.strictSame(answer, { failure: 'malformed', detail: `body: ${detail}` }, detail);
  }
});

t.test('a reply is mapped or refused, and no value is told', async t => {
  const { answer } = await asking(t, json({ no: '1', xb: '440304198804123031' }), {
    ask: { reply: { fields: { id: 'no', sex: { from: 'xb', codes: { '1': 'male' } } } } },
  });
  t.strictSame(answer, { failure: 'malformed', detail: 'sex is no code of its list' });
  const { answer: missing } = await asking(t, json({ no: '1' }));
  t.strictSame(missing, { failure: 'malformed', detail: 'name is missing' });
});

const absent = { reply: { fields: { id: { request: 'id' }, name: { constant: 'nobody' } } } };
const nobody = { body: { id: '1', name: 'nobody' } };

t.test('absence by status', async t => {
  const ask = { absent: { ...absent, statuses: [404, 204] } };
  t.strictSame((await asking(t, json('whatever', 404), { ask })).answer, nobody);
  const noContent: Answering = (_, response) => response.writeHead(204).end();
  t.strictSame((await asking(t, noContent, { ask })).answer, nobody);
  t.match((await asking(t, json({}, 410), { ask })).answer, { failure: 'rejected' });
  t.match((await asking(t, noContent)).answer, { failure: 'malformed' }, 'no content is no reply');
});

t.test('absence by what is missing', async t => {
  const ask = { reply: { fields: { id: 'rows.0.no', name: 'rows.0.xm' } }, absent: { ...absent, missing: 'rows' } };
  for (const body of [{ rows: [] }, { rows: null }, {}]) {
    t.strictSame((await asking(t, json(body), { ask })).answer, nobody, JSON.stringify(body));
  }
  t.strictSame((await asking(t, json({ rows: [{ no: '1', xm: '张三' }] }), { ask })).answer, answered);
});

t.test('result codes decide where the status does not', async t => {
  const ask = {
    reply: { fields: { id: 'data.no', name: 'data.xm' } },
    result: { from: 'code', answer: ['0', 200], absent: ['404'], rejected: ['E1'], denied: ['E2'], busy: ['E3'] },
    absent: { ...absent, statuses: [404] },
  };
  const data = { no: '1', xm: '张三' };
  for (const [body, status, expected] of [
    [{ code: 0, data }, 200, answered],
    [{ code: '200', data }, 200, answered],
    [{ code: 404 }, 200, nobody],
    [{ code: '404' }, 404, nobody],
    [{ code: 'E1' }, 200, { failure: 'rejected', detail: 'by its result code', notActed: true }],
    [{ code: 'E2' }, 200, { failure: 'denied', detail: 'by its result code', notActed: true }],
    [{ code: 'E3' }, 200, { failure: 'busy', detail: 'by its result code', notActed: true }],
    [{ code: 'E9', data }, 200, { failure: 'failing', detail: 'by its result code' }],
    [{ data }, 200, { failure: 'malformed', detail: 'by its result code' }],
    [{ code: null, data }, 200, { failure: 'malformed', detail: 'by its result code' }],
    [{ code: ['0'], data }, 200, { failure: 'malformed', detail: 'by its result code' }],
    [{ code: '0', data }, 404, { failure: 'rejected', detail: 'status 404', notActed: true }],
    [{ code: 'E9' }, 404, { failure: 'rejected', detail: 'status 404', notActed: true }],
    [{ code: '404' }, 500, { failure: 'failing', detail: 'status 500' }],
  ] as const) {
    const { answer } = await asking(t, json(body, status), { ask });
    t.strictSame(answer, expected, `${status} ${JSON.stringify(body)}`);
  }
  const page: Answering = (_, response) => response.writeHead(404, { 'content-type': 'text/html' }).end('404');
  t.strictSame(
    (await asking(t, page, { ask })).answer,
    { failure: 'rejected', detail: 'status 404', notActed: true },
    'a wrong path',
  );
  const without = { ...ask, absent: undefined };
  t.match((await asking(t, json({ code: '404' }), { ask: without })).answer, { failure: 'rejected' });
});

t.test('when the data was true', async t => {
  const asOf = { header: 'Last-Modified', time: 'http-date' };
  const modified = { 'last-modified': 'Wed, 28 Feb 2024 16:00:00 GMT' };
  const dated = await asking(t, json({ no: '1', xm: '张三' }, 200, modified), { ask: { asOf } });
  t.strictSame(dated.answer, { ...answered, asOf: '2024-02-29T00:00:00+08:00' });
  t.strictSame((await asking(t, good, { ask: { asOf } })).answer, answered, 'where the system does not say');
  const wrong = await asking(t, json({}, 200, { 'last-modified': 'lately' }), { ask: { asOf, reply: { fields: {} } } });
  t.strictSame(wrong.answer, { failure: 'malformed', detail: 'as of: value is no http-date' });
  const inside = { from: 'meta.at', time: 'epoch-ms' };
  const body = { no: '1', xm: '张三', meta: { at: 1709136000000 } };
  const east = { utcOffset: '+09:00' };
  const { answer } = await asking(t, json(body), { ask: { asOf: inside }, settings: east });
  t.strictSame(answer, { ...answered, asOf: '2024-02-29T01:00:00+09:00' });
});

t.test('compressed answers are limited by what they unpack to', async t => {
  const coded =
    (coding: string, body: Buffer): Answering =>
    (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': coding });
      response.end(body);
    };
  const body = Buffer.from(JSON.stringify({ no: '1', xm: '张三' }));
  const bomb = Buffer.alloc(4_000_000, ' ');
  for (const [coding, pack] of [
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['GZIP', gzipSync],
  ] as const) {
    t.strictSame((await asking(t, coded(coding, pack(body)))).answer, answered, coding);
    const limited = await asking(t, coded(coding, pack(bomb)), { call: { replyLimit: 100_000 } });
    t.match(limited.answer, { failure: 'too-large' }, coding);
    t.match((await asking(t, coded(coding, pack(body).subarray(0, -3)))).answer, { failure: 'malformed' }, coding);
  }
  t.strictSame((await asking(t, coded('identity', body))).answer, answered);
  for (const coding of ['zstd', 'gzip, gzip', 'rot13']) {
    t.strictSame((await asking(t, coded(coding, body))).answer, {
      failure: 'malformed',
      detail: 'unknown content coding',
    });
  }
  const { asked } = await asking(t, good, { settings: { compression: true } });
  t.equal(asked[0]?.headers['accept-encoding'], 'gzip, br, deflate');
});

t.test('an answer may be as large as its limit, and no larger', async t => {
  const body = JSON.stringify({ no: '1', xm: '张三' });
  const replyLimit = Buffer.byteLength(body);
  t.strictSame((await asking(t, good, { call: { replyLimit } })).answer, answered);
  const { answer, system } = await asking(t, good, { call: { replyLimit: replyLimit - 1 } });
  t.strictSame(answer, { failure: 'too-large', detail: `more than ${replyLimit - 1} bytes` });
  await until(() => system.sockets[0]?.destroyed === true);
  const failing = await asking(t, json('x'.repeat(1000), 500), { call: { replyLimit: 100 }, settings: { retries: 0 } });
  t.match(failing.answer, { failure: 'failing' }, 'at an error nobody wants its text');
});

t.test('only safe questions are asked again', async t => {
  const failing = json({}, 503);
  const { answer, asked } = await asking(t, inTurn(failing, json({}, 502), good));
  t.strictSame(answer, answered);
  t.equal(asked.length, 3);
  const unsafe = await asking(t, inTurn(failing, good), { call: { safe: false } });
  t.match(unsafe.answer, { failure: 'busy' });
  t.equal(unsafe.asked.length, 1);
  const final = await asking(t, inTurn(json({}, 500), good));
  t.match(final.answer, { failure: 'failing' }, 'a 500 is an answer');
  t.equal(final.asked.length, 1);
  const never = await asking(t, inTurn(failing, good), { settings: { retries: 0 } });
  t.equal(never.asked.length, 1);
  const drop: Answering = (_, response) => response.socket?.resetAndDestroy();
  t.strictSame((await asking(t, inTurn(drop, drop, good))).answer, answered);
  const dropped = await asking(t, inTurn(drop, good), { call: { safe: false } });
  t.match(dropped.answer, { failure: 'unreachable' });
  t.equal(dropped.asked.length, 1);
  const half: Answering = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
    response.write('{"no"', () => response.socket?.resetAndDestroy());
  };
  t.strictSame((await asking(t, inTurn(half, good))).answer, answered);
  const cut = await asking(t, inTurn(half, good), { call: { safe: false } });
  t.match(cut.answer, { failure: 'cut-off' });
  t.equal(cut.asked.length, 1, 'never after bytes of an answer');
});

t.test('the deadline is for all tries together, and its end frees the connection', async t => {
  const silent: Answering = () => undefined;
  const { answer, system } = await asking(t, silent, { call: { deadline: 100 } });
  t.strictSame(answer, { failure: 'timeout', detail: 'no whole answer in time' });
  await until(() => system.sockets[0]?.destroyed === true);
  const trickle: Answering = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 10);
    response.on('close', () => clearInterval(timer));
  };
  const trickled = await asking(t, trickle, { call: { deadline: 100 } });
  t.match(trickled.answer, { failure: 'timeout' }, 'an answer that never ends');
  await until(() => trickled.system.sockets[0]?.destroyed === true);
  const often = await asking(t, json({}, 503), { settings: { retries: 5 }, call: { deadline: 30 } });
  t.ok(often.asked.length <= 3, 'five retries do not fit into 30 ms');
});

t.test('too many questions at a time are busy, and the next ones are welcome', async t => {
  const waiting: (() => void)[] = [];
  const slow: Answering = (asked, response, request) =>
    asked.url === '/persons/1'
      ? good(asked, response, request)
      : void waiting.push(() => good(asked, response, request));
  const { opened, system } = await asking(t, slow, { settings: { connections: 2, queue: 1 } });
  const ask = () => opened.ask({ id: '2' }, callOf({ ask: service }));
  const underWay = [ask(), ask(), ask()];
  t.strictSame(await ask(), {
    failure: 'busy',
    detail: '3 questions under way or waiting',
    notActed: true,
  });
  await until(() => waiting.length === 2);
  t.equal(system.sockets.length, 2, 'two connections');
  const timer = setInterval(() => waiting.shift()?.(), 1);
  t.strictSame(await Promise.all(underWay), [answered, answered, answered]);
  clearInterval(timer);
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
    t.strictSame(await once({}, request), { failure: 'rejected', detail, notActed: true });
  }
  t.equal(asked.length, 1, 'only the first');
});

t.test('a probe tells whether the system is there', async t => {
  const signal = new AbortController().signal;
  const system = await startHttp((asked, response) => response.writeHead(asked.url === '/api/up' ? 200 : 500).end());
  const up = adapter.open({ baseUrl: `${system.url}/api`, probe: { path: '/up' } }, contextOf());
  t.equal(await up.probe(signal), null);
  const down = adapter.open({ baseUrl: system.url, probe: { path: '/down' } }, contextOf());
  t.strictSame(await down.probe(signal), { failure: 'failing', detail: 'status 500' });
  const any = adapter.open({ baseUrl: system.url }, contextOf());
  t.equal(await any.probe(signal), null, 'any answer shows that it is up');
  await system.close();
  t.match(await any.probe(signal), { failure: 'unreachable' });
  await Promise.all([up.close(), down.close(), any.close()]);
});

t.test('a probe ends with its signal', async t => {
  const system = await startHttp(() => undefined);
  const opened = adapter.open({ baseUrl: system.url }, contextOf());
  const controller = new AbortController();
  const probing = opened.probe(controller.signal);
  await until(() => system.asked.length === 1);
  controller.abort();
  t.match(await probing, { failure: 'timeout' });
  t.match(await opened.probe(controller.signal), { failure: 'timeout' }, 'one that has ended already');
  await until(() => system.sockets[0]?.destroyed === true);
  await opened.close();
  await system.close();
});

t.test('closing waits for what is under way', async t => {
  let answer: (() => void) | undefined;
  const system = await startHttp((asked, response, request) => {
    answer = () => good(asked, response, request);
  });
  t.teardown(() => system.close());
  const opened = adapter.open({ baseUrl: system.url }, contextOf());
  const asking = opened.ask({ id: '1' }, callOf({ ask: service }));
  await until(() => answer !== undefined);
  const closing = opened.close();
  answer?.();
  t.strictSame(await asking, answered);
  await closing;
  t.match(await opened.ask({ id: '1' }, callOf({ ask: service })), { failure: 'unreachable' } as Failure);
});
