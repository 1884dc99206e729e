/** A value of a request tries to become more of the question to the department than a value. */
import t from 'tap';
import type { JsonObject } from '../../adapters/adapter.js';
import { adapter } from '../../adapters/http.js';
import { callOf, contextOf } from '../adapters/calls.js';
import { json, startHttp } from '../adapters/systems.js';

const system = await startHttp(json({ no: '1' }));
const opened = adapter.open(
  { baseUrl: `${system.url}/api`, authentication: { queryKey: { parameter: 'ak', key: 'k' } } },
  contextOf(),
);
t.teardown(async () => {
  await opened.close();
  await system.close();
});

const ask = {
  method: 'POST',
  path: '/persons/{id}/marriages',
  query: { q: { from: 'q', optional: true } },
  headers: { 'x-h': { from: 'h', optional: true } },
  body: { fields: { b: { from: 'b', optional: true } } },
  reply: { fields: { id: 'no' } },
};
const send = async (request: JsonObject, call: JsonObject = {}) => {
  const before = system.asked.length;
  const answer = await opened.ask(request, callOf({ ask, safe: false, ...call }));
  return { answer, asked: system.asked.slice(before) };
};

t.test('no value leaves its segment of the path', async t => {
  for (const id of [
    ...[
      'a/b',
      'a\\b',
      'a?b=c',
      'a#b',
      'a%2fb',
      'a%00b',
      'a b',
      'a;b',
      'a&b',
      'a+b',
      'a@b',
      '张三',
      '%',
      '%2e%2e',
      '...',
      '😀',
    ],
    ...[
      'a\r\nHost: x',
      '\u0000',
      '\u202e',
      'http://127.0.0.1:9/',
      '//127.0.0.1',
      'x'.repeat(5000),
      '.a',
      'a.',
      'a/..b',
      '~',
      '*',
    ],
  ]) {
    const { answer, asked } = await send({ id });
    t.strictSame(answer, { body: { id: '1' } }, JSON.stringify(id));
    const [, segment = ''] = /^\/api\/persons\/([^/?#\\\s]+)\/marriages\?ak=k$/.exec(asked[0]?.url ?? '') ?? [];
    t.equal(decodeURIComponent(segment), id, 'and arrives as it was');
    t.match(segment, /^[\x21-\x7e]+$/);
    t.equal(new URL(asked[0]?.url ?? '', system.url).pathname, `/api/persons/${segment}/marriages`);
  }
});

t.test('no value is a step up or nowhere, even for a server that decodes before it routes', async t => {
  for (const id of [
    '',
    '.',
    '..',
    '../..',
    'a/../b',
    './a',
    'a/.',
    '..\\..',
    'a\\..\\b',
    '/..',
    '../',
    '/.',
    '..\\',
    '\\..',
  ]) {
    const { answer, asked } = await send({ id });
    t.strictSame(
      answer,
      { failure: 'rejected', detail: 'not asked: a parameter would change the path', notActed: true },
      JSON.stringify(id),
    );
    t.equal(asked.length, 0);
  }
});

t.test('two values together make no step up either', async t => {
  const two = { ...ask, path: '/persons/{a}{b}' };
  const answer = await opened.ask({ a: '.', b: '.' }, callOf({ ask: two }));
  t.match(answer, { failure: 'rejected' });
  t.match(await opened.ask({ a: '', b: '' }, callOf({ ask: two })), { failure: 'rejected' });
  t.match(await opened.ask({ a: '.', b: 'x' }, callOf({ ask: two })), { body: { id: '1' } });
});

t.test('no value becomes another parameter of the query, or takes the place of the key', async t => {
  for (const q of ['a&ak=other', 'a#b', 'a=b', 'a;b', '%26', '&', 'a\r\nb', '张', '?']) {
    const { asked } = await send({ id: '1', q });
    const query = new URL(asked[0]?.url ?? '', system.url).searchParams;
    t.strictSame(
      [...query],
      [
        ['ak', 'k'],
        ['q', q],
      ],
      q,
    );
  }
});

t.test('no value ends its header', async t => {
  for (const h of ['a\r\nx-admin: 1', 'a\nx: y', 'a\rb', 'a\u0000b', '\u0085', '\u007f', '\t']) {
    const { answer, asked } = await send({ id: '1', h });
    t.strictSame(answer, {
      failure: 'rejected',
      detail: 'not asked: header x-h would hold a control character',
      notActed: true,
    });
    t.equal(asked.length, 0);
  }
  for (const [h, sent] of [
    ['a: b, c; d="e"', 'a: b, c; d="e"'],
    ['张三', '%E5%BC%A0%E4%B8%89'],
    ['100%', '100%25'],
    ['a\u2028b', 'a%E2%80%A8b'],
    ['čs', '%C4%8Ds'],
    // Its low byte alone would be a line feed.
    ['\u010a', '%C4%8A'],
  ]) {
    const { asked } = await send({ id: '1', h });
    t.equal(asked[0]?.headers['x-h'], sent);
    t.equal(asked[0]?.rawHeaders.filter(name => /^x-admin$/i.test(name)).length, 0);
  }
});

t.test('nor does what the call brings along', async t => {
  const told = {
    baseUrl: `${system.url}/api`,
    callHeaders: { case: 'x-case', operator: 'x-operator', purpose: 'x-purpose' },
  };
  const other = adapter.open(told, contextOf());
  const call = { case: 'a\r\nx-admin: 1', operator: '\u010ax-admin: 1', purpose: 'p\u0000' };
  t.match(await other.ask({ id: '1' }, callOf({ ask, ...call })), { body: { id: '1' } });
  const headers = system.asked.at(-1)?.headers;
  t.equal(headers?.['x-case'], 'a%0D%0Ax-admin: 1');
  t.equal(headers?.['x-operator'], '%C4%8Ax-admin: 1');
  t.equal(headers?.['x-purpose'], 'p%00');
  t.equal(headers?.['x-admin'], undefined);
  await other.close();
});

t.test('no value becomes another member of the body', async t => {
  const { asked } = await send({ id: '1', b: '","admin":true,"x":"' });
  t.strictSame(JSON.parse(asked[0]?.body ?? ''), { b: '","admin":true,"x":"' });
});

t.test('an inherited member is no value', async t => {
  for (const from of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    const answer = await opened.ask({ id: '1' }, callOf({ ask: { ...ask, path: `/${`{${from}}`}` } }));
    t.match(answer, { failure: 'rejected', detail: /is missing/ }, from);
  }
});
