/** Tokens that must identify nobody: each is refused with its code and a challenge (RFC 6750, section 3). */
import { createHmac, type KeyObject, sign } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { base64url, decodeJwt } from 'jose';
import t, { type Test } from 'tap';
import type { ErrorCode } from '../../src/errors.js';
import { identify, requireClient, requireRole } from '../../src/identity/identify.js';
import { openKeyRing } from '../../src/identity/key-ring.js';
import type { Principal } from '../../src/identity/principal.js';
import { newClaims } from '../../src/identity/token.js';
import { type Exit, isExit } from '../../src/problem.js';
import type { IdentitySettings } from '../../src/registry/settings.js';
import {
  assertion,
  keyPairs,
  publicJwk,
  sampleRegistry,
  seconds,
  silent,
  temporaryFolder,
} from '../identity/deployment.js';

const settings: IdentitySettings = { issuer: 'https://stile.example', tokenLife: 300, clockSkew: 30 };

const encoded = (value: unknown): string => base64url.encode(JSON.stringify(value));

/** A JWS over header and claims as they are (RFC 7515, section 5.1), by ES256. */
function signedBy(key: KeyObject, header: object, claims: object): string {
  const input = `${encoded(header)}.${encoded(claims)}`;
  return `${input}.${base64url.encode(sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }))}`;
}

/** A gateway's keys, and a hand that signs with them what the gateway never would. */
async function gateway(t: Test, changes: Partial<IdentitySettings> = {}) {
  const { privateKey } = keyPairs.ES256();
  const folder = await temporaryFolder(t);
  const signingKeyFile = join(folder, 'own.jwk');
  await writeFile(signingKeyFile, JSON.stringify(privateKey.export({ format: 'jwk' })));
  const identity = { ...settings, ...changes, signingKeyFile };
  const keys = await openKeyRing(folder, identity, silent);
  t.teardown(() => keys.close());
  const registry = sampleRegistry({}, identity);
  const claims = newClaims({ id: 'housing/permits' }, identity, Date.now());
  const header = { alg: 'ES256', typ: 'at+jwt', kid: keys.jwks().keys[0]?.kid };
  return {
    keys,
    registry,
    claims,
    header,
    signed: (claimed: object, head: object = header) => signedBy(privateKey, head, { ...claims, ...claimed }),
    identify: (token: string) => identify(`Bearer ${token}`, registry, keys),
  };
}

function refused(t: Test, found: Principal | Exit, code: ErrorCode, challenge: RegExp, what: string = code): void {
  if (!isExit(found)) {
    t.fail(`${what}: was taken for ${JSON.stringify(found)}`);
    return;
  }
  t.equal(found.code, code, what);
  t.match(found.headers?.['www-authenticate'], challenge);
}

const invalidToken = /^Bearer realm="stile", error="invalid_token"/;

t.test('no token', async t => {
  const { registry, keys, signed } = await gateway(t);
  const token = signed({});
  for (const header of [undefined, '', 'Bearer', `Basic ${token}`, token, `DPoP ${token}`, `Bearer\t${token}`]) {
    refused(t, identify(header, registry, keys), 'STILE_TOKEN_MISSING', /^Bearer realm="stile"$/, String(header));
  }
  for (const header of ['Bearer ', `Bearer  ${token}`, `Bearer ${token} `, `Bearer ${token},${token}`, 'Bearer null']) {
    refused(t, identify(header, registry, keys), 'STILE_TOKEN_INVALID', invalidToken, header);
  }
  t.match(identify(`bearer ${token}`, registry, keys), { kind: 'client' }, 'the scheme in any case (RFC 9110, 11.1)');
});

t.test('forged', async t => {
  const { identify, signed, claims, header, keys } = await gateway(t);
  const token = signed({});
  t.equal(keys.sign(claims).split('.')[0], token.split('.')[0], 'the hand writes the header that the gateway writes');
  const [head = '', body = '', signature = ''] = token.split('.');
  const jwk = keys.jwks().keys[0] ?? {};
  const own = keyPairs.ES256();
  const pem = own.publicKey.export({ type: 'spki', format: 'pem' });
  const hmac = (secret: string) => {
    const input = `${encoded({ ...header, alg: 'HS256' })}.${body}`;
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  };
  const byStranger = (more: object) => signedBy(own.privateKey, { ...header, ...more }, claims);
  const forged: Record<string, string> = {
    'alg none': `${encoded({ ...header, alg: 'none' })}.${body}.`,
    'alg none with a signature': `${encoded({ ...header, alg: 'none' })}.${body}.${signature}`,
    'the signature taken off': `${head}.${body}.`,
    'no signature part': `${head}.${body}`,
    'HS256 with the public key': hmac(String(pem)),
    'HS256 with the public JWK': hmac(JSON.stringify(jwk)),
    "a stranger's key under our header": byStranger({}),
    "a stranger's key in the header": byStranger({ jwk: publicJwk(own.publicKey) }),
    'another kid': byStranger({ kid: 'own' }),
    'kid of an inherited name': byStranger({ kid: '__proto__' }),
    'a changed claim': `${head}.${encoded({ ...claims, sub: 'housing/archive', client_id: 'housing/archive' })}.${signature}`,
    'a changed signature': `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
    'a signature of zeros': `${head}.${body}.${'A'.repeat(86)}`,
    'padding after it': `${token}=`,
    'a line after it': `${token}\n`,
    'one more part': `${token}.${signature}`,
    'only dots': '..',
    'one dot': '.',
    'our header alone': head,
    'our header, then nonsense': `${head}.x.y`,
    'long nonsense': 'x'.repeat(100_000),
  };
  for (const [what, each] of Object.entries(forged))
    refused(t, identify(each), 'STILE_TOKEN_INVALID', invalidToken, what);
  t.match(identify(token), { kind: 'client' }, 'the token they are made from is good');
  refused(
    t,
    identify(forged['a changed claim'] ?? ''),
    'STILE_TOKEN_INVALID',
    invalidToken,
    'not by its good neighbour in the cache',
  );
});

t.test('typed as something else, by our own key', async t => {
  const { identify, signed, header } = await gateway(t);
  const others = [
    { typ: 'JWT' },
    { typ: undefined },
    { typ: 'client-authentication+jwt' },
    { typ: 'AT+JWT' },
    { kid: undefined },
    { crit: ['unknown'], unknown: 1 },
  ];
  for (const changes of others) {
    const token = signed({}, { ...header, ...changes });
    refused(t, identify(token), 'STILE_TOKEN_INVALID', invalidToken, JSON.stringify(changes));
  }
});

t.test('foreign: another issuer, another audience, another gateway', async t => {
  const { identify, signed } = await gateway(t);
  const foreign = [
    { iss: 'https://other.example' },
    { iss: 'https://stile.example/' },
    { iss: ['https://stile.example'] },
    { aud: 'https://other.example' },
    { aud: 'https://stile.example.evil.example' },
    { aud: [] },
    { aud: {} },
  ];
  for (const changes of foreign) {
    refused(t, identify(signed(changes)), 'STILE_TOKEN_INVALID', invalidToken, JSON.stringify(changes));
  }
  const other = await gateway(t);
  refused(
    t,
    identify(other.signed({})),
    'STILE_TOKEN_INVALID',
    invalidToken,
    "another gateway's, same issuer, other key",
  );
});

t.test('a claim that must be there is not', async t => {
  const { identify, signed } = await gateway(t);
  for (const claim of ['iss', 'sub', 'client_id', 'aud', 'exp', 'jti']) {
    refused(t, identify(signed({ [claim]: undefined })), 'STILE_TOKEN_INVALID', invalidToken, claim);
  }
  for (const exp of ['9999999999', null, [9_999_999_999]]) {
    refused(t, identify(signed({ exp })), 'STILE_TOKEN_INVALID', invalidToken, `exp ${JSON.stringify(exp)}`);
  }
});

t.test('expired', async t => {
  const { identify, signed } = await gateway(t);
  const now = seconds();
  refused(t, identify(signed({ exp: now - 31 })), 'STILE_TOKEN_EXPIRED', /error="invalid_token".*expired/);
  refused(t, identify(signed({ exp: 1 })), 'STILE_TOKEN_EXPIRED', invalidToken);
  t.match(identify(signed({ exp: now - 20 })), { kind: 'client' }, 'within the skew');
});

t.test('a token that expires while it is cached', async t => {
  const { identify, signed } = await gateway(t, { clockSkew: 0 });
  const exp = seconds() + 1;
  const token = signed({ exp });
  t.match(identify(token), { kind: 'client' });
  while (Date.now() <= exp * 1000) await new Promise(resolve => setTimeout(resolve, 20));
  refused(t, identify(token), 'STILE_TOKEN_EXPIRED', invalidToken);
});

t.test('a client taken out of the registry', async t => {
  const { registry, keys, signed } = await gateway(t);
  const token = `Bearer ${signed({})}`;
  t.match(identify(token, registry, keys), { kind: 'client' }, 'before, and cached');
  const without = { ...registry, clients: new Map() };
  refused(t, identify(token, without, keys), 'STILE_CLIENT_UNKNOWN', invalidToken);
});

t.test('client and client_id apart', async t => {
  const { identify, signed } = await gateway(t);
  refused(t, identify(signed({ client_id: 'housing/archive' })), 'STILE_TOKEN_INVALID', invalidToken);
  const both = ['housing/permits'];
  refused(t, identify(signed({ sub: both, client_id: both })), 'STILE_TOKEN_INVALID', invalidToken);
});

t.test('staff in one role, never two', async t => {
  const { registry, keys, signed, identify: whoIs } = await gateway(t);
  const as = (id: string, changes: object = {}) => whoIs(signed({ sub: id, client_id: id, ...changes }));
  t.match(as('staff/security', { role: 'security' }), { kind: 'staff', id: 'staff/security', role: 'security' });
  const roles = [
    undefined,
    'auditor',
    ['security'],
    ['security', 'auditor'],
    'security auditor',
    'root',
    'constructor',
    '',
  ];
  for (const role of roles) {
    refused(t, as('staff/security', { role }), 'STILE_TOKEN_INVALID', invalidToken, JSON.stringify(role) ?? 'none');
  }
  refused(t, as('housing/permits', { role: 'security' }), 'STILE_TOKEN_INVALID', invalidToken, 'a client with a role');
  refused(
    t,
    as('staff/security', { role: 'security', purpose: 'public-rental-housing' }),
    'STILE_TOKEN_INVALID',
    invalidToken,
  );
  refused(t, as('staff/root', { role: 'security' }), 'STILE_CLIENT_UNKNOWN', invalidToken);
  const outside = { ...registry, sandbox: false };
  const token = `Bearer ${signed({ sub: 'staff/security', client_id: 'staff/security', role: 'security' })}`;
  refused(t, identify(token, outside, keys), 'STILE_CLIENT_UNKNOWN', invalidToken, 'sandbox staff outside the sandbox');
});

t.test('staff on the way of an exchange, clients where staff work', async t => {
  const { signed, identify } = await gateway(t);
  const staff = identify(signed({ sub: 'staff/security', client_id: 'staff/security', role: 'security' }));
  const client = identify(signed({}));
  if (isExit(staff) || isExit(client)) return t.fail('both are good');
  const insufficient = /^Bearer realm="stile", error="insufficient_scope"/;
  refused(t, requireClient(staff) as Exit, 'STILE_CLIENT_REQUIRED', insufficient);
  t.equal(requireClient(client), client);
  refused(
    t,
    requireRole(client, ['security', 'auditor', 'operator', 'officer']) as Exit,
    'STILE_ROLE_REQUIRED',
    insufficient,
  );
  refused(t, requireRole(staff, ['auditor', 'operator', 'officer']) as Exit, 'STILE_ROLE_REQUIRED', insufficient);
  refused(t, requireRole(staff, []) as Exit, 'STILE_ROLE_REQUIRED', insufficient);
  t.equal(requireRole(staff, ['security', 'auditor']), staff);
});

t.test("a client's own assertion is no token", async t => {
  const { identify, claims } = await gateway(t);
  const own = await assertion(settings.issuer, { ...claims, exp: claims.exp });
  t.match(decodeJwt(own), { client_id: 'housing/permits' });
  refused(t, identify(own), 'STILE_TOKEN_INVALID', invalidToken);
});
