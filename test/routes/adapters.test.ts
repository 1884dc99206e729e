/** Operators see how departments' systems stand; the look is on record, and tells no value. */
import t from 'tap';
import type { AdapterStanding, OperateAdapters } from '../../schemas/stile/operate-adapters.js';
import type { Registry } from '../../src/registry/registry.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { openGateway, type TestGateway, withoutCounting } from '../gateway.js';
import { until } from '../until.js';

const marriage = 'civil-affairs/marriage-status/v1';
const household = 'public-security/household/v1';
const { residentId } = sampleResidents.married;

/** The breaker opens on the third failure, for longer than the test takes. */
const nervous = (registry: Registry): Registry => ({
  ...withoutCounting(registry),
  services: new Map(
    [...registry.services].map(([id, service]) => {
      if (service.adapter === undefined) return [id, service];
      const breaker = { window: 10_000, questions: 3, failures: 0.5, pause: 600_000 };
      const resilience = { ...service.adapter.resilience, breaker };
      return [id, { ...service, retries: 0, adapter: { ...service.adapter, resilience } }];
    }),
  ),
});

async function look(gateway: TestGateway, query = '', who = 'staff/operator') {
  const headers = { authorization: `Bearer ${await gateway.token(who)}` };
  const answer = await gateway.call(`/operate/adapters${query}`, { headers });
  const { adapters = [] } = (answer.body ?? {}) as Partial<OperateAdapters>;
  const of = (id: string): AdapterStanding | undefined => adapters.find(each => each.id === id);
  return {
    answer,
    adapters,
    registration: of('civil-affairs/registration'),
    population: of('public-security/population'),
  };
}

t.test('how each stands, from what it was asked', async t => {
  const gateway = await openGateway(t, { change: nervous });
  const { civilAffairs } = gateway.departments;
  const before = await look(gateway);
  t.equal(before.answer.status, 200, before.answer.text);
  t.match(await gateway.entry(before.answer.record), {
    kind: 'search',
    question: 'adapters',
    outcome: 'released',
    staff: { id: 'staff/operator', role: 'operator' },
  });
  t.strictSame(
    before.adapters.map(({ id }) => id),
    [...new Set([...gateway.registry.services.values()].flatMap(({ adapter }) => adapter?.id ?? []))].sort(),
  );
  t.strictSame(before.registration, {
    id: 'civil-affairs/registration',
    kind: 'http',
    services: ['civil-affairs/marriage-status/v1', 'civil-affairs/marriage-appointment/v1'],
    state: 'unasked',
    underWay: 0,
    concurrency: 64,
    waiting: 0,
    queue: 256,
    answered: 0,
    failed: {},
    turnedAway: 0,
    breaches: 0,
  });

  const begun = new Date().toISOString();
  const good = await gateway.exchange(marriage, { residentId });
  t.equal(good.status, 200);
  const asked = (await look(gateway)).registration;
  t.match(asked, { state: 'answering', answered: 1, latency: { count: 1 }, asOf: good.headers.get('stile-as-of') });
  t.ok(String(asked?.lastAnswer) >= begun);

  civilAffairs.misbehave({ kind: 'another-person' });
  await gateway.exchange(marriage, { residentId });
  civilAffairs.misbehave({ kind: 'status', status: 400 });
  await gateway.exchange(marriage, { residentId });
  t.match((await look(gateway)).registration, {
    state: 'answering',
    answered: 2,
    breaches: 1,
    failed: { rejected: 1 },
    lastFailure: { failure: 'rejected' },
  });

  civilAffairs.misbehave({ kind: 'status', status: 500 });
  await gateway.exchange(marriage, { residentId });
  t.match((await look(gateway)).registration, { state: 'failing', lastFailure: { failure: 'failing' } });
  await until(async () => {
    const { body } = await gateway.exchange(marriage, { residentId });
    return body?.code === 'STILE_DEPARTMENT_PAUSED';
  });
  const paused = await look(gateway);
  t.match(paused.registration, { state: 'paused', turnedAway: 1 });
  t.match(paused.population, { state: 'unasked' });
  t.notMatch(paused.answer.text, residentId);

  const { text } = await gateway.call('/metrics');
  t.match(text, /^stile_adapter_state\{adapter="civil-affairs\/registration",state="paused"\} 1$/m);
  t.match(text, /^stile_adapter_state\{adapter="civil-affairs\/registration",state="answering"\} 0$/m);
  t.match(text, /^stile_adapter_breaches_total\{adapter="civil-affairs\/registration"\} 1$/m);
  t.match(text, /^stile_adapter_failures_total\{adapter="civil-affairs\/registration",failure="rejected"\} 1$/m);
  t.match(text, /^stile_adapter_latency_seconds\{adapter="civil-affairs\/registration",quantile="0.99"\} [0-9.e-]+$/m);
});

t.test('a probe tells which systems are there', async t => {
  const gateway = await openGateway(t, { change: nervous });
  gateway.departments.civilAffairs.misbehave({ kind: 'down' });
  const { registration, population } = await look(gateway, '?probe=true');
  t.match(registration, { state: 'unasked', probe: { failure: 'unreachable', at: /^\d{4}-/ } });
  t.match(population?.probe, { at: /^\d{4}-/ });
  t.notHas(population?.probe, { failure: /./ });
  t.equal((await gateway.exchange(household, { residentId })).status, 200);
});

t.test('nobody else may look, and that is on record too', async t => {
  const gateway = await openGateway(t, { change: withoutCounting });
  for (const who of ['staff/auditor', 'staff/security', 'staff/officer', 'housing/permits']) {
    const { answer, adapters } = await look(gateway, '', who);
    t.equal(answer.status, 403, who);
    t.strictSame(adapters, []);
    t.match(await gateway.entry(answer.record), { kind: 'search', question: 'adapters', code: 'STILE_ROLE_REQUIRED' });
  }
  t.equal((await gateway.call('/operate/adapters')).status, 401);
});
