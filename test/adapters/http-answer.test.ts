import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import t from 'tap';
import { answered, asking, good } from './asking.js';
import { type Answering, json, startHttp } from './systems.js';

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
    const { answer } = await asking(t, json({ no: '1', xm: '张三' }, status, location), { call: { retries: 0 } });
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
