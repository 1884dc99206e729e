/** Client assertions that must not get a token: each is refused with its code, and each refusal is recorded. */
import { constants, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { base64url, type JWTPayload, UnsecuredJWT } from 'jose';
import t, { type Test } from 'tap';
import { sandboxKey, sandboxPublicKey } from '../../src/identity/sandbox-key.js';
import {
  ask,
  assertion,
  type Deployment,
  deploy,
  form,
  keyPairs,
  publicJwk,
  sampleRegistry,
  seconds,
} from '../identity/deployment.js';

interface Refusal {
  readonly status: number;
  readonly error: string;
  readonly code: string;
  /** The registered client the entry names, proven or not. */
  readonly client?: string | undefined;
}

const invalid: Refusal = {
  status: 401,
  error: 'invalid_client',
  code: 'STILE_ASSERTION_INVALID',
  client: 'housing/permits',
};
const outOfTime: Refusal = { ...invalid, code: 'STILE_ASSERTION_TIME' };
const forOthers: Refusal = { ...invalid, code: 'STILE_ASSERTION_AUDIENCE' };
/** What cannot even be read names nobody. */
const unreadable: Refusal = { ...invalid, client: undefined };

const signingInput = (header: object, claims: JWTPayload): string =>
  `${base64url.encode(JSON.stringify(header))}.${base64url.encode(JSON.stringify(claims))}`;

/** Signed rightly by `housing/permits`, with a header that no library would make. */
function handSigned(header: object, claims: JWTPayload): string {
  const input = signingInput(header, claims);
  return `${input}.${base64url.encode(sign(null, Buffer.from(input), sandboxKey('housing/permits')))}`;
}

async function refused(t: Test, deployment: Deployment, signed: string, expected: Refusal): Promise<void> {
  const before = deployment.entries.length;
  const { status, body, headers } = await ask(deployment, form(signed));
  t.equal(status, expected.status);
  t.match(body, { error: expected.error, code: expected.code });
  t.notOk('access_token' in body);
  t.equal(headers.get('cache-control'), 'no-store');
  t.equal(headers.get('stile-record'), `0/${before}`);
  t.equal(deployment.entries.length, before + 1, 'one refusal, one entry');
  const entry = deployment.entries.at(-1);
  t.match(entry, { kind: 'token', outcome: 'refused', code: expected.code, stage: 'token' });
  t.equal(entry?.client, expected.client);
  t.equal(entry?.jti, undefined);
  if (signed.length > 20) t.notOk(JSON.stringify(entry).includes(signed));
}

t.test('signatures and headers', async t => {
  const rsa = keyPairs.PS256();
  const old = keyPairs.ES256();
  const next = keyPairs.ES256();
  const smallRsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const deployment = await deploy(t, {
    'housing/archive': [publicJwk(rsa.publicKey)],
    'housing/two': [publicJwk(old.publicKey, { kid: 'old' }), publicJwk(next.publicKey, { kid: 'next' })],
    'housing/small': [publicJwk(smallRsa.publicKey)],
    'housing/encrypts': [publicJwk(old.publicKey, { use: 'enc' })],
    'housing/other-alg': [publicJwk(rsa.publicKey, { alg: 'RS256' })],
  });
  const { url } = deployment;
  const as = (client: string): JWTPayload => ({ iss: client, sub: client });

  t.test('alg none, unsigned', async t => {
    const now = seconds();
    const claims = { ...as('housing/permits'), aud: url, iat: now, exp: now + 60, jti: randomUUID() };
    await refused(t, deployment, new UnsecuredJWT(claims).encode(), unreadable);
  });
  t.test('alg none in the header of a signed one', async t => {
    const [, claims, signature] = (await assertion(url)).split('.');
    for (const alg of ['none', 'None', 'NONE', '']) {
      const head = base64url.encode(JSON.stringify({ alg }));
      await refused(t, deployment, `${head}.${claims}.${signature}`, unreadable);
      await refused(t, deployment, `${head}.${claims}.`, unreadable);
    }
  });
  t.test('a signature taken off', async t => {
    const signed = await assertion(url);
    await refused(t, deployment, signed.slice(0, signed.lastIndexOf('.') + 1), invalid);
  });
  t.test('HS256 with the public key as its secret', async t => {
    const { x } = sandboxPublicKey('housing/permits');
    await refused(t, deployment, await assertion(url, {}, { alg: 'HS256' }, base64url.decode(String(x))), unreadable);
    const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' });
    const secret = new TextEncoder().encode(String(pem));
    const signed = await assertion(url, as('housing/archive'), { alg: 'HS256' }, secret);
    await refused(t, deployment, signed, unreadable);
  });
  t.test("RS256, which is not offered, with the client's own key", async t => {
    const signed = await assertion(url, as('housing/archive'), { alg: 'RS256' }, rsa.privateKey);
    await refused(t, deployment, signed, unreadable);
  });
  t.test("somebody else's key", async t => {
    await refused(t, deployment, await assertion(url, {}, {}, keyPairs.Ed25519().privateKey), invalid);
    await refused(t, deployment, await assertion(url, {}, {}, sandboxKey('housing/archive')), invalid);
  });
  t.test('a key of its own in the header', async t => {
    const own = keyPairs.Ed25519();
    const header = { jwk: publicJwk(own.publicKey), jku: `${url}/keys`, x5u: `${url}/keys` };
    await refused(t, deployment, await assertion(url, {}, header, own.privateKey), invalid);
  });
  t.test('a changed claim under an old signature', async t => {
    const [head, claims = '', signature] = (await assertion(url)).split('.');
    const changed = { ...JSON.parse(new TextDecoder().decode(base64url.decode(claims))), ...as('housing/archive') };
    const forged = `${head}.${base64url.encode(JSON.stringify(changed))}.${signature}`;
    await refused(t, deployment, forged, { ...invalid, client: 'housing/archive' });
  });
  t.test('a kid that names no key, another key, or no string', async t => {
    const two = { ...invalid, client: 'housing/two' };
    const signed = (kid: unknown) =>
      assertion(url, as('housing/two'), { alg: 'ES256', kid: kid as string }, next.privateKey);
    await refused(t, deployment, await signed('neither'), two);
    await refused(t, deployment, await signed('old'), two);
    await refused(t, deployment, await signed('__proto__'), two);
    await refused(t, deployment, await signed(['next']), unreadable);
    t.equal((await ask(deployment, form(await signed('next')))).status, 200, 'the right kid');
    t.equal((await ask(deployment, form(await signed(undefined)))).status, 200, 'no kid: both keys are tried');
  });
  t.test('crit', async t => {
    const now = seconds();
    const claims = { ...as('housing/permits'), aud: url, iat: now, exp: now + 60, jti: randomUUID() };
    for (const crit of [['unknown'], ['exp'], [], 'b64', null]) {
      const header = { alg: 'EdDSA', crit, unknown: true, exp: 1 };
      await refused(t, deployment, handSigned(header, claims), invalid);
    }
    const unencoded = { alg: 'EdDSA', b64: false, crit: ['b64'] };
    await refused(t, deployment, handSigned(unencoded, claims), invalid);
    t.equal((await ask(deployment, form(handSigned({ alg: 'EdDSA' }, claims)))).status, 200, 'the same without it');
  });
  t.test('a key not for signing, or for another algorithm', async t => {
    const encrypts = await assertion(url, as('housing/encrypts'), { alg: 'ES256' }, old.privateKey);
    await refused(t, deployment, encrypts, { ...invalid, client: 'housing/encrypts' });
    const other = await assertion(url, as('housing/other-alg'), { alg: 'PS256' }, rsa.privateKey);
    await refused(t, deployment, other, { ...invalid, client: 'housing/other-alg' });
  });
  t.test('an RSA key of 1024 bits', async t => {
    const now = seconds();
    const claims = { ...as('housing/small'), aud: url, exp: now + 60, jti: randomUUID() };
    const input = signingInput({ alg: 'PS256' }, claims);
    const signature = sign('sha256', Buffer.from(input), {
      key: smallRsa.privateKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    });
    const signed = `${input}.${base64url.encode(signature)}`;
    await refused(t, deployment, signed, { ...invalid, client: 'housing/small' });
  });
  t.test('typed as something else, such as a token', async t => {
    for (const typ of ['at+jwt', 'dpop+jwt', 'application/at+jwt', '']) {
      await refused(t, deployment, await assertion(url, {}, { typ }), unreadable);
    }
    await refused(t, deployment, await assertion(url, {}, { typ: 5 as unknown as string }), unreadable);
    const typed = await assertion(url, {}, { typ: 'client-authentication+jwt' });
    t.equal((await ask(deployment, form(typed))).status, 200);
  });
});

t.test('claims', async t => {
  const deployment = await deploy(t);
  const { url } = deployment;
  const gets = async (claims: JWTPayload) => (await ask(deployment, form(await assertion(url, claims)))).status;

  t.test('iss and sub apart', async t => {
    await refused(t, deployment, await assertion(url, { iss: 'housing/archive' }), unreadable);
    await refused(t, deployment, await assertion(url, { sub: undefined }), unreadable);
    const both = ['housing/permits'] as unknown as string;
    await refused(t, deployment, await assertion(url, { iss: both, sub: both }), unreadable);
  });
  t.test('nobody known', async t => {
    const stranger: Refusal = { ...invalid, code: 'STILE_CLIENT_UNKNOWN', client: undefined };
    for (const id of ['housing/nobody', '__proto__', 'constructor', 'staff/root', 'staff/']) {
      await refused(t, deployment, await assertion(url, { iss: id, sub: id }, {}, sandboxKey(id)), stranger);
      t.notOk(JSON.stringify(deployment.entries.at(-1)).includes(id), "a stranger's words stay out of the ledger");
    }
  });
  t.test('for someone else', async t => {
    const audiences = [
      'https://other.example',
      `${url}/`,
      url.toUpperCase(),
      [url, 'https://other.example'],
      [],
      [[url]] as unknown as string[],
      {} as string,
      undefined,
    ];
    for (const aud of audiences) await refused(t, deployment, await assertion(url, { aud }), forOthers);
    t.equal(await gets({ aud: url }), 200, 'the issuer');
    t.equal(await gets({ aud: [url] }), 200, 'the issuer in an array');
    t.equal(await gets({ aud: `${url}/oauth2/token` }), 200, 'the token endpoint');
    t.equal(await gets({ aud: [url, `${url}/oauth2/token`] }), 200, "both, as older libraries' have it");
  });
  t.test('outside its time', async t => {
    const now = seconds();
    const times: JWTPayload[] = [
      { exp: now - 31 },
      { exp: now + 345 },
      { exp: 1e308 },
      { iat: now + 45 },
      { nbf: now + 45 },
    ];
    for (const claims of times) await refused(t, deployment, await assertion(url, claims), outOfTime);
    t.equal(await gets({ exp: now - 15 }), 200, 'within the skew');
    t.equal(await gets({ exp: now + 315 }), 200, 'five minutes and within the skew');
    t.equal(await gets({ iat: now + 15, nbf: now + 15 }), 200, 'within the skew');
    t.equal(await gets({ iat: undefined }), 200, 'iat may be missing');
  });
  t.test('without exp or jti, or with something odd for them', async t => {
    const odd: JWTPayload[] = [
      { exp: undefined },
      { exp: String(seconds() + 60) as unknown as number },
      { iat: 'now' as unknown as number },
      { nbf: null as unknown as number },
      { jti: undefined },
      { jti: '' },
      { jti: 7 as unknown as string },
      { jti: 'x'.repeat(257) },
    ];
    for (const claims of odd) await refused(t, deployment, await assertion(url, claims), invalid);
    t.equal(await gets({ jti: 'x'.repeat(256) }), 200);
    t.equal(await gets({ jti: 'null \0 in it' }), 200, 'what PostgreSQL could not hold as text');
  });
  t.test('claims that look like an exit of ours', async t => {
    for (const code of ['STILE_FAULT', 'STILE_CALLER_GONE', 'toString']) {
      t.equal(await gets({ code, headers: { 'set-cookie': 'x=1' }, retryAfter: 9 }), 200, `${code} means nothing here`);
    }
  });
  t.test('a string that is no JWT', async t => {
    const five = 'a.b.c.d.e';
    for (const signed of ['x', '..', 'a.b.c', five, 'e30.e30.', '"', `${'a'.repeat(8000)}.b.c`]) {
      await refused(t, deployment, signed, unreadable);
    }
  });
  t.test('oversized', async t => {
    const large = await assertion(url, { note: 'x'.repeat(7000) });
    t.ok(large.length > 8192 && large.length < 16_000);
    await refused(t, deployment, large, unreadable);
    const huge = await ask(deployment, form('x'.repeat(17_000)));
    t.equal(huge.status, 400);
    t.match(huge.body, { error: 'invalid_request', code: 'STILE_BODY_TOO_LARGE' });
    t.match(deployment.entries.at(-1), { outcome: 'refused', code: 'STILE_BODY_TOO_LARGE' });
  });
  t.test('used twice', async t => {
    const signed = await assertion(url);
    t.equal((await ask(deployment, form(signed))).status, 200);
    await refused(t, deployment, signed, { ...invalid, code: 'STILE_ASSERTION_REUSED' });
    const jti = randomUUID();
    t.equal(await gets({ jti }), 200);
    await refused(t, deployment, await assertion(url, { jti }), { ...invalid, code: 'STILE_ASSERTION_REUSED' });
  });
  t.test('used twice at once', async t => {
    const signed = await assertion(url);
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(deployment, form(signed))));
    t.equal(answers.filter(answer => answer.status === 200).length, 1, 'one of eight');
    t.equal(answers.filter(answer => answer.body.code === 'STILE_ASSERTION_REUSED').length, 7);
  });
});

t.test('a sandbox key outside the sandbox', async t => {
  const deployment = await deploy(t);
  const { url } = deployment;
  deployment.registry = sampleRegistry({}, deployment.registry.settings.identity, false);
  await refused(t, deployment, await assertion(url), invalid);
  const staff = { iss: 'staff/security', sub: 'staff/security' };
  const signed = await assertion(url, staff, {}, sandboxKey('staff/security'));
  await refused(t, deployment, signed, { ...invalid, code: 'STILE_CLIENT_UNKNOWN', client: undefined });
});
