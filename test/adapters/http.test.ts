import t from 'tap';
import { adapter } from '../../adapters/http.js';
import { answered, asking, good, service } from './asking.js';
import { callOf, contextOf } from './calls.js';
import { type Answering, inTurn, json, startHttp, until } from './systems.js';

t.test('an answer may be as large as its limit, and no larger', async t => {
  const body = JSON.stringify({ no: '1', xm: '张三' });
  const replyLimit = Buffer.byteLength(body);
  t.strictSame((await asking(t, good, { call: { replyLimit } })).answer, answered);
  const { answer, system } = await asking(t, good, { call: { replyLimit: replyLimit - 1 } });
  t.strictSame(answer, { failure: 'too-large', detail: `more than ${replyLimit - 1} bytes` });
  await until(() => system.sockets[0]?.destroyed === true);
  const failing = await asking(t, json('x'.repeat(1000), 500), { call: { replyLimit: 100, retries: 0 } });
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
  const never = await asking(t, inTurn(failing, good), { call: { retries: 0 } });
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
  const often = await asking(t, json({}, 503), { call: { deadline: 30, retries: 5 } });
  t.ok(often.asked.length <= 3, 'five retries do not fit into 30 ms');
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

t.test('a probe shows the same credentials', async t => {
  const signal = new AbortController().signal;
  const system = await startHttp((_, response) => response.writeHead(204).end());
  t.teardown(() => system.close());
  for (const [authentication, path, url] of [
    [{ apiKey: { header: 'x-key', key: 'k' } }, '/up', '/up'],
    [{ queryKey: { parameter: 'ak', key: 'k' } }, '/up', '/up?ak=k'],
    [{ queryKey: { parameter: 'ak', key: 'k' } }, '/up?x=1', '/up?x=1&ak=k'],
  ] as const) {
    const opened = adapter.open({ baseUrl: system.url, authentication, probe: { path } }, contextOf());
    t.equal(await opened.probe(signal), null);
    t.equal(system.asked.at(-1)?.url, url);
    await opened.close();
  }
  t.equal(system.asked[0]?.headers['x-key'], 'k');
});

t.test('closing waits for what is under way', async t => {
  let answer: (() => void) | undefined;
  const system = await startHttp((asked, response, request) => {
    answer = () => good(asked, response, request);
  });
  t.teardown(() => system.close());
  const opened = adapter.open({ baseUrl: system.url }, contextOf());
  const underWay = opened.ask({ id: '1' }, callOf({ ask: service }));
  await until(() => answer !== undefined);
  const closing = opened.close();
  answer?.();
  t.strictSame(await underWay, answered);
  await closing;
  t.match(await opened.ask({ id: '1' }, callOf({ ask: service })), { failure: 'unreachable' });
});
