/** A composite's time, its caller who hangs up, and the places it does not take from its own parts. */
import { request as httpRequest } from 'node:http';
import t from 'tap';
import type { JsonObject } from '../../adapters/adapter.js';
import type { Registry } from '../../src/registry/registry.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { openGateway, sandboxAgreements, type TestGateway } from '../gateway.js';
import { check, composedOf, holdDepartment, insurance, marriage, recordsOf, withService } from './composing.js';

const { married } = sampleResidents;
const request = { residentId: married.residentId };
const aboutWhom = { fields: { residentId: { request: 'residentId' } } };

/** Insurance is asked about whom the marriage register has found, and so after it. */
const inTurn: JsonObject = {
  steps: {
    marriage: { service: marriage, request: aboutWhom },
    insurance: { service: insurance, request: { fields: { residentId: 'marriage.residentId' } } },
  },
  partial: { reasons: 'missing' },
  reply: {
    fields: {
      residentId: { request: 'residentId' },
      maritalStatus: { from: 'marriage.status', optional: true },
      insurance: { from: 'insurance', optional: true, fields: { status: 'status', months: 'months' } },
    },
  },
};

t.test('a part has no more time than the composite, whatever its own service allows', async t => {
  const held = await holdDepartment(t, marriage);
  const gateway = await openGateway(t, {
    change: registry => withService(held.through(registry), check, { deadline: 1000 }),
  });
  t.equal(gateway.registry.services.get(marriage)?.deadline, 5000);
  const answer = await gateway.exchange(check, request);
  t.match(answer.body?.missing, [{ step: 'marriage', code: 'STILE_DEPARTMENT_TIMEOUT' }]);
  t.match(answer.body, { insurance: { status: 'paying' } }, 'the others had answered');
});

t.test('a step whose turn has not come when the time is over is not asked', async t => {
  const held = await holdDepartment(t, marriage);
  const gateway = await openGateway(t, {
    change: registry => composedOf(held.through(registry), inTurn, { deadline: 500 }),
  });
  const answer = await gateway.exchange(check, request);
  t.match(answer.body, { code: 'STILE_PART_FAILED', parts: [{ step: 'marriage', code: 'STILE_DEPARTMENT_TIMEOUT' }] });
  const { parts = [] } = (answer.body ?? {}) as { parts?: readonly unknown[] };
  t.equal(parts.length, 1);
  t.same(gateway.departments.humanResources.asked(), []);
});

t.test('a caller that hangs up: what is under way is recorded, and nobody else is asked', async t => {
  const held = await holdDepartment(t, marriage);
  const gateway = await openGateway(t, { change: registry => composedOf(held.through(registry), inTurn) });
  const calling = httpRequest(`${gateway.url}/exchange/${check}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await gateway.token('housing/permits')}`,
      'content-type': 'application/json',
      'stile-purpose': 'public-rental-housing',
    },
  });
  const hungUp = new Promise(resolve => calling.once('error', resolve));
  calling.end(JSON.stringify(request));
  await held.asked;
  calling.destroy();
  await hungUp;
  held.letGo();
  const { entry, parts } = await recordsOf(gateway, await recordOf(gateway, check));
  t.match(entry, { outcome: 'failed', code: 'STILE_CALLER_GONE' });
  t.match(parts.get(marriage), { outcome: 'failed', code: 'STILE_CALLER_GONE', asked: true });
  t.same(gateway.departments.humanResources.asked(), []);
});

/** Waits for the one record of a service's exchange. */
async function recordOf(gateway: TestGateway, service: string): Promise<string> {
  const headers = {
    authorization: `Bearer ${await gateway.token('staff/auditor')}`,
    'content-type': 'application/json',
  };
  const body = { service: [service], kind: ['exchange'] };
  for (;;) {
    const found = await gateway.call('/audit/search', { method: 'POST', headers, body });
    const [first] = (found.body?.entries ?? []) as readonly { readonly position: string }[];
    if (first !== undefined) return first.position;
  }
}

t.test('a composite within another is not kept waiting for the place that the outer one takes', async t => {
  const outer = 'government-services/outer/v1';
  const ask = {
    steps: { check: { service: check, request: aboutWhom } },
    reply: { fields: { residentId: { request: 'residentId' }, maritalStatus: 'check.maritalStatus' } },
  };
  const narrow = (registry: Registry): Registry => {
    const inner = registry.services.get(check);
    if (inner?.adapter === undefined) throw new Error('there is no composite');
    const adapter = { ...inner.adapter, resilience: { ...inner.adapter.resilience, concurrency: 1, queue: 0 } };
    const parts = [{ step: 'check', service: check, isNeeded: true }];
    const both = new Map([...registry.services, [outer, { ...inner, id: outer, adapter, ask, parts }]]);
    return withService({ ...registry, services: both }, check, { adapter });
  };
  const own = sandboxAgreements().find(each => (each as { service: string }).service === check);
  const gateway = await openGateway(t, {
    agreements: [...sandboxAgreements(), { ...own, id: 'housing-outer', service: outer }],
    change: narrow,
  });
  const answers = await Promise.all([1, 2, 3].map(() => gateway.exchange(outer, request)));
  for (const { body } of answers) t.same(body, { residentId: married.residentId, maritalStatus: 'married' });
});
