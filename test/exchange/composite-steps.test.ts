/** Steps that need each other: what one released is what another is asked with, and nothing else. */
import t from 'tap';
import type { JsonObject } from '../../adapters/adapter.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { openGateway } from '../gateway.js';
import {
  agreementsWith,
  check,
  composedOf,
  household,
  insurance,
  marriage,
  recordsOf,
  withService,
} from './composing.js';

const { married, spouse, unmarried } = sampleResidents;

/** The spouse's insurance, by the number that the marriage register gives. */
const ofSpouse: JsonObject = {
  steps: {
    marriage: { service: marriage, request: { fields: { residentId: { request: 'residentId' } } } },
    spouse: {
      service: insurance,
      request: { fields: { residentId: 'marriage.spouse.residentId' } },
      when: { from: 'marriage.status', in: ['married'] },
    },
  },
  reply: {
    fields: {
      residentId: { request: 'residentId' },
      maritalStatus: 'marriage.status',
      insurance: { from: 'spouse', optional: true, fields: { status: 'status', months: 'months' } },
    },
  },
};

/** With the spouse's number granted. */
const wider = agreementsWith('housing-marriage-status', {
  fields: [{ path: 'residentId' }, { path: 'status' }, { path: 'spouse.residentId' }],
});

t.test('a step is asked with what another released, about whom that named', async t => {
  const gateway = await openGateway(t, { agreements: wider, change: registry => composedOf(registry, ofSpouse) });
  const direct = await gateway.exchange(insurance, { residentId: spouse.residentId });
  const answer = await gateway.exchange(check, { residentId: married.residentId });
  t.same(answer.body, {
    residentId: married.residentId,
    maritalStatus: 'married',
    insurance: { status: direct.body?.status, months: direct.body?.months },
  });
  const { entry, parts } = await recordsOf(gateway, answer.record);
  t.match(entry, { subjects: { count: 1 } }, 'the whole names the applicant');
  t.match(parts.get(insurance), { subjects: { count: 1 } });
  const headers = {
    authorization: `Bearer ${await gateway.token('staff/auditor')}`,
    'content-type': 'application/json',
  };
  const body = { subject: { kind: 'resident', identifier: spouse.residentId }, service: [insurance] };
  const found = await gateway.call('/audit/search', { method: 'POST', headers, body });
  const { entries = [] } = (found.body ?? {}) as { entries?: readonly unknown[] };
  t.equal(entries.length, 2, 'the part is found under the spouse, as is the direct call');
});

t.test('a step that is not wanted is not asked, and nothing is missing', async t => {
  const gateway = await openGateway(t, { agreements: wider, change: registry => composedOf(registry, ofSpouse) });
  const answer = await gateway.exchange(check, { residentId: unmarried.residentId });
  t.same(answer.body, { residentId: unmarried.residentId, maritalStatus: 'unmarried' });
  t.same(gateway.departments.humanResources.asked(), []);
  const { parts } = await recordsOf(gateway, answer.record);
  t.same([...parts.keys()], [marriage]);
});

t.test('whether a step is wanted is never taken from silence', async t => {
  const agreements = agreementsWith('housing-marriage-status', { fields: [{ path: 'spouse.residentId' }] });
  const ask = { ...ofSpouse, reply: { fields: { residentId: { request: 'residentId' }, insurance: 'spouse' } } };
  const gateway = await openGateway(t, { agreements, change: registry => composedOf(registry, ask) });
  const answer = await gateway.exchange(check, { residentId: unmarried.residentId });
  t.equal(answer.status, 502);
  t.match(answer.body, { code: 'STILE_PARTS_INCOMPLETE' });
  t.notOk(answer.body?.parts, 'no part refused');
});

t.test('in part: a step whose input did not come is missing too, and is not asked', async t => {
  const ask = {
    ...ofSpouse,
    partial: { reasons: 'missing' },
    reply: {
      fields: {
        residentId: { request: 'residentId' },
        maritalStatus: { from: 'marriage.status', optional: true },
        household: {
          from: 'household',
          optional: true,
          fields: { number: 'householdNumber', members: { constant: [] } },
        },
        insurance: { from: 'spouse', optional: true, fields: { status: 'status', months: 'months' } },
      },
    },
    steps: {
      ...(ofSpouse.steps as JsonObject),
      household: { service: household, request: { fields: { residentId: { request: 'residentId' } } } },
    },
  };
  const gateway = await openGateway(t, { agreements: wider, change: registry => composedOf(registry, ask) });
  gateway.departments.civilAffairs.misbehave({ kind: 'status', status: 500, times: 10 });
  const answer = await gateway.exchange(check, { residentId: married.residentId });
  t.equal(answer.status, 200, answer.text);
  t.match(answer.body?.missing, [
    { step: 'marriage', code: 'STILE_DEPARTMENT_FAILING' },
    { step: 'spouse', code: 'STILE_PARTS_INCOMPLETE' },
  ]);
  t.same(gateway.departments.humanResources.asked(), []);
});

t.test('the reply of the whole is checked by its own contract, and must be about whom was asked', async t => {
  const ask = { ...ofSpouse, reply: { fields: { residentId: 'marriage.spouse.residentId', insurance: 'spouse' } } };
  const gateway = await openGateway(t, { agreements: wider, change: registry => composedOf(registry, ask) });
  const answer = await gateway.exchange(check, { residentId: married.residentId });
  t.match(
    answer.body,
    { code: 'STILE_REPLY_BREAKS_CONTRACT', status: 502 },
    'insurance has a number that the contract does not know',
  );
  const other = {
    ...ofSpouse,
    reply: { fields: { residentId: 'spouse.residentId', maritalStatus: 'marriage.status' } },
  };
  const another = await openGateway(t, { agreements: wider, change: registry => composedOf(registry, other) });
  const about = await another.exchange(check, { residentId: married.residentId });
  t.match(about.body, { code: 'STILE_REPLY_OTHER_SUBJECT', status: 502 });
  const { entry } = await recordsOf(another, about.record);
  t.match(entry, { outcome: 'failed', code: 'STILE_REPLY_OTHER_SUBJECT' });
});

t.test('a composite may be part of another: each is decided under its own agreement', async t => {
  const outer = 'government-services/outer/v1';
  const ask: JsonObject = {
    steps: { check: { service: check, request: { fields: { residentId: { request: 'residentId' } } } } },
    reply: { fields: { residentId: { request: 'residentId' }, maritalStatus: 'check.maritalStatus' } },
  };
  const agreement = agreementsWith('housing-rental-housing-check', {}).find(
    each => (each as { service: string }).service === check,
  );
  const gateway = await openGateway(t, {
    agreements: [...wider, { ...agreement, id: 'housing-outer', service: outer }],
    change(registry) {
      const inner = registry.services.get(check);
      if (inner === undefined) throw new Error('there is no composite');
      const services = new Map([...registry.services, [outer, { ...inner, id: outer }]]);
      return withService({ ...registry, services }, outer, {
        ask,
        parts: [{ step: 'check', service: check, isNeeded: true }],
      });
    },
  });
  const answer = await gateway.exchange(outer, { residentId: married.residentId });
  t.same(answer.body, { residentId: married.residentId, maritalStatus: 'married' }, answer.text);
  const { parts } = await recordsOf(gateway, answer.record);
  const inner = parts.get(check);
  t.match(inner, { outcome: 'released', agreement: { id: 'housing-rental-housing-check' } });
  const [first = '', ...others] = (inner?.parts ?? []) as string[];
  t.equal(others.length, 3);
  const innermost = await gateway.entry(first);
  t.match(await gateway.entry(String(innermost.parent)), { kind: 'intent', service: check });
});
