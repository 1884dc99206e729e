/** What agreements refuse, end to end: the code, the record, and that no department was asked. */
import t from 'tap';
import type { ErrorCode } from '../../src/errors.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { importAgreements, openGateway } from '../gateway.js';
import { refusedWith } from '../refusal.js';

const marriage = 'civil-affairs/marriage-status/v1';
const { married, outsideCity } = sampleResidents;

const terms = {
  id: 'housing-marriage-status',
  provider: 'civil-affairs',
  consumer: 'housing',
  service: marriage,
  purposes: ['public-rental-housing'],
  clients: ['permits'],
  from: '2026-01-01',
  until: '2035-12-31',
  fields: [{ path: 'residentId' }, { path: 'status' }],
  limits: {},
};

interface Case {
  readonly name: string;
  readonly terms: Readonly<Record<string, unknown>>;
  readonly residentId?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly client?: string;
  readonly now?: string;
  readonly code: ErrorCode;
}

const cases: readonly Case[] = [
  {
    name: 'a purpose that is not registered',
    terms: {},
    headers: { 'stile-purpose': 'curiosity' },
    code: 'STILE_PURPOSE_UNKNOWN',
  },
  {
    name: 'a purpose the agreement lacks',
    terms: {},
    headers: { 'stile-purpose': 'marriage-registration' },
    code: 'STILE_AGREEMENT_PURPOSE',
  },
  { name: 'a client the agreement lacks', terms: {}, client: 'housing/archive', code: 'STILE_AGREEMENT_CLIENT' },
  { name: 'not yet valid', terms: { from: '2034-01-01' }, code: 'STILE_AGREEMENT_NOT_YET' },
  { name: 'expired', terms: { from: '2020-01-01', until: '2021-12-31' }, code: 'STILE_AGREEMENT_EXPIRED' },
  {
    name: "a person from outside the consumer's division",
    terms: { constraints: [{ kind: 'own-division', field: 'residentId' }] },
    residentId: outsideCity.residentId,
    code: 'STILE_CONSTRAINT',
  },
];

for (const each of cases) {
  t.test(`refused: ${each.name}`, async t => {
    const gateway = await openGateway(t, { agreements: [{ ...terms, ...each.terms }] });
    const answer = await gateway.exchange(
      marriage,
      { residentId: each.residentId ?? married.residentId },
      { ...(each.client && { authorization: `Bearer ${await gateway.token(each.client)}` }), ...each.headers },
    );
    await refusedWith(t, gateway, answer, each.code, { consumer: 'housing', service: marriage, asked: false });
    t.same(gateway.departments.civilAffairs.asked(), [], 'the department was not asked');
    t.notMatch(answer.text, each.residentId ?? married.residentId);
  });
}

t.test('refused: no purpose stated, by header or token', async t => {
  const gateway = await openGateway(t);
  const answer = await gateway.call(`/exchange/${marriage}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await gateway.token('housing/permits')}`,
      'content-type': 'application/json',
    },
    body: { residentId: married.residentId },
  });
  await refusedWith(t, gateway, answer, 'STILE_PURPOSE_MISSING', { consumer: 'housing', asked: false });
});

t.test('refused: no agreement at all, and a service that is not there', async t => {
  const gateway = await openGateway(t, { agreements: [terms] });
  const none = await gateway.exchange('public-security/household/v1', { residentId: married.residentId });
  await refusedWith(t, gateway, none, 'STILE_AGREEMENT_NONE', { provider: 'public-security' });
  const unknown = await gateway.exchange('public-security/passport/v1', { residentId: married.residentId });
  await refusedWith(t, gateway, unknown, 'STILE_SERVICE_UNKNOWN', { service: 'public-security/passport/v1' });
});

t.test("the reason is told in the caller's language", async t => {
  const gateway = await openGateway(t);
  const answer = await gateway.exchange(
    marriage,
    { residentId: '440304198804123032' },
    { 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.8' },
  );
  t.equal(answer.headers.get('content-language'), 'zh');
  t.match(answer.body, {
    code: 'STILE_REQUEST_INVALID',
    title: '请求不符合契约',
    errors: [{ pointer: '/residentId' }],
  });
  t.notMatch(answer.text, '440304198804123032', 'an error never repeats a value');
});

t.test('a quota is counted by window, and refused once it is used up', async t => {
  const gateway = await openGateway(t, { agreements: [{ ...terms, limits: { day: 2 } }] });
  const ask = () => gateway.exchange(marriage, { residentId: married.residentId });
  t.match((await ask()).headers.get('ratelimit'), /^"day";r=1;t=\d+$/);
  t.match((await ask()).headers.get('ratelimit'), /^"day";r=0;t=\d+$/);
  const third = await ask();
  t.match(third.headers.get('retry-after'), /^\d+$/);
  await refusedWith(t, gateway, third, 'STILE_QUOTA');
  t.equal(gateway.departments.civilAffairs.asked().length, 2);
});

t.test('new terms take effect at once, and only the fields they grant are released', async t => {
  const gateway = await openGateway(t, { agreements: [terms] });
  const ask = async () => (await gateway.exchange(marriage, { residentId: married.residentId })).body;
  t.same(await ask(), { residentId: married.residentId, status: 'married' });
  await importAgreements(gateway, [{ ...terms, fields: [{ path: 'spouse', mask: { kind: 'exists' } }] }]);
  t.same(await ask(), { spouse: true });
});

t.test("the source of a stranger is the caller that a trusted proxy names, and no other's word counts", async t => {
  const headers = { 'x-forwarded-for': '198.51.100.7', authorization: '' };
  const body = { residentId: married.residentId };
  const alone = await openGateway(t);
  const believed = await openGateway(t, {
    change: registry => {
      const exchange = { ...registry.settings.exchange, trustedProxies: ['127.0.0.0/8'] };
      return { ...registry, settings: { ...registry.settings, exchange } };
    },
  });
  await refusedWith(t, alone, await alone.exchange(marriage, body, headers), 'STILE_TOKEN_MISSING', {
    source: '127.0.0.1',
  });
  await refusedWith(t, believed, await believed.exchange(marriage, body, headers), 'STILE_TOKEN_MISSING', {
    source: '198.51.100.7',
  });
});
