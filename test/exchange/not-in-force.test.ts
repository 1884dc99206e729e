/** Agreements that are not in force, and quotas that are used up: what the call gets, what its explanation tells, and what is on record. */
import t, { type Test } from 'tap';
import { type ErrorCode, errors } from '../../src/errors.js';
import type { Registry } from '../../src/registry/registry.js';
import { nobody, sampleResidents } from '../../src/sandbox/samples.js';
import { type Answer, importAgreements, openGateway, type TestGateway } from '../gateway.js';
import { refusedWith } from '../refusal.js';

const marriage = 'civil-affairs/marriage-status/v1';
const { married, widowed, outsideCity } = sampleResidents;

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

async function explain(gateway: TestGateway, residentId: string = married.residentId): Promise<Answer> {
  return gateway.call(`/explain/${marriage}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await gateway.token('housing/permits')}`,
      'content-type': 'application/json',
      'stile-purpose': 'public-rental-housing',
    },
    body: { residentId },
  });
}

const order = ['receive', 'identify', 'match', 'check-request', 'decide', 'limit'];

/** The stages of an explanation that ends in one of them. */
const stagesUntil = (stage: string) =>
  order.map((each, at) => {
    const end = order.indexOf(stage);
    return { stage: each, verdict: at < end ? 'passes' : at === end ? 'stops' : 'not-reached' };
  });

/** Asserts that the explanation tells of this code, and that its record does. */
async function explainedBy(t: Test, gateway: TestGateway, answer: Answer, code: ErrorCode): Promise<void> {
  const { stage, title, remedy } = errors[code];
  t.equal(answer.status, 200, answer.text);
  t.match(answer.body, { wouldRelease: false, code, title: title.en, remedy: remedy.en, record: answer.record });
  t.same(answer.body?.stages, stagesUntil(stage));
  t.equal(answer.body?.grant, undefined, 'no grant is shown');
  const entry = await gateway.entry(answer.record);
  t.match(entry, { kind: 'explain', client: 'housing/permits', outcome: 'refused', code, stage, asked: false });
}

async function act(gateway: TestGateway, action: 'suspend' | 'resume'): Promise<void> {
  const answer = await gateway.call(`/operate/agreements/${terms.id}/${action}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await gateway.token('staff/officer')}`, 'content-type': 'application/json' },
    body: { why: 'a complaint is looked into' },
  });
  if (answer.status !== 200) throw new Error(answer.text);
}

/** A registry in which the service's contract is not the one the agreement was granted on. */
function withChangedContract(registry: Registry): Registry {
  const services = new Map(registry.services);
  const service = services.get(marriage);
  if (service === undefined) throw new Error('the sandbox has lost its service');
  services.set(marriage, { ...service, contract: { ...service.contract, digest: 'another' } });
  return { ...registry, services };
}

t.test('an agreement that is expired, not yet valid, suspended or waiting: the call and its explanation', async t => {
  const gateway = await openGateway(t, { agreements: [terms] });
  const both = async (code: ErrorCode, at: TestGateway = gateway) => {
    const answer = await at.exchange(marriage, { residentId: married.residentId });
    await refusedWith(t, at, answer, code, { kind: 'exchange', client: 'housing/permits', asked: false });
    const explained = await explain(at);
    await explainedBy(t, at, explained, code);
    t.same(explained.body?.considered, [{ agreement: terms.id, code, title: errors[code].title.en }]);
    t.notMatch(explained.text, /complaint/, 'why it was suspended is for staff');
  };
  await importAgreements(gateway, [{ ...terms, from: '2020-01-01', until: '2021-12-31' }]);
  await both('STILE_AGREEMENT_EXPIRED');
  await importAgreements(gateway, [{ ...terms, from: '2034-01-01' }]);
  await both('STILE_AGREEMENT_NOT_YET');
  await importAgreements(gateway, [terms]);
  await act(gateway, 'suspend');
  await both('STILE_AGREEMENT_SUSPENDED');
  await act(gateway, 'resume');
  const changed = await openGateway(t, { beside: gateway, change: withChangedContract });
  await both('STILE_AGREEMENT_WAITING', changed);
  t.same(gateway.departments.civilAffairs.asked(), [], 'no department was asked');
  t.match((await explain(gateway)).body, { wouldRelease: true }, 'where the contract has not changed, it is in force');
});

t.test('a quota that is used up is explained, and explaining it uses none', async t => {
  const gateway = await openGateway(t, { agreements: [{ ...terms, limits: { day: 1 } }] });
  t.equal((await gateway.exchange(marriage, { residentId: married.residentId })).status, 200);
  for (let times = 0; times < 2; times++) await explainedBy(t, gateway, await explain(gateway), 'STILE_QUOTA');
  t.equal(gateway.departments.civilAffairs.asked().length, 1, 'by the exchange, never by an explanation');
});

t.test('it tells nothing about people: whoever is asked for, the answer is the same', async t => {
  const gateway = await openGateway(t, { agreements: [terms] });
  const told = async (residentId: string) => {
    const answer = await explain(gateway, residentId);
    t.notMatch(answer.text, residentId);
    return answer.text.replace(/"record":"[^"]*"/, '');
  };
  const expected = await told(married.residentId);
  for (const residentId of [widowed.residentId, outsideCity.residentId, nobody]) {
    t.equal(await told(residentId), expected);
  }
});
