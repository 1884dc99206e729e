/** Tokens that must open no exchange: each is refused through the whole gateway, on record, and no department is asked. */
import { join } from 'node:path';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import type { ErrorCode } from '../../src/errors.js';
import { type KeyRing, openKeyRing } from '../../src/identity/key-ring.js';
import { newClaims } from '../../src/identity/token.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { openGateway, type TestGateway, withoutCounting } from '../gateway.js';
import { refusedWith } from '../refusal.js';

const marriage = 'civil-affairs/marriage-status/v1';
const { residentId } = sampleResidents.married;
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

async function keysIn(t: Test, folder: string, gateway: TestGateway): Promise<KeyRing> {
  const keys = await openKeyRing(folder, gateway.registry.settings.identity, pino({ level: 'silent' }));
  t.teardown(() => keys.close());
  return keys;
}

t.test('on the way of an exchange and of an explanation', async t => {
  const gateway = await openGateway(t, { change: withoutCounting });
  const own = await keysIn(t, gateway.dataFolder, gateway);
  const foreign = await keysIn(t, join(gateway.dataFolder, 'another'), gateway);
  const claims = newClaims({ id: 'housing/permits' }, gateway.registry.settings.identity, Date.now());
  const good = own.sign(claims);
  const [, body] = good.split('.');
  const past = claims.iat - 3600;
  const other = 'https://other.example';

  const cases: readonly (readonly [name: string, authorization: string | undefined, code: ErrorCode])[] = [
    ['no token', undefined, 'STILE_TOKEN_MISSING'],
    ['a password instead', 'Basic aG91c2luZzpwZXJtaXRz', 'STILE_TOKEN_MISSING'],
    ['no JWT', 'Bearer token', 'STILE_TOKEN_INVALID'],
    ['expired', `Bearer ${own.sign({ ...claims, iat: past, exp: past + 300 })}`, 'STILE_TOKEN_EXPIRED'],
    ["another gateway's key", `Bearer ${foreign.sign(claims)}`, 'STILE_TOKEN_INVALID'],
    ['another issuer', `Bearer ${own.sign({ ...claims, iss: other })}`, 'STILE_TOKEN_INVALID'],
    ['another audience', `Bearer ${own.sign({ ...claims, aud: other })}`, 'STILE_TOKEN_INVALID'],
    ['alg none', `Bearer ${encoded({ alg: 'none', typ: 'at+jwt' })}.${body}.`, 'STILE_TOKEN_INVALID'],
    ['the signature taken off', `Bearer ${good.slice(0, good.lastIndexOf('.') + 1)}`, 'STILE_TOKEN_INVALID'],
    [
      'a client that is not there',
      `Bearer ${own.sign({ ...claims, sub: 'housing/none', client_id: 'housing/none' })}`,
      'STILE_CLIENT_UNKNOWN',
    ],
    ['staff/operator', `Bearer ${await gateway.token('staff/operator')}`, 'STILE_CLIENT_REQUIRED'],
    ['staff/officer', `Bearer ${await gateway.token('staff/officer')}`, 'STILE_CLIENT_REQUIRED'],
    ['staff/security', `Bearer ${await gateway.token('staff/security')}`, 'STILE_CLIENT_REQUIRED'],
    ['staff/auditor', `Bearer ${await gateway.token('staff/auditor')}`, 'STILE_CLIENT_REQUIRED'],
  ];

  const ask = (way: string, authorization: string | undefined) =>
    gateway.call(`/${way}/${marriage}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'stile-purpose': 'public-rental-housing',
        ...(authorization !== undefined && { authorization }),
      },
      body: { residentId },
    });
  for (const way of ['exchange', 'explain']) {
    for (const [name, authorization, code] of cases) {
      t.comment(`${way}: ${name}`);
      const answer = await ask(way, authorization);
      t.match(answer.headers.get('www-authenticate'), /^Bearer realm="stile"/, 'the challenge of RFC 6750, section 3');
      const entry = await refusedWith(t, gateway, answer, code, {
        kind: way,
        service: marriage,
        source: '127.0.0.1',
        asked: false,
        ...(name.startsWith('staff/') && { staff: { id: name, role: name.slice('staff/'.length) } }),
      });
      t.strictSame(
        [entry.client, entry.consumer, entry.fields, entry.subjects],
        [undefined, undefined, undefined, undefined],
        'it names nobody that the token claims to be, and nobody that was asked about',
      );
      t.notMatch(answer.text + JSON.stringify(entry), /eyJ/, 'no part of a token is told or kept');
      t.notMatch(answer.text, residentId);
    }
  }
  t.same(gateway.departments.civilAffairs.asked(), [], 'no department was asked');
  t.equal((await ask('exchange', `Bearer ${good}`)).status, 200, 'the token they are made from is good');
});
