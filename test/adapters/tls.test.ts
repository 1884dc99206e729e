import type { TLSSocket } from 'node:tls';
import t from 'tap';
import type { JsonObject } from '../../adapters/adapter.js';
import { adapter } from '../../adapters/http.js';
import { callOf, contextOf } from './calls.js';
import { makeAuthority } from './certificates.js';
import { json, startHttps } from './systems.js';

const authority = makeAuthority('a private authority');
const stranger = makeAuthority('another authority');
const server = authority.issue('127.0.0.1');
const gateway = authority.issue('stile');
const good = json({ no: '1' });
const ask = { method: 'GET', path: '/', reply: { fields: { id: 'no' } } };
const answered = { body: { id: '1' } };

async function asking(settings: JsonObject, log: string[] = []) {
  const opened = adapter.open(settings, contextOf(log));
  const answer = await opened.ask({}, callOf({ ask }));
  await opened.close();
  return answer;
}

t.test('a private authority is trusted where config names it, and nowhere else', async t => {
  const system = await startHttps(good, { cert: server.certificate, key: server.key });
  t.teardown(() => system.close());
  const { url: baseUrl } = system;
  t.strictSame(await asking({ baseUrl, tls: { authority: authority.certificate } }), answered);
  for (const tls of [undefined, {}, { authority: stranger.certificate }]) {
    const log: string[] = [];
    const answer = await asking({ baseUrl, ...(tls && { tls }) }, log);
    t.match(answer, { failure: 'unreachable', detail: /unable to verify|UNABLE_TO_VERIFY/ });
    t.strictSame(log, []);
  }
  t.equal(system.asked.length, 1, 'nothing was said to a system that was not verified');
});

t.test('names and dates of certificates are judged', async t => {
  const tls = { authority: authority.certificate };
  const named = authority.issue('registration.civil-affairs.stile.example');
  const system = await startHttps(good, { cert: named.certificate, key: named.key });
  t.teardown(() => system.close());
  t.match(await asking({ baseUrl: system.url, tls }), { failure: 'unreachable', detail: /ALTNAME/ });
  const serverName = 'registration.civil-affairs.stile.example';
  t.strictSame(await asking({ baseUrl: system.url, tls: { ...tls, serverName } }), answered);
  const expired = authority.issue('127.0.0.1', { until: new Date('2021-01-01T00:00:00Z') });
  const old = await startHttps(good, { cert: expired.certificate, key: expired.key });
  t.teardown(() => old.close());
  t.match(await asking({ baseUrl: old.url, tls }), { failure: 'unreachable', detail: /CERT_HAS_EXPIRED/ });
});

t.test('unverified TLS is said at each start', async t => {
  const system = await startHttps(good, { cert: server.certificate, key: server.key });
  t.teardown(() => system.close());
  const log: string[] = [];
  t.strictSame(await asking({ baseUrl: system.url, unverifiedTls: true }, log), answered);
  t.match(log, [/"level":40.*unverifiedTls/]);
});

t.test('mutual TLS', async t => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const options = {
      cert: server.certificate,
      key: server.key,
      ca: authority.certificate,
      requestCert: true,
      maxVersion,
    };
    let subject: string | undefined;
    const system = await startHttps((asked, response, request) => {
      subject = String((request.socket as TLSSocket).getPeerCertificate().subject.CN);
      good(asked, response, request);
    }, options);
    t.teardown(() => system.close());
    const { url: baseUrl } = system;
    const trust = { authority: authority.certificate };
    const { certificate, key } = gateway;
    t.strictSame(await asking({ baseUrl, tls: { ...trust, identity: { certificate, key } } }), answered, maxVersion);
    t.equal(subject, 'stile');
    const foreign = stranger.issue('stile');
    const answer = await asking({
      baseUrl,
      tls: { ...trust, identity: { certificate: foreign.certificate, key: foreign.key } },
    });
    t.match(answer, { failure: /^(denied|unreachable)$/ }, `${maxVersion} ${JSON.stringify(answer)}`);
    const none = await asking({ baseUrl, tls: trust });
    t.match(none, { failure: /^(denied|unreachable)$/ }, `${maxVersion} ${JSON.stringify(none)}`);
    t.equal(system.asked.length, 1);
  }
});

t.test('old TLS is not spoken', async t => {
  const options = { cert: server.certificate, key: server.key, maxVersion: 'TLSv1.1', minVersion: 'TLSv1' } as const;
  const system = await startHttps(good, { ...options, ciphers: 'DEFAULT@SECLEVEL=0' });
  t.teardown(() => system.close());
  const answer = await asking({ baseUrl: system.url, tls: { authority: authority.certificate } });
  t.match(answer, { failure: 'unreachable' });
});

t.test('plain HTTP is no way around TLS', async t => {
  const system = await startHttps(good, { cert: server.certificate, key: server.key });
  t.teardown(() => system.close());
  t.match(await asking({ baseUrl: system.url.replace('https', 'http') }), {
    failure: /^(unreachable|malformed|rejected)$/,
  });
});
