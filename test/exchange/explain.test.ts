/** Explaining a call: the same steps, nobody asked, nothing counted, nothing told of people or of others' agreements. */
import t from 'tap';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { type Answer, openGateway, type TestGateway } from '../gateway.js';

const marriage = 'civil-affairs/marriage-status/v1';
const { married, outsideCity } = sampleResidents;

const terms = {
  id: 'housing-marriage-status',
  provider: 'civil-affairs',
  consumer: 'housing',
  service: marriage,
  purposes: ['public-rental-housing'],
  from: '2026-01-01',
  until: '2035-12-31',
  fields: [{ path: 'status' }],
  constraints: [{ kind: 'own-division', field: 'residentId' }],
  limits: { day: 2 },
};

async function explain(gateway: TestGateway, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  return gateway.call(`/explain/${marriage}`, {
    method: 'POST',
    body,
    headers: {
      authorization: `Bearer ${await gateway.token('housing/permits')}`,
      'content-type': 'application/json',
      'stile-purpose': 'public-rental-housing',
      ...headers,
    },
  });
}

const stagesOf = (answer: Answer): string[] => {
  const { stages } = answer.body as { stages: { stage: string; verdict: string }[] };
  return stages.map(({ stage, verdict }) => `${stage} ${verdict}`);
};

t.test('what would be released, and under which agreement', async t => {
  const gateway = await openGateway(t, { agreements: [terms] });
  for (let times = 0; times < 5; times++) {
    const answer = await explain(gateway, { residentId: married.residentId });
    t.equal(answer.status, 200);
    t.match(answer.body, {
      wouldRelease: true,
      grant: { agreement: terms.id, version: 1, fields: [{ path: 'status' }], limits: { day: 2 } },
      considered: [{ agreement: terms.id }],
    });
    t.same(stagesOf(answer), [
      'receive passes',
      'identify passes',
      'match passes',
      'check-request passes',
      'decide passes',
      'limit passes',
    ]);
    t.match(await gateway.entry(answer.record), {
      kind: 'explain',
      client: 'housing/permits',
      service: marriage,
      asked: false,
    });
    t.notMatch(answer.text, married.residentId);
  }
  t.same(gateway.departments.civilAffairs.asked(), [], 'no department was asked');
  const exchange = await gateway.exchange(marriage, { residentId: married.residentId });
  t.match(exchange.headers.get('ratelimit'), /^"day";r=1;/, 'and nothing was counted');
});

t.test('where it would stop, why, and what to do', async t => {
  const gateway = await openGateway(t, { agreements: [terms] });
  const constraint = await explain(gateway, { residentId: outsideCity.residentId });
  t.match(constraint.body, {
    wouldRelease: false,
    code: 'STILE_CONSTRAINT',
    remedy: String,
    considered: [{ agreement: terms.id, code: 'STILE_CONSTRAINT' }],
    errors: [{ pointer: '/residentId' }],
  });
  t.notMatch(constraint.text, outsideCity.residentId);
  t.match(await gateway.entry(constraint.record), { kind: 'explain', outcome: 'refused', code: 'STILE_CONSTRAINT' });
  const invalid = await explain(gateway, { residentId: '1' }, { 'accept-language': 'zh' });
  t.match(invalid.body, { wouldRelease: false, code: 'STILE_REQUEST_INVALID', title: '请求不符合契约' });
  t.match(stagesOf(invalid), [
    'receive passes',
    'identify passes',
    'match passes',
    'check-request stops',
    'decide not-reached',
    'limit not-reached',
  ]);
});

t.test('another department learns nothing of agreements that are not its own', async t => {
  const gateway = await openGateway(t, { agreements: [terms] });
  const answer = await explain(
    gateway,
    { residentId: married.residentId },
    { authorization: `Bearer ${await gateway.token('public-security/register')}` },
  );
  t.match(answer.body, { wouldRelease: false, code: 'STILE_AGREEMENT_NONE' });
  t.notMatch(answer.text, terms.id);
});

t.test('a stranger is told nothing but to get a token', async t => {
  const gateway = await openGateway(t, { agreements: [terms] });
  const answer = await explain(gateway, { residentId: married.residentId }, { authorization: 'Bearer no.token.atall' });
  t.equal(answer.status, 401);
  t.match(answer.body, { code: 'STILE_TOKEN_INVALID', stage: 'identify', considered: undefined });
});
