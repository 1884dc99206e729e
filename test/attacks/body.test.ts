/** Bodies that two parsers might read differently, or that would cost the gateway more than the caller. */
import t from 'tap';
import type { ErrorCode } from '../../src/errors.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { openGateway, withoutCounting } from '../gateway.js';
import { refusedWith } from '../refusal.js';

const marriage = 'civil-affairs/marriage-status/v1';
const { residentId } = sampleResidents.married;

const bodies: readonly (readonly [name: string, body: string | Uint8Array<ArrayBuffer>, code: ErrorCode])[] = [
  ['not JSON', '{"residentId":', 'STILE_BODY_NOT_JSON'],
  ['empty', '', 'STILE_BODY_NOT_JSON'],
  ['not UTF-8', Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'STILE_BODY_NOT_JSON'],
  ['too large', JSON.stringify({ residentId, pad: 'x'.repeat(1 << 20) }), 'STILE_BODY_TOO_LARGE'],
  ['too deep', `${'['.repeat(5000)}${']'.repeat(5000)}`, 'STILE_BODY_TOO_DEEP'],
  ['a key twice', `{"residentId":"${residentId}","residentId":"${residentId}"}`, 'STILE_BODY_DUPLICATE_KEY'],
  ['a key twice, once escaped', `{"residentId":"1","resident\\u0049d":"${residentId}"}`, 'STILE_BODY_DUPLICATE_KEY'],
  ['__proto__', `{"__proto__":{"residentId":"${residentId}"}}`, 'STILE_BODY_FORBIDDEN_KEY'],
  ['a number past 2^53', '{"residentId":9007199254740993}', 'STILE_BODY_NUMBER_RANGE'],
  ['a number that is no double', '{"residentId":1e999}', 'STILE_BODY_NUMBER_RANGE'],
  ['a wrong check digit', '{"residentId":"440304198804123032"}', 'STILE_REQUEST_INVALID'],
  ['an unknown member', `{"residentId":"${residentId}","name":"x"}`, 'STILE_REQUEST_INVALID'],
  ['no object', '[]', 'STILE_REQUEST_INVALID'],
  ['a member the gateway itself uses for refusals', '{"code":"STILE_FAULT"}', 'STILE_REQUEST_INVALID'],
];

t.test('each is refused with its own code, recorded, and reaches no department', async t => {
  const gateway = await openGateway(t, { change: withoutCounting });
  for (const [name, body, code] of bodies) {
    t.comment(name);
    await refusedWith(t, gateway, await gateway.exchange(marriage, body), code, { service: marriage });
  }
  t.same(gateway.departments.civilAffairs.asked(), []);
  t.equal(({} as Record<string, unknown>).residentId, undefined, 'no prototype was touched');
});

t.test('media types and encodings', async t => {
  const gateway = await openGateway(t, { change: withoutCounting });
  const wrong: readonly Readonly<Record<string, string>>[] = [
    { 'content-type': 'text/plain' },
    { 'content-type': 'json' },
    { 'content-type': 'application/json; charset=gbk' },
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-encoding': 'gzip' },
  ];
  for (const headers of wrong) {
    await refusedWith(t, gateway, await gateway.exchange(marriage, { residentId }, headers), 'STILE_MEDIA_TYPE');
  }
  const utf8 = await gateway.exchange(marriage, { residentId }, { 'content-type': 'application/json; charset=UTF-8' });
  t.equal(utf8.status, 200);
});

t.test("a person's number where the record would keep it never reaches the ledger", async t => {
  const gateway = await openGateway(t, { change: withoutCounting });
  for (const name of ['stile-case', 'stile-operator', 'stile-purpose']) {
    const answer = await gateway.exchange(marriage, { residentId }, { [name]: residentId });
    const entry = await refusedWith(t, gateway, answer, 'STILE_HEADER_INVALID');
    t.notMatch(JSON.stringify(entry), residentId);
  }
  for (const service of [`${residentId}/marriage-status/v1`, `civil-affairs/of-${residentId}/v1`]) {
    const entry = await refusedWith(t, gateway, await gateway.exchange(service, { residentId }), 'STILE_NOT_FOUND');
    t.notMatch(JSON.stringify(entry), residentId);
  }
});
