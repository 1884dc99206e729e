/** One matter, handled once: one request, several departments, each part decided, limited, cut and recorded as the caller's own exchange. */
import t from 'tap';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { openGateway } from '../gateway.js';
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
} from './composing.js';

const { married } = sampleResidents;
const request = { residentId: married.residentId };

t.test('one request: the parts are put together, and cut once more to the grant of the whole', async t => {
  const gateway = await openGateway(t);
  const answer = await gateway.exchange(check, request, { 'stile-case': 'H-2026-0012', 'stile-operator': 'li-na' });
  t.equal(answer.status, 200, answer.text);
  t.same(answer.body, {
    residentId: married.residentId,
    maritalStatus: 'married',
    household: { members: [{ relation: 'head' }, { relation: 'spouse' }] },
    insurance: { status: 'paying', months: 179 },
    ownsHome: true,
  });

  const { entry, parts } = await recordsOf(gateway, answer.record);
  t.match(entry, {
    outcome: 'released',
    service: check,
    provider: 'government-services',
    agreement: { id: 'housing-rental-housing-check', version: 1 },
    intent: entry.id,
  });
  t.same([...parts.keys()].toSorted(), [marriage, insurance, property, household]);
  for (const [service, agreement] of [
    [marriage, 'housing-marriage-status'],
    [household, 'housing-household'],
    [insurance, 'housing-insurance-contributions'],
    [property, 'housing-property-registration'],
  ]) {
    const part = parts.get(service);
    t.match(part, {
      kind: 'exchange',
      outcome: 'released',
      client: 'housing/permits',
      consumer: 'housing',
      provider: service?.split('/')[0],
      purpose: 'public-rental-housing',
      case: 'H-2026-0012',
      operator: { id: 'li-na', assurance: 'asserted' },
      agreement: { id: agreement, version: 1 },
      asked: true,
      registry: entry.registry,
    });
    t.equal(String(part?.trace).split('-')[1], String(entry.trace).split('-')[1], 'one trace');
    t.not(part?.trace, entry.trace, 'under a span of its own');
    const intent = await gateway.entry(String(part?.parent));
    t.match(intent, { kind: 'intent', id: entry.id, service: check }, 'the part names the intent of the whole');
  }
  t.equal(gateway.departments.civilAffairs.asked().at(-1), parts.get(marriage)?.id, 'its own request id');
  t.match(answer.headers.get('stile-as-of'), /^\d{4}-\d\d-\d\dT/, 'the oldest of the parts');
});

t.test('steps that need nothing of each other are asked at once', async t => {
  const held = await holdDepartment(t, marriage);
  const gateway = await openGateway(t, { change: held.through });
  const { publicSecurity, humanResources } = gateway.departments;
  const asking = gateway.exchange(check, request);
  await held.asked;
  // Whoever asked one after the other would wait here for ever: the first does not answer before the others were asked.
  while (publicSecurity.asked().length === 0 || humanResources.asked().length === 0) {
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  held.letGo();
  t.match((await asking).body, { maritalStatus: 'married', insurance: { status: 'paying' } });
});

t.test('in part: a step that is refused is missing, with the reason that its own service gives', async t => {
  const gateway = await openGateway(t, { agreements: agreementsWithout('housing-insurance-contributions') });
  const direct = await gateway.exchange(insurance, request, { 'accept-language': 'zh' });
  const answer = await gateway.exchange(check, request, { 'accept-language': 'zh' });
  t.equal(answer.status, 200, answer.text);
  t.same(answer.body, {
    residentId: married.residentId,
    maritalStatus: 'married',
    household: { members: [{ relation: 'head' }, { relation: 'spouse' }] },
    ownsHome: true,
    missing: [{ step: 'insurance', code: 'STILE_AGREEMENT_NONE', title: direct.body?.title }],
  });
  const { entry, parts } = await recordsOf(gateway, answer.record);
  t.equal(entry.outcome, 'released');
  t.match(parts.get(insurance), { outcome: 'refused', code: 'STILE_AGREEMENT_NONE', stage: 'decide', asked: false });
});

t.test('all or nothing: what a part refuses is told as by its own service, and nothing is released', async t => {
  const constraints = [{ kind: 'one-of', field: 'residentId', values: ['nobody'] }];
  const gateway = await openGateway(t, {
    agreements: agreementsWith('housing-insurance-contributions', { constraints }),
    change: registry => composedOf(registry, allOrNothing(registry)),
  });
  const direct = await gateway.exchange(insurance, request);
  const answer = await gateway.exchange(check, request);
  t.equal(answer.status, 403);
  t.match(answer.body, { code: 'STILE_PART_REFUSED', stage: 'ask', record: answer.record });
  const { entry, parts } = await recordsOf(gateway, answer.record);
  t.match(entry, { outcome: 'refused', code: 'STILE_PART_REFUSED', intent: entry.id });
  t.notOk('fields' in entry);
  t.match(parts.get(insurance), { outcome: 'refused', code: 'STILE_CONSTRAINT', stage: 'decide', asked: false });
  const record = (entry.parts as string[])[[...parts.keys()].indexOf(insurance)];
  const { code, title, remedy, errors } = direct.body ?? {};
  t.same(answer.body?.parts, [{ step: 'insurance', service: insurance, code, title, remedy, record, errors }]);
});

t.test('all or nothing: without an agreement for a part, no department is asked in vain', async t => {
  const gateway = await openGateway(t, {
    agreements: agreementsWithout('housing-insurance-contributions'),
    change: registry => composedOf(registry, allOrNothing(registry)),
  });
  const direct = await gateway.exchange(insurance, request);
  const answer = await gateway.exchange(check, request);
  t.match(answer.body, { code: 'STILE_PART_REFUSED', status: 403, record: answer.record });
  const { code, title, remedy } = direct.body ?? {};
  t.same(answer.body?.parts, [{ step: 'insurance', service: insurance, code, title, remedy }]);
  const { civilAffairs, publicSecurity, humanResources } = gateway.departments;
  t.same(
    [civilAffairs, publicSecurity, humanResources].flatMap(department => department.asked()),
    [],
  );
  const { entry } = await recordsOf(gateway, answer.record);
  t.match(entry, { outcome: 'refused', code: 'STILE_PART_REFUSED', stage: 'ask', asked: false });
  t.notOk('intent' in entry, 'nor is an intent written');
});

t.test('all or nothing: a department that fails is told as it would be by its own service', async t => {
  const gateway = await openGateway(t, { change: registry => composedOf(registry, allOrNothing(registry)) });
  gateway.departments.humanResources.misbehave({ kind: 'status', status: 500, times: 1 });
  gateway.departments.publicSecurity.misbehave({ kind: 'invalid-syntax', times: 1 });
  const answer = await gateway.exchange(check, request);
  t.equal(answer.status, 502);
  t.match(answer.body, { code: 'STILE_PART_FAILED', stage: 'ask' });
  const told = answer.body?.parts as { step: string; code: string }[];
  t.same(told.map(({ step, code }) => `${step} ${code}`).toSorted(), [
    'household STILE_DEPARTMENT_MALFORMED',
    'insurance STILE_DEPARTMENT_FAILING',
  ]);
  const { entry, parts } = await recordsOf(gateway, answer.record);
  t.match(entry, { outcome: 'failed', code: 'STILE_PART_FAILED' });
  t.match(
    parts.get(marriage),
    { outcome: 'released' },
    'what was released went no further, as the record of the whole says',
  );
});

t.test('each part counts once against the limits of its own agreement', async t => {
  const gateway = await openGateway(t, {
    agreements: agreementsWith('housing-marriage-status', { limits: { day: 2 } }),
  });
  for (const left of ['r=1', 'r=0']) {
    const answer = await gateway.exchange(check, request);
    t.notOk(answer.body?.missing);
    const explained = await gateway.call(`/explain/${marriage}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await gateway.token('housing/permits')}`,
        'content-type': 'application/json',
        'stile-purpose': 'public-rental-housing',
      },
      body: request,
    });
    t.equal(explained.body?.wouldRelease, left === 'r=1', left);
  }
  const answer = await gateway.exchange(check, request);
  t.match(answer.body?.missing, [{ step: 'marriage', code: 'STILE_QUOTA' }]);
});
