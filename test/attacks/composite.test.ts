/** Attempts to get more by a composite service than by asking its parts: data nobody granted, what was taken back meanwhile, a place in the ledger. */
import t from 'tap';
import type { JsonObject } from '../../adapters/adapter.js';
import type { Registry } from '../../src/registry/registry.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import {
  agreementsWith,
  agreementsWithout,
  allOrNothing,
  check,
  composedOf,
  holdDepartment,
  household,
  insurance,
  marriage,
  property,
  recordsOf,
  suspend,
} from '../exchange/composing.js';
import { type Answer, importAgreements, openGateway } from '../gateway.js';

const { married, spouse } = sampleResidents;
const request = { residentId: married.residentId };

/** A registry under which no refusal of a client has a record of its own. */
function pastTheRate(registry: Registry): Registry {
  const { settings } = registry;
  const { exchange } = settings;
  const refusals = { ...exchange.refusals, client: 0 };
  return { ...registry, settings: { ...settings, exchange: { ...exchange, refusals } } };
}

/** What an answer tells of the parts that gave no reply. */
const partsOf = ({ body }: Pick<Answer, 'body'>): readonly JsonObject[] => (body?.parts ?? []) as JsonObject[];

t.test('reaching a service through a composite without an agreement of one’s own', async t => {
  const agreements = agreementsWithout(
    'housing-marriage-status',
    'housing-household',
    'housing-insurance-contributions',
    'housing-property-registration',
  );
  const gateway = await openGateway(t, { agreements });
  const answer = await gateway.exchange(check, request);
  t.equal(answer.status, 403, 'where no step answers, not even a partial reply is there');
  t.match(answer.body, { code: 'STILE_PART_REFUSED' });
  const told = answer.body?.parts as readonly JsonObject[];
  t.same(
    told.map(({ code }) => code),
    Array(4).fill('STILE_AGREEMENT_NONE'),
  );
  const { civilAffairs, publicSecurity, humanResources } = gateway.departments;
  t.same(
    [civilAffairs, publicSecurity, humanResources].flatMap(department => department.asked()),
    [],
  );
});

t.test('under the agreement of another client, or for another purpose', async t => {
  const gateway = await openGateway(t, {
    agreements: [
      ...agreementsWithout('housing-rental-housing-check', 'housing-marriage-status'),
      ...agreementsWith('housing-rental-housing-check', { clients: ['permits', 'archive'] }).slice(-1),
      ...agreementsWith('housing-marriage-status', { purposes: ['archive-appraisal'] }).slice(0, 1),
    ],
  });
  const authorization = `Bearer ${await gateway.token('housing/archive')}`;
  const asArchive = await gateway.exchange(check, request, { authorization });
  t.match(asArchive.body, { code: 'STILE_PART_REFUSED' });
  const codes = partsOf(asArchive).map(({ step, code }) => `${step} ${code}`);
  t.same(codes.toSorted(), [
    'household STILE_AGREEMENT_CLIENT',
    'insurance STILE_AGREEMENT_CLIENT',
    'marriage STILE_AGREEMENT_PURPOSE',
    'property STILE_AGREEMENT_CLIENT',
  ]);
  const asPermits = await gateway.exchange(check, request);
  t.match(asPermits.body?.missing, [{ step: 'marriage', code: 'STILE_AGREEMENT_PURPOSE' }]);
  t.notOk('maritalStatus' in (asPermits.body ?? {}));
});

t.test('a field that was not granted becomes no input of another step, and no output', async t => {
  const ask: JsonObject = {
    steps: {
      marriage: { service: marriage, request: { fields: { residentId: { request: 'residentId' } } } },
      spouse: { service: insurance, request: { fields: { residentId: 'marriage.spouse.residentId' } } },
    },
    reply: { fields: { residentId: { request: 'residentId' }, insurance: 'spouse' } },
  };
  const gateway = await openGateway(t, { change: registry => composedOf(registry, ask) });
  const answer = await gateway.exchange(check, request);
  t.match(answer.body, { code: 'STILE_PARTS_INCOMPLETE' });
  t.same(gateway.departments.humanResources.asked(), [], 'nobody was asked about the spouse');
  t.notMatch(answer.text, spouse.residentId);
});

t.test('a masked value becomes no input: it is what the caller sees, and no number', async t => {
  const ask: JsonObject = {
    steps: {
      marriage: { service: marriage, request: { fields: { residentId: { request: 'residentId' } } } },
      spouse: { service: insurance, request: { fields: { residentId: 'marriage.spouse.residentId' } } },
    },
    reply: { fields: { residentId: { request: 'residentId' }, insurance: 'spouse' } },
  };
  const fields = [{ path: 'status' }, { path: 'spouse.residentId', mask: { kind: 'keep-last', count: 4 } }];
  const gateway = await openGateway(t, {
    agreements: agreementsWith('housing-marriage-status', { fields }),
    change: registry => composedOf(registry, ask),
  });
  const answer = await gateway.exchange(check, request);
  t.match(answer.body, {
    code: 'STILE_PART_REFUSED',
    parts: [{ step: 'spouse', code: 'STILE_REQUEST_INVALID', errors: [{ pointer: '/residentId' }] }],
  });
  t.notMatch(answer.text, spouse.residentId.slice(-4));
  t.same(gateway.departments.humanResources.asked(), []);
});

t.test('a part’s constraint is put to what the part is asked', async t => {
  const elsewhere = sampleResidents.outsideCity.residentId;
  const constraints = [{ kind: 'own-division', field: 'residentId' }];
  const gateway = await openGateway(t, { agreements: agreementsWith('housing-household', { constraints }) });
  const answer = await gateway.exchange(check, { residentId: elsewhere });
  t.match(answer.body?.missing, [{ step: 'household', code: 'STILE_CONSTRAINT' }]);
});

t.test('what was taken back while the composite was under way', async t => {
  const held = await holdDepartment(t, marriage);
  const gateway = await openGateway(t, { change: held.through });
  const asking = gateway.exchange(check, request);
  await held.asked;
  // The household has long been released to the composite by the time that its agreement is suspended.
  const headers = {
    authorization: `Bearer ${await gateway.token('staff/auditor')}`,
    'content-type': 'application/json',
  };
  const body = { service: [household, insurance], kind: ['exchange'], outcome: ['released'] };
  for (let released = 0; released < 2; ) {
    const found = await gateway.call('/audit/search', { method: 'POST', headers, body });
    released = ((found.body?.entries ?? []) as readonly unknown[]).length;
  }
  await suspend(gateway, 'housing-household');
  held.letGo();
  const answer = await asking;
  t.equal(answer.status, 409, answer.text);
  t.match(answer.body, { code: 'STILE_PART_CHANGED', stage: 'record' });
  const { entry, parts } = await recordsOf(gateway, answer.record);
  t.match(entry, { outcome: 'refused', code: 'STILE_PART_CHANGED' });
  t.match(parts.get(household), { outcome: 'released' });
  t.match(parts.get(marriage), { outcome: 'released' }, 'its own agreement stands');
  const again = await gateway.exchange(check, request);
  t.match(again.body?.missing, [{ step: 'household', code: 'STILE_AGREEMENT_SUSPENDED' }]);
});

t.test('what was narrowed while the composite was under way', async t => {
  const held = await holdDepartment(t, marriage);
  const gateway = await openGateway(t, { change: held.through });
  const asking = gateway.exchange(check, request);
  await held.asked;
  const fields = [{ path: 'residentId' }, { path: 'spouse.name' }];
  await importAgreements(gateway, agreementsWith('housing-marriage-status', { fields }));
  held.letGo();
  const answer = await asking;
  // The part is decided and cut again, so what it released is what stands: without the status.
  t.equal(answer.status, 200, answer.text);
  t.notOk('maritalStatus' in (answer.body ?? {}));
});

t.test('a repeat, after an agreement for a part was suspended', async t => {
  const gateway = await openGateway(t);
  const headers = { 'idempotency-key': 'once' };
  const first = await gateway.exchange(check, request, headers);
  const second = await gateway.exchange(check, request, headers);
  t.equal(first.status, 200, first.text);
  t.equal(second.text, first.text);
  t.match(await gateway.entry(second.record), { repeats: first.record, asked: false });
  await suspend(gateway, 'housing-insurance-contributions');
  const third = await gateway.exchange(check, request, headers);
  t.match(third.body, { code: 'STILE_REPEAT_CHANGED', status: 409 });
});

t.test('filling the ledger by composites that cannot be answered', async t => {
  const gateway = await openGateway(t, {
    agreements: agreementsWithout('housing-marriage-status'),
    change: registry => pastTheRate(composedOf(registry, allOrNothing(registry))),
  });
  const answer = await gateway.exchange(check, request);
  t.match(answer.body, { code: 'STILE_PART_REFUSED' });
  t.equal(answer.record, null, 'it is counted with others of its kind');
  const headers = {
    authorization: `Bearer ${await gateway.token('staff/auditor')}`,
    'content-type': 'application/json',
  };
  const found = await gateway.call('/audit/search', { method: 'POST', headers, body: { kind: ['intent'] } });
  t.same(found.body?.entries, [], 'and has left no intent');
});

t.test('filling the ledger by what a part refuses', async t => {
  const gateway = await openGateway(t, {
    agreements: agreementsWithout('housing-marriage-status'),
    change: pastTheRate,
  });
  const answer = await gateway.exchange(check, request);
  t.match(answer.body?.missing, [{ step: 'marriage', code: 'STILE_AGREEMENT_NONE' }]);
  const { parts } = await recordsOf(gateway, answer.record);
  t.same([...parts.keys()].toSorted(), [insurance, property, household], 'the refusal has no record of its own');
});

t.test('the ledger: nothing of a reply is in any of the records', async t => {
  const gateway = await openGateway(t);
  const answer = await gateway.exchange(check, request);
  const { entry, parts } = await recordsOf(gateway, answer.record);
  const written = JSON.stringify([entry, ...parts.values()]);
  for (const secret of [married.residentId, spouse.residentId, spouse.name, '"married"', '"head"', '"paying"']) {
    t.notMatch(written, secret);
  }
});
