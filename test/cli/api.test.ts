import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { openApi } from '../../src/cli/api.js';

interface Seen {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly language: string | undefined;
  readonly body: string;
}

/** A gateway that gives tokens `token-1`, `token-2`, … and answers as the test says. */
async function gateway(t: Test, answer: (seen: Seen) => { status: number; body: unknown }) {
  const seen: Seen[] = [];
  const tokens: string[] = [];
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const reply = (status: number, value: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (request.url === '/.well-known/oauth-authorization-server') return reply(200, { issuer: 'https://gw.example' });
    if (request.url === '/oauth2/token') {
      tokens.push(body);
      return reply(200, { access_token: `token-${tokens.length}` });
    }
    const one = {
      path: request.url ?? '',
      authorization: request.headers.authorization,
      language: request.headers['accept-language'],
      body,
    };
    seen.push(one);
    const { status, body: value } = answer(one);
    return reply(status, value);
  }).listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  t.teardown(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, seen, tokens };
}

t.test('a sandbox token is got once and renewed when it has expired', async t => {
  const { url, seen, tokens } = await gateway(t, one =>
    one.authorization === 'Bearer token-1' && seen.length === 2
      ? { status: 401, body: { title: 'expired', code: 'STILE_TOKEN_EXPIRED' } }
      : { status: 200, body: { fine: true } },
  );
  const api = openApi({ language: 'zh', staff: 'security', environment: { STILE_URL: `${url}/` } });
  t.match(await api.get('/audit/records/0/1'), { ok: true, body: { fine: true } });
  t.match(await api.post('/audit/search', { limit: 1 }), { ok: true });
  t.same(
    seen.map(one => [one.path, one.authorization, one.language, one.body]),
    [
      ['/audit/records/0/1', 'Bearer token-1', 'zh', ''],
      ['/audit/search', 'Bearer token-1', 'zh', '{"limit":1}'],
      ['/audit/search', 'Bearer token-2', 'zh', '{"limit":1}'],
    ],
  );
  t.equal(tokens.length, 2);
});

t.test('a given token is used as it is, and a 401 is the answer', async t => {
  const { url, seen, tokens } = await gateway(t, () => ({
    status: 401,
    body: { title: 'The token has expired', code: 'STILE_TOKEN_EXPIRED', remedy: 'Get a new one.' },
  }));
  const environment = { STILE_URL: url, STILE_TOKEN: 'mine' };
  const answer = await openApi({ language: 'en', staff: 'security', environment }).get('/x');
  t.same(answer, {
    ok: false,
    status: 401,
    code: 'STILE_TOKEN_EXPIRED',
    lines: ['The token has expired (STILE_TOKEN_EXPIRED)', 'Get a new one.'],
  });
  t.equal(seen.length, 1);
  t.equal(seen[0]?.authorization, 'Bearer mine');
  t.equal(tokens.length, 0);
});

t.test('what is wrong with the data is said line by line, without control characters', async t => {
  const { url } = await gateway(t, () => ({
    status: 400,
    body: { title: 'Not valid\u001b[2J', errors: [{ pointer: '/limit', message: 'must be <= 500' }] },
  }));
  const environment = { STILE_URL: url, STILE_TOKEN: 'mine' };
  const answer = await openApi({ language: 'en', staff: 'security', environment }).post('/audit/search', {});
  t.match(answer, { ok: false, lines: ['Not valid<U+001B>[2J', '  /limit: must be <= 500'] });
});

t.test('a gateway that is not there is said so, with its address and no stack', async t => {
  const environment = { STILE_URL: 'http://127.0.0.1:1', STILE_TOKEN: 'mine' };
  const answer = await openApi({ language: 'en', staff: 'security', environment }).get('/x');
  t.match(answer, {
    ok: false,
    status: undefined,
    lines: [/cannot be reached at http:\/\/127\.0\.0\.1:1 \(/, /STILE_URL/],
  });
});
