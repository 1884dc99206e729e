/** Signing keys: made once by however many replicas, and changed without breaking a live token. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeProtectedHeader } from 'jose';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import { type KeyRing, openKeyRing, signingKeyFolder } from '../../src/identity/key-ring.js';
import { publishedBefore, rotateSigningKey } from '../../src/identity/signing-key.js';
import { newClaims, type TokenClaims } from '../../src/identity/token.js';
import { tokenFault } from '../../src/identity/token-signer.js';
import type { IdentitySettings } from '../../src/registry/settings.js';
import { keyPairs, silent, temporaryFolder } from './deployment.js';

const settings: IdentitySettings = { issuer: 'https://stile.example', tokenLife: 300, clockSkew: 30 };

async function open(t: Test, data: string, changes: Partial<IdentitySettings> = {}): Promise<KeyRing> {
  const ring = await openKeyRing(data, { ...settings, ...changes }, silent);
  t.teardown(() => ring.close());
  return ring;
}

const claims = (): TokenClaims => newClaims({ id: 'housing/permits' }, settings, Date.now());
const kidOf = (token: string): unknown => decodeProtectedHeader(token).kid;
const publishedBy = (ring: KeyRing): unknown[] => ring.jwks().keys.map(key => key.kid);

t.test('the first start makes one key, which only its owner may read', async t => {
  const data = await temporaryFolder(t);
  const ring = await open(t, data);
  const folder = signingKeyFolder(data);
  const [name = '', ...more] = await readdir(folder);
  t.same(more, [], 'nothing else is left in the folder');
  t.equal((await stat(join(folder, name))).mode & 0o777, 0o600);
  t.equal((await stat(folder)).mode & 0o777, 0o700);
  const file = await readFile(join(folder, name), 'utf8');
  t.equal(createPrivateKey({ key: JSON.parse(file), format: 'jwk' }).asymmetricKeyType, 'ec');
  const published = ring.jwks().keys;
  t.equal(published.length, 1);
  t.same(Object.keys(published[0] ?? {}).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'], 'nothing private');
});

t.test('replicas that start at once on one folder take the same key', async t => {
  const data = await temporaryFolder(t);
  const rings = await Promise.all(Array.from({ length: 6 }, () => open(t, data)));
  t.equal((await readdir(signingKeyFolder(data))).length, 1);
  for (const ring of rings) {
    const token = ring.sign(claims());
    for (const other of rings) t.match(other.verify(token), { sub: 'housing/permits' });
  }
});

t.test('a restart keeps the key', async t => {
  const data = await temporaryFolder(t);
  const before = await openKeyRing(data, settings, silent);
  const token = before.sign(claims());
  await before.close();
  t.match((await open(t, data)).verify(token), { sub: 'housing/permits' });
});

t.test('a rotation: the new key is published, then signs, and live tokens go on', async t => {
  const data = await temporaryFolder(t);
  const ring = await open(t, data);
  const other = await open(t, data);
  const live = ring.sign(claims());

  t.equal(rotateSigningKey(signingKeyFolder(data)), true, 'takes over in a minute');
  await ring.reload();
  t.equal(ring.jwks().keys.length, 2, 'published before it signs');
  t.equal(kidOf(ring.sign(claims())), kidOf(live), 'the old one still signs');
  t.ok(publishedBefore >= 30_000, 'longer than the public keys may be kept');

  t.equal(rotateSigningKey(signingKeyFolder(data), Date.now()), true, 'takes over now');
  await ring.reload();
  const next = ring.sign(claims());
  t.not(kidOf(next), kidOf(live), 'the new key signs');
  t.match(ring.verify(next), { sub: 'housing/permits' });
  t.match(ring.verify(live), { sub: 'housing/permits' }, 'a live token survives');
  t.equal(other.verify(next), tokenFault.invalid, 'a replica that has not looked yet does not know it');
  await other.reload();
  t.match(other.verify(next), { sub: 'housing/permits' });
  t.match(other.verify(live), { sub: 'housing/permits' });
});

t.test('an earlier key goes once its last token has expired', async t => {
  const data = await temporaryFolder(t);
  const ring = await open(t, data);
  const old = ring.sign({ ...claims(), exp: Math.floor(Date.now() / 1000) + 3600 });
  const life = (settings.tokenLife + settings.clockSkew) * 1000;
  rotateSigningKey(signingKeyFolder(data), Date.now() - life);
  await ring.reload();
  t.equal(ring.jwks().keys.length, 2, 'not a moment before');
  t.match(ring.verify(old), { sub: 'housing/permits' });

  const later = await temporaryFolder(t);
  const longSince = await open(t, later);
  const token = longSince.sign({ ...claims(), exp: Math.floor(Date.now() / 1000) + 3600 });
  rotateSigningKey(signingKeyFolder(later), Date.now() - life - 60_000);
  await longSince.reload();
  t.equal(longSince.jwks().keys.length, 1);
  t.equal(longSince.verify(token), tokenFault.invalid, 'whatever it says of itself');
});

t.test('a key taken out of the folder is refused at once', async t => {
  const data = await temporaryFolder(t);
  const ring = await open(t, data);
  const token = ring.sign(claims());
  const folder = signingKeyFolder(data);
  rotateSigningKey(folder, Date.now());
  for (const name of (await readdir(folder)).filter(each => each.startsWith('1970'))) await rm(join(folder, name));
  await ring.reload();
  t.equal(ring.verify(token), tokenFault.invalid);
});

t.test('two rotations to one second: one key', async t => {
  const data = await temporaryFolder(t);
  await open(t, data);
  const from = Date.now();
  t.equal(rotateSigningKey(signingKeyFolder(data), from), true);
  t.equal(rotateSigningKey(signingKeyFolder(data), from), false);
  t.equal((await readdir(signingKeyFolder(data))).length, 2);
});

t.test('a new file is picked up without a restart', async t => {
  const data = await temporaryFolder(t);
  const ring = await open(t, data);
  const before = ring.jwks().keys.length;
  rotateSigningKey(signingKeyFolder(data));
  while (ring.jwks().keys.length === before) await new Promise(resolve => setTimeout(resolve, 50));
  t.equal(ring.jwks().keys.length, 2);
});

t.test('a file that is no key: the keys in use stay in use, and the log says so without its content', async t => {
  const data = await temporaryFolder(t);
  const lines: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => lines.push(line) });
  const ring = await openKeyRing(data, settings, logger);
  t.teardown(() => ring.close());
  const token = ring.sign(claims());
  const bad = join(signingKeyFolder(data), '20260101T000000Z.jwk');
  for (const content of ['secret nonsense', '{"kty":"oct","k":"c2VjcmV0IG5vbnNlbnNl"}', '{}', 'null']) {
    await writeFile(bad, content);
    lines.length = 0;
    await ring.reload();
    t.match(ring.verify(token), { sub: 'housing/permits' });
    t.match(lines.join(), /20260101T000000Z\.jwk: not a private JWK/);
    t.notMatch(lines.join(), /nonsense|c2VjcmV0/);
  }
  await t.rejects(openKeyRing(data, settings, silent), /not a private JWK/, 'a start with it is refused');
  await rm(bad);
  const p384 = '20260101T000001Z.jwk';
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  await writeFile(join(signingKeyFolder(data), p384), JSON.stringify(privateKey.export({ format: 'jwk' })));
  await t.rejects(openKeyRing(data, settings, silent), /P-256 or Ed25519/);
  await rm(join(signingKeyFolder(data), p384));
  await writeFile(join(signingKeyFolder(data), '20261399T000000Z.jwk'), '{}');
  await t.rejects(openKeyRing(data, settings, silent), /the name is no time/);
});

t.test('identity.signingKeyFile', async t => {
  const folder = await temporaryFolder(t);
  const signingKeyFile = join(folder, 'token.jwk');
  const write = (pair: { readonly privateKey: KeyObject }) =>
    writeFile(signingKeyFile, JSON.stringify(pair.privateKey.export({ format: 'jwk' })));
  await write(keyPairs.Ed25519());
  const ring = await open(t, folder, { signingKeyFile });
  t.same(await readdir(folder), ['token.jwk'], 'the data folder gets no key of its own');
  const live = ring.sign(claims());
  t.equal(decodeProtectedHeader(live).alg, 'EdDSA', 'an Ed25519 key signs as well');
  t.match(ring.verify(live), { sub: 'housing/permits' });
  await ring.reload();
  t.equal(publishedBy(ring).length, 1, 'the same key is the same key');

  await write(keyPairs.ES256());
  await ring.reload();
  const next = ring.sign(claims());
  t.equal(decodeProtectedHeader(next).alg, 'ES256');
  t.match(ring.verify(next), { sub: 'housing/permits' });
  t.match(ring.verify(live), { sub: 'housing/permits' }, 'a live token survives');
  t.equal(publishedBy(ring).length, 2);

  await t.rejects(open(t, folder, { signingKeyFile: join(folder, 'none.jwk') }), /none\.jwk/);
});
