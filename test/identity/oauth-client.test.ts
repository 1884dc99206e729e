/** A standard OAuth client library gets a token with no code that knows Stile. */
import { webcrypto } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import t from 'tap';
import { identify } from '../../src/identity/identify.js';
import { isExit } from '../../src/problem.js';
import { deploy } from './deployment.js';

/** The clients' keys are made as a client would: by Web Cryptography, the library's own. */
const kinds = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
  Ed25519: { name: 'Ed25519' },
} as const;

const insecure = { [oauth.allowInsecureRequests]: true };

t.test('discovery, client credentials, JWKS', async t => {
  for (const [algorithm, kind] of Object.entries(kinds)) {
    t.test(algorithm, async t => {
      const pair = (await webcrypto.subtle.generateKey(kind, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
      const jwk = await webcrypto.subtle.exportKey('jwk', pair.publicKey);
      const deployment = await deploy(t, { 'housing/archive': [{ ...jwk, kid: 'one' } as Record<string, unknown>] });

      const issuer = new URL(deployment.url);
      const found = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
      const server = await oauth.processDiscoveryResponse(issuer, found);
      const client = { client_id: 'housing/archive' };
      const proof = oauth.PrivateKeyJwt({ key: pair.privateKey, kid: 'one' });
      const parameters = new URLSearchParams({ purpose: 'public-rental-housing' });
      const answer = await oauth.clientCredentialsGrantRequest(server, client, proof, parameters, insecure);
      const { access_token: token, expires_in: life } = await oauth.processClientCredentialsResponse(
        server,
        client,
        answer,
      );
      t.equal(life, 300, 'five minutes');

      const keys = createRemoteJWKSet(new URL(server.jwks_uri ?? ''));
      const { payload } = await jwtVerify(token, keys, {
        typ: 'at+jwt',
        issuer: deployment.url,
        audience: deployment.url,
      });
      t.match(payload, { sub: 'housing/archive', client_id: 'housing/archive', purpose: 'public-rental-housing' });
      t.equal(Number(payload.exp) - Number(payload.iat), 300);

      const principal = identify(`Bearer ${token}`, deployment.registry, deployment.keys);
      if (isExit(principal) || principal.kind !== 'client') return t.fail('the token names no client');
      t.equal(principal.client.id, 'housing/archive');
      t.equal(principal.purpose, 'public-rental-housing');
      t.equal(principal.token, payload.jti);

      t.equal(deployment.entries.length, 1, 'one entry for one token');
      t.match(deployment.entries[0], {
        kind: 'token',
        outcome: 'released',
        consumer: 'housing',
        client: 'housing/archive',
        purpose: 'public-rental-housing',
        jti: payload.jti,
      });
      t.notOk(JSON.stringify(deployment.entries).includes(token), 'the token itself is not written down');
    });
  }
});

t.test('a refused client learns why from the library', async t => {
  const deployment = await deploy(t);
  const pair = (await webcrypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const issuer = new URL(deployment.url);
  const found = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
  const server = await oauth.processDiscoveryResponse(issuer, found);
  const client = { client_id: 'housing/permits' };
  const proof = oauth.PrivateKeyJwt(pair.privateKey);
  const answer = await oauth.clientCredentialsGrantRequest(server, client, proof, {}, insecure);
  const refused = await oauth.processClientCredentialsResponse(server, client, answer).catch((error: unknown) => error);
  t.ok(refused instanceof oauth.ResponseBodyError);
  t.match(refused, { error: 'invalid_client', status: 401, cause: { code: 'STILE_ASSERTION_INVALID' } });
  t.match(deployment.entries, [{ outcome: 'refused', code: 'STILE_ASSERTION_INVALID', client: 'housing/permits' }]);
});
