/** The gateway proves itself to an authorisation server by assertions signed with its own key. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import t, { type Test } from 'tap';
import type { JsonObject } from '../../adapters/adapter.js';
import { adapter } from '../../adapters/http.js';
import { shapeFindings, strings } from '../../src/registry/shape.js';
import { callOf, contextOf } from './calls.js';
import { json, startHttp } from './systems.js';

const pem = (key: KeyObject): string => String(key.export({ type: 'pkcs8', format: 'pem' }));

async function between(t: Test, privateKeyJwt: JsonObject, oauth: JsonObject = {}) {
  const issuer = await startHttp(json({ access_token: 'a', token_type: 'Bearer', expires_in: 1 }));
  const system = await startHttp(json({ no: '1' }));
  const log: string[] = [];
  const oauth2 = { tokenUrl: `${issuer.url}/token`, clientId: 'stile:1', privateKeyJwt, ...oauth };
  const opened = adapter.open({ baseUrl: system.url, authentication: { oauth2 } }, contextOf(log));
  t.teardown(async () => {
    await opened.close();
    await Promise.all([issuer.close(), system.close()]);
  });
  const ask = { method: 'GET', path: '/', reply: { fields: { id: 'no' } } };
  return { issuer, system, log, once: () => opened.ask({}, callOf({ ask })) };
}

t.test('with each kind of key, for one use each', async t => {
  for (const [alg, pair] of [
    ['ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['EdDSA', generateKeyPairSync('ed25519')],
    ['PS256', generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ] as const) {
    const { issuer, once } = await between(t, { key: pem(pair.privateKey) }, { scope: 'marriage' });
    t.strictSame(await once(), { body: { id: '1' } }, alg);
    const [asked] = issuer.asked;
    t.equal(asked?.headers.authorization, undefined);
    const form = Object.fromEntries(new URLSearchParams(asked?.body));
    t.match(form, {
      grant_type: 'client_credentials',
      scope: 'marriage',
      client_id: 'stile:1',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
    t.notOk('client_secret' in form);
    const { payload, protectedHeader } = await jwtVerify(form.client_assertion ?? '', pair.publicKey, {
      issuer: 'stile:1',
      subject: 'stile:1',
      audience: `${issuer.url}/token`,
      requiredClaims: ['exp', 'iat', 'jti'],
    });
    t.strictSame(protectedHeader, { alg });
    t.equal((payload.exp ?? 0) - (payload.iat ?? 0), 60);
  }
});

t.test('under the name and for the audience that config has', async t => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { issuer, once } = await between(t, {
    key: pem(privateKey),
    keyId: 'k1',
    audience: 'https://id.stile.example',
  });
  await once();
  const assertion = new URLSearchParams(issuer.asked[0]?.body).get('client_assertion') ?? '';
  t.equal(decodeProtectedHeader(assertion).kid, 'k1');
  await t.resolves(jwtVerify(assertion, publicKey, { audience: 'https://id.stile.example' }));
});

t.test('a key that cannot sign them asks nobody, and is told of without a word of it', async t => {
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  const other = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
  const publicKey = String(generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }));
  for (const key of ['not a key', pem(weak), pem(other), publicKey]) {
    const { issuer, system, log, once } = await between(t, { key });
    t.match(await once(), { failure: 'denied', notActed: true });
    t.equal(issuer.asked.length + system.asked.length, 0);
    t.notMatch(log.join(), key.slice(0, 40));
  }
});

t.test('a secret or a key, one of the two', async t => {
  const reference = `\${file:key.pem}`;
  const faults = (oauth2: JsonObject) =>
    shapeFindings(
      {
        baseUrl: 'https://a.stile.example',
        authentication: { oauth2: { tokenUrl: 'https://a.stile.example/token', clientId: 'a', ...oauth2 } },
      },
      adapter.settingsSchema,
      strings.written,
    ).map(({ pointer, rule }) => `${pointer.replace('/authentication/oauth2/', '')} ${rule}`);
  t.strictSame(faults({ privateKeyJwt: { key: reference } }), []);
  t.strictSame(faults({ clientSecret: reference }), []);
  t.strictSame(faults({}), ['clientSecret missing-key']);
  t.strictSame(faults({ clientSecret: reference, privateKeyJwt: { key: reference } }), ['clientSecret unknown-key']);
  t.strictSame(faults({ privateKeyJwt: { key: reference }, credentials: 'body' }), ['credentials unknown-key']);
  t.strictSame(faults({ privateKeyJwt: { key: 'literal' } }), ['privateKeyJwt/key literal-secret']);
});
