import t, { type Test } from 'tap';
import type { JsonObject } from '../../adapters/adapter.js';
import { adapter } from '../../adapters/http.js';
import { callOf, contextOf } from './calls.js';
import { makeAuthority } from './certificates.js';
import { type Answering, inTurn, json, startHttp, startHttps, until } from './systems.js';

const ask = { method: 'GET', path: '/', reply: { fields: { id: 'no' } } };
const answered = { body: { id: '1' } };
const clientSecret = 's3cret/+ü';

/** Takes the tokens it is told to, and no other. */
const department =
  (accepted: ReadonlySet<string>): Answering =>
  (asked, response, request) => {
    const good = accepted.has(String(asked.headers.authorization));
    (good ? json({ no: '1' }) : json({}, 401))(asked, response, request);
  };

const token = (value: string, expires_in: unknown = 3600): Answering =>
  json({ access_token: value, token_type: 'Bearer', expires_in });

async function between(t: Test, tokens: Answering, accepted: readonly string[], oauth: JsonObject = {}) {
  const issuer = await startHttp(tokens);
  const live = new Set(accepted.map(value => `Bearer ${value}`));
  const system = await startHttp(department(live));
  const log: string[] = [];
  const settings = {
    baseUrl: system.url,
    authentication: { oauth2: { tokenUrl: `${issuer.url}/token`, clientId: 'stile:1', clientSecret, ...oauth } },
  };
  const opened = adapter.open(settings, contextOf(log));
  t.teardown(async () => {
    await opened.close();
    await Promise.all([issuer.close(), system.close()]);
  });
  return { issuer, system, live, log, opened, once: (call = {}) => opened.ask({}, callOf({ ask, ...call })) };
}

t.test('a token is fetched once and used until its end', async t => {
  const { issuer, system, once } = await between(t, token('a'), ['a'], { scope: 'marriage read', audience: 'reg' });
  t.strictSame(await Promise.all([once(), once(), once()]), [answered, answered, answered]);
  t.strictSame(await once(), answered);
  t.equal(issuer.asked.length, 1, 'one request for all that waited');
  t.equal(system.asked.length, 4);
  const [asked] = issuer.asked;
  t.equal(asked?.method, 'POST');
  t.equal(asked?.url, '/token');
  t.equal(asked?.headers['content-type'], 'application/x-www-form-urlencoded');
  t.strictSame(Object.fromEntries(new URLSearchParams(asked?.body)), {
    grant_type: 'client_credentials',
    scope: 'marriage read',
    audience: 'reg',
  });
  // RFC 6749, section 2.3.1: id and secret are form-encoded first.
  const basic = Buffer.from('stile%3A1:s3cret%2F%2B%C3%BC').toString('base64');
  t.equal(asked?.headers.authorization, `Basic ${basic}`);
});

t.test('credentials in the body, for servers that want them there', async t => {
  const { issuer, once } = await between(t, token('a'), ['a'], { credentials: 'body' });
  t.strictSame(await once(), answered);
  const form = new URLSearchParams(issuer.asked[0]?.body);
  t.equal(form.get('client_id'), 'stile:1');
  t.equal(form.get('client_secret'), clientSecret);
  t.equal(issuer.asked[0]?.headers.authorization, undefined);
});

t.test('a token that the department refuses is replaced once', async t => {
  const { issuer, system, live, once } = await between(t, inTurn(token('a'), token('b')), ['a', 'b']);
  t.strictSame(await once(), answered);
  live.delete('Bearer a');
  t.strictSame(await once({ safe: false }), answered, 'nothing was done under the refused one, so effects are safe');
  t.equal(issuer.asked.length, 2);
  t.equal(system.asked.length, 3);
  live.clear();
  t.strictSame(await once(), { failure: 'denied', detail: 'status 401', notActed: true });
  t.equal(system.asked.length, 5, 'and no third time');
});

t.test('calls that were refused together fetch one new token together', async t => {
  const { issuer, live, once } = await between(t, inTurn(token('a'), token('b')), ['a', 'b']);
  await once();
  live.delete('Bearer a');
  t.strictSame(await Promise.all([once(), once(), once()]), [answered, answered, answered]);
  t.equal(issuer.asked.length, 2);
});

t.test('a token is renewed ahead of its end, without making anybody wait', async t => {
  let ahead = 0;
  const real = performance.now.bind(performance);
  t.intercept(performance, 'now', { value: () => real() + ahead });
  let release: (() => void) | undefined;
  const slow: Answering = (...given) => {
    release = () => token('b')(...given);
  };
  const { issuer, system, live, once } = await between(t, inTurn(token('a', 1000), slow, token('c')), ['a', 'b', 'c']);
  const used = async () => {
    t.strictSame(await once(), answered);
    return system.asked.at(-1)?.headers.authorization;
  };
  t.equal(await used(), 'Bearer a');
  ahead = 790_000;
  t.equal(await used(), 'Bearer a');
  t.equal(issuer.asked.length, 1);
  ahead = 810_000;
  t.equal(await used(), 'Bearer a', 'still good');
  t.equal(await used(), 'Bearer a');
  await until(() => release !== undefined);
  t.equal(issuer.asked.length, 2, 'but the next is on its way, once');
  live.delete('Bearer a');
  release?.();
  t.equal(await used(), 'Bearer b');
  ahead += 3_600_000;
  t.equal(await used(), 'Bearer c', 'one past its end is never used');
});

t.test('a token that cannot be renewed is used to its end', async t => {
  let ahead = 0;
  const real = performance.now.bind(performance);
  t.intercept(performance, 'now', { value: () => real() + ahead });
  const { issuer, once } = await between(t, inTurn(token('a', 1000), json({}, 500)), ['a']);
  await once();
  ahead = 900_000;
  t.strictSame(await once(), answered);
  await until(() => issuer.asked.length === 2);
  t.strictSame(await once(), answered);
  ahead = 1_001_000;
  t.match(await once(), { failure: 'failing', detail: 'token endpoint: status 500' });
});

t.test('what a token endpoint may do', async t => {
  const answer = (body: unknown, status = 200): Answering => json(body, status);
  for (const [what, tokens, failure] of [
    ['refuses the client', answer({ error: 'invalid_client' }, 401), 'denied'],
    ['refuses the request', answer({ error: 'invalid_scope' }, 400), 'denied'],
    ['fails', answer({}, 500), 'failing'],
    ['redirects', answer({}, 302), 'failing'],
    ['no token', answer({ token_type: 'bearer' }), 'malformed'],
    ['another type', answer({ access_token: 'a', token_type: 'mac' }), 'malformed'],
    ['no type', answer({ access_token: 'a' }), 'malformed'],
    ['a token that would break its header', answer({ access_token: 'a\r\nx: y', token_type: 'bearer' }), 'malformed'],
    ['an end before its beginning', answer({ access_token: 'a', token_type: 'bearer', expires_in: -1 }), 'malformed'],
    ['an end that is no number', answer({ access_token: 'a', token_type: 'bearer', expires_in: 'soon' }), 'malformed'],
    ['a list', answer(['a']), 'malformed'],
    ['nothing', answer(null), 'malformed'],
    ['not JSON', (_, response) => response.end('<html>'), 'malformed'],
    ['too much', answer('x'.repeat(70_000)), 'too-large'],
    ['hangs up', (_, response) => response.socket?.resetAndDestroy(), 'unreachable'],
    ['hangs', () => undefined, 'timeout'],
  ] as [string, Answering, string][]) {
    const { once, system, log } = await between(t, tokens, ['a']);
    const found = await once({ deadline: failure === 'timeout' ? 100 : 2000 });
    t.match(found, { failure, detail: /token/, notActed: true }, what);
    t.equal(system.asked.length, 0, 'nothing is asked without a token');
    t.notMatch(JSON.stringify([found, log]), /s3cret/);
  }
});

t.test('a token without a stated end is used', async t => {
  const { issuer, once } = await between(t, json({ access_token: 'a', token_type: 'bearer' }), ['a']);
  await once();
  t.strictSame(await once(), answered);
  t.equal(issuer.asked.length, 1);
});

t.test('after a failure the next call tries again', async t => {
  const { once, log } = await between(t, inTurn(json({}, 503), token('a')), ['a']);
  t.match(await once({ safe: false }), { failure: 'failing' });
  t.match(log, [/token endpoint: status 503/]);
  t.strictSame(await once(), answered);
});

t.test('a probe that waits for a token ends with its signal', async t => {
  const { opened, issuer } = await between(t, () => undefined, []);
  const controller = new AbortController();
  const probing = opened.probe(controller.signal);
  await until(() => issuer.asked.length === 1);
  controller.abort();
  t.match(await probing, { failure: 'timeout', detail: 'no token in time' });
});

t.test('the token endpoint is held to the same TLS', async t => {
  const { certificate, key } = makeAuthority('a private authority').issue('127.0.0.1');
  const issuer = await startHttps(token('a'), { cert: certificate, key });
  t.teardown(() => issuer.close());
  const { once } = await between(t, token('a'), ['a'], { tokenUrl: issuer.url });
  t.match(await once(), { failure: 'unreachable', detail: /^token endpoint: / });
  t.equal(issuer.asked.length, 0);
});
