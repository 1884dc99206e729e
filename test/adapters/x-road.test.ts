/** The x-road adapter, against a security server written from the public text of PR-REST. */
import t from 'tap';
import { adapter } from '../../adapters/x-road.js';
import { shapeFindings, strings } from '../../src/registry/shape.js';
import { callOf, contextOf } from './calls.js';
import { makeAuthority } from './certificates.js';
import { inTurn, startHttps } from './systems.js';
import { answered, ask, asking, errorOf, securityServer, settings } from './x-road-server.js';

t.test('a question to a security server by the public protocol text', async t => {
  const { answer, asked, call, log } = await asking(t, securityServer(), {
    settings: { representedParty: 'GOV/4405', userIdCountry: 'CN' },
    call: { operator: 'p-17', case: '租房 2026-1' },
  });
  t.strictSame(answer, answered);
  const [one] = asked;
  t.equal(one?.url, `/r1/CN-TEST/GOV/4404/${encodeURIComponent('户籍 登记')}/persons/v1/1`, 'section 4.2');
  t.match(one?.headers, {
    'x-road-client': 'CN-TEST/GOV/4403/stile',
    'x-road-id': `${call.requestId}.1`,
    'x-road-userid': 'CNp-17',
    'x-road-issue': `${encodeURIComponent('租房')} 2026-1`,
    'x-road-represented-party': 'GOV/4405',
    'x-request-id': call.requestId,
    traceparent: call.traceparent,
  });
  const line = JSON.parse(log[0] ?? '');
  t.match(line, { level: 30, id: call.requestId, xRoad: { id: `${call.requestId}.1`, requestHash: /^.{88}$/ } });
  t.match(line.xRoad.requestId, /^[\da-f-]{36}$/);
});

t.test('what is not configured or not known is not sent', async t => {
  const { asked } = await asking(t, securityServer(), { settings: { client: 'CN-TEST/GOV/4403' } });
  const sent = Object.keys(asked[0]?.headers ?? {}).filter(name => name.startsWith('x-'));
  t.strictSame(sent.sort(), ['x-request-id', 'x-road-client', 'x-road-id']);
});

t.test('a service that is nothing but its code, with a query and a body', async t => {
  const bare = { path: undefined, method: 'POST', query: { q: 'id' }, body: { fields: { no: 'id' } } };
  const { answer, asked } = await asking(t, securityServer(), { ask: bare });
  t.strictSame(answer, answered);
  t.match(asked[0], { url: /\/persons\?q=1$/, body: '{"no":"1"}' });
});

t.test('each try is a message of its own', async t => {
  const { answer, asked, call } = await asking(t, inTurn(errorOf('Server.ServerProxy.NetworkError'), securityServer()));
  t.strictSame(answer, answered);
  const ids = asked.map(({ headers }) => headers['x-road-id']);
  t.strictSame(ids, [`${call.requestId}.1`, `${call.requestId}.2`]);
});

t.test("what X-Road's errors mean", async t => {
  for (const [type, failure, notActed] of [
    ['Client.BadRequest', 'rejected', true],
    ['Server.ServerProxy.AccessDenied', 'denied', true],
    ['server.serverproxy.access_denied', 'denied', true],
    ['Server.ClientProxy.SslAuthenticationFailed', 'denied', true],
    ['Server.ClientProxy.UnknownMember', 'rejected', true],
    ['Server.ServerProxy.UnknownService', 'rejected', true],
    ['Server.ServerProxy.ServiceDisabled', 'busy', true],
    ['Server.ServerProxy.NetworkError', 'unreachable', undefined],
    ['Server.ServerProxy.ServiceFailed', 'failing', undefined],
    ['Server.ClientProxy.OutdatedGlobalConf', 'failing', undefined],
  ] as const) {
    const { answer } = await asking(t, errorOf(type), { call: { safe: false } });
    const expected = { failure, detail: `X-Road-Error ${type}`, ...(notActed && { notActed }) };
    t.strictSame(answer, expected);
  }
  const { answer } = await asking(t, errorOf('440304198804123031'));
  t.strictSame(answer, { failure: 'failing', detail: 'X-Road-Error' }, 'no text that is not of the protocol is told');
});

t.test("the service's own errors are its own", async t => {
  const absent = { statuses: [404], reply: { fields: { id: { request: 'id' } } } };
  const nobody = await asking(t, securityServer({}, 404), { ask: { absent } });
  t.strictSame(nobody.answer, { body: { id: '1' } });
  const error = await asking(t, errorOf('Server.ServerProxy.UnknownService', 404), { ask: { absent } });
  t.match(error.answer, { failure: 'rejected' }, 'a service that X-Road does not know is nobody without data');
  t.match((await asking(t, securityServer({}, 405))).answer, { failure: 'rejected', detail: 'status 405' });
  const busy = await asking(t, securityServer({}, 503), { call: { retries: 0 } });
  t.match(busy.answer, { failure: 'busy' });
});

t.test('mutual TLS to the security server', async t => {
  const authority = makeAuthority('the security server');
  const server = authority.issue('127.0.0.1');
  const identity = authority.issue('stile');
  const options = { cert: server.certificate, key: server.key, ca: authority.certificate, requestCert: true };
  const system = await startHttps(securityServer(), options);
  t.teardown(() => system.close());
  const through = async (tls: object) => {
    const opened = adapter.open({ baseUrl: system.url, ...settings, tls }, contextOf());
    const found = await opened.ask({ id: '1' }, callOf({ ask }));
    await opened.close();
    return found;
  };
  const trusted = { authority: authority.certificate };
  const { certificate, key } = identity;
  t.strictSame(await through({ ...trusted, identity: { certificate, key } }), answered);
  t.match(await through(trusted), { failure: /^(denied|unreachable)$/ });
  t.equal(system.asked.length, 1, 'and nothing was said without a certificate');
});

t.test('identifiers that X-Road would not take, and headers that are its own', async t => {
  const faults = (value: object, schema = adapter.settingsSchema) =>
    shapeFindings({ baseUrl: 'https://a.stile.example', ...settings, ...value }, schema, strings.written);
  t.strictSame(faults({}), []);
  t.strictSame(faults({ client: 'CN-TEST/GOV/4403', representedParty: '4405' }), []);
  for (const client of ['CN-TEST/GOV', 'A/B/C/D/E', 'A/B/../D', 'A/B/C%2FD', 'A//C', 'A/B:C/D', 'A/B/C\u200b']) {
    t.match(faults({ client }), [{ pointer: '/client' }], client);
  }
  t.match(faults({ provider: 'CN-TEST/GOV/4404' }), [{ pointer: '/provider' }]);
  const services = (value: object) => shapeFindings({ ...ask, ...value }, adapter.serviceSchema, strings.written);
  t.strictSame(services({ headers: { 'x-channel': 'id' } }), []);
  t.not(services({ headers: { 'X-Road-Client': 'id' } }).length, 0);
  t.not(services({ serviceCode: 'a/b' }).length, 0);
  t.strictSame(adapter.check?.(settings, ask), []);
  t.match(adapter.check?.(settings, { ...ask, reply: { from: 'a', codes: 'none' } }), [{ pointer: '/reply/codes' }]);
  t.equal(adapter.names?.(ask).length, 3);
});
