/** What the stile adapter says to another gateway, and what it makes of the answers, against a server that a test decides. */
import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import t, { type Test } from 'tap';
import type { Call, JsonObject } from '../../adapters/adapter.js';
import { adapter } from '../../adapters/stile.js';
import { sandboxKey } from '../../src/identity/sandbox-key.js';
import { callOf, contextOf } from './calls.js';
import { type Answering, inTurn, json, startHttp } from './systems.js';

const deployment = 'guangdong.stile.example';
const ask = { service: 'civil-affairs/marriage-status/v1' };
const origin = {
  client: 'housing/permits',
  idempotencyKey: undefined,
  record: '2/17',
  via: [] as readonly string[],
};
const peer = { deployment, record: '0/5' };
const record = { 'stile-record': '0/5', 'stile-deployment': deployment };

const good: Answering = (_, response) => {
  const body = JSON.stringify({ status: 'married' });
  const digest = createHash('sha256').update(body).digest('base64');
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-digest': `sha-512=:AAAA:, sha-256=:${digest}:`,
    'stile-as-of': '2026-03-01T08:00:00.123+08:00',
    ...record,
  });
  response.end(body);
};
const answered = { body: { status: 'married' }, asOf: '2026-03-01T08:00:00.123+08:00', peer };

const problem = (status: number, code: string, headers: Record<string, string> = {}): Answering =>
  json({ code }, status, { 'content-type': 'application/problem+json', ...headers });
/** As a gateway answers that knows who asks. */
const refusal = (status: number, code: string, outcome: string): Answering =>
  problem(status, code, { ...record, 'stile-outcome': outcome });

const isToken = ({ url }: { readonly url: string }): boolean => url.endsWith('/oauth2/token');

async function between(t: Test, answer: Answering, settings: JsonObject = {}, prefix = '') {
  const token = json({ access_token: 'a', token_type: 'Bearer', expires_in: 300 });
  const gateway = await startHttp((...given) => (isToken(given[0]) ? token : answer)(...given));
  const key = String(sandboxKey('shenzhen/gateway').export({ type: 'pkcs8', format: 'pem' }));
  const opened = adapter.open(
    { baseUrl: gateway.url + prefix, deployment, clientId: 'shenzhen/gateway', privateKey: key, ...settings },
    { ...contextOf(), deployment: 'shenzhen.stile.example' },
  );
  t.teardown(async () => {
    await opened.close();
    await gateway.close();
  });
  const once = (call: Partial<Call> = {}) => opened.ask({ residentId: '1' }, callOf({ ask, origin, ...call }));
  const asked = () => gateway.asked.filter(asked => !isToken(asked));
  return { gateway, opened, once, asked };
}

t.test('the question carries all that the peer must know', async t => {
  const { once, asked } = await between(t, good, { purposes: { 'public-rental-housing': 'rental' } });
  const call = { case: '深〔2026〕12号', operator: '李娜', requestId: 'r'.repeat(22), traceparent: '00-1-2-01' };
  t.strictSame(await once(call), answered);
  const [{ method, url, headers, body } = { headers: {} as Record<string, string> }] = asked();
  t.strictSame([method, url, body], ['POST', '/exchange/civil-affairs/marriage-status/v1', '{"residentId":"1"}']);
  t.match(headers, {
    authorization: 'Bearer a',
    'content-type': 'application/json',
    'stile-purpose': 'rental',
    'stile-on-behalf-of': 'housing/permits',
    'stile-via': 'shenzhen.stile.example',
    'stile-record': '2/17',
    'x-request-id': 'r'.repeat(22),
    traceparent: '00-1-2-01',
  });
  const utf8 = (name: string) => Buffer.from(String(headers[name]), 'latin1').toString('utf8');
  t.equal(utf8('stile-case'), '深〔2026〕12号');
  t.equal(utf8('stile-operator'), '李娜');
  t.equal(headers['idempotency-key'], undefined);
  await once({ purpose: 'marriage-registration', origin: { ...origin, via: ['a.example', 'b.example'] } });
  t.match(asked()[1]?.headers, {
    'stile-purpose': 'marriage-registration',
    'stile-via': 'a.example, b.example, shenzhen.stile.example',
  });
});

t.test('with effects one key of the client is one key at the peer, and another for everybody else', async t => {
  const { once, asked } = await between(t, good);
  const key = (of: Partial<typeof origin>) => ({ ...origin, idempotencyKey: 'k', ...of }) as Call['origin'];
  for (const [call, of] of [
    [{}, {}],
    [{ requestId: 'another' }, { record: '2/99' }],
    [{}, { idempotencyKey: 'l' }],
    [{}, { client: 'housing/portal' }],
    [{ service: 'guangdong/other/v1' }, {}],
  ] as [Partial<Call>, Partial<typeof origin>][]) {
    await once({ safe: false, retries: 0, ...call, origin: key(of) });
  }
  const [first, again, ...others] = asked().map(({ headers }) => headers['idempotency-key']);
  t.match(first, /^[\w-]{43}$/);
  t.equal(again, first);
  t.equal(new Set([first, ...others]).size, 4);
});

t.test('refusals mean what their codes say, and what was done what their outcome says', async t => {
  for (const [answer, expected] of [
    [refusal(403, 'STILE_AGREEMENT_NONE', 'refused'), { failure: 'denied', notActed: true, peer }],
    [refusal(403, 'STILE_AGREEMENT_SUSPENDED', 'unknown'), { failure: 'denied', peer }],
    [refusal(404, 'STILE_SERVICE_UNKNOWN', 'refused'), { failure: 'rejected', notActed: true, peer }],
    [refusal(400, 'STILE_REQUEST_INVALID', 'refused'), { failure: 'rejected', notActed: true, peer }],
    [refusal(429, 'STILE_QUOTA', 'refused'), { failure: 'busy', notActed: true, peer }],
    [refusal(409, 'STILE_REPEAT_UNANSWERED', 'refused'), { failure: 'rejected', peer }],
    [refusal(504, 'STILE_DEPARTMENT_TIMEOUT', 'failed'), { failure: 'timeout', notActed: true, behind: true, peer }],
    [refusal(504, 'STILE_DEPARTMENT_TIMEOUT', 'unknown'), { failure: 'timeout', behind: true, peer }],
    [refusal(502, 'STILE_DEPARTMENT_CUT_OFF', 'unknown'), { failure: 'cut-off', behind: true, peer }],
    [refusal(503, 'STILE_DEPARTMENT_PAUSED', 'failed'), { failure: 'busy', notActed: true, behind: true, peer }],
    [refusal(502, 'STILE_REPLY_OTHER_SUBJECT', 'failed'), { failure: 'malformed', notActed: true, behind: true, peer }],
    [refusal(503, 'STILE_RECORD_UNAVAILABLE', 'unknown'), { failure: 'busy', peer }],
    [problem(403, 'STILE_PEER_LOOP'), { failure: 'denied', notActed: true }],
    [problem(503, 'STILE_OVERLOADED'), { failure: 'busy', notActed: true }],
    [problem(500, 'STILE_FAULT', { ...record, 'stile-deployment': 'jiangsu.stile.example' }), { failure: 'failing' }],
  ] as [Answering, JsonObject][]) {
    const { once, asked } = await between(t, answer);
    const { detail, ...found } = (await once({ safe: false, retries: 0 })) as { readonly detail: string };
    t.strictSame(found, expected, detail);
    t.match(detail, /^status \d{3} STILE_[A-Z_]+$/);
    t.equal(asked().length, 1);
  }
});

t.test('what the peer answers itself is not asked again; what stands before it may be passing', async t => {
  const away = json({}, 503);
  const one = await between(t, inTurn(away, good));
  t.strictSame(await one.once({ retries: 1 }), answered);
  t.equal(one.asked().length, 2);
  const two = await between(t, inTurn(refusal(503, 'STILE_DEPARTMENT_UNREACHABLE', 'failed'), good));
  t.match(await two.once({ retries: 1 }), { failure: 'unreachable', behind: true });
  t.equal(two.asked().length, 1);
  const three = await between(t, inTurn(problem(401, 'STILE_TOKEN_EXPIRED'), good));
  t.strictSame(await three.once({ safe: false, retries: 0, origin: { ...origin, idempotencyKey: 'k' } }), answered);
  t.equal(three.gateway.asked.length, 4, 'two tokens, two questions');
});

t.test('a path of the base URL goes before all of the peer’s own', async t => {
  const { gateway, once } = await between(t, good, {}, '/stile/');
  t.strictSame(await once(), answered);
  t.strictSame(
    gateway.asked.map(({ url }) => url),
    ['/stile/oauth2/token', '/stile/exchange/civil-affairs/marriage-status/v1'],
  );
  const assertion = new URLSearchParams(gateway.asked[0]?.body).get('client_assertion') ?? '';
  t.equal(decodeJwt(assertion).aud, `${gateway.url}/stile`, 'for the issuer, which has no slash at its end');
});

t.test('the probe asks whether the peer is ready', async t => {
  const { opened, asked } = await between(t, json({}, 200));
  t.equal(await opened.probe(AbortSignal.timeout(20_000)), null);
  t.strictSame(
    asked().map(({ url }) => url),
    ['/health/ready'],
  );
});
