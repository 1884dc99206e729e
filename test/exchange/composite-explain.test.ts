/** Explaining a composite: each of its parts under the caller's own agreement, with nobody asked. */
import t from 'tap';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { openGateway, type TestGateway } from '../gateway.js';
import { agreementsWith, agreementsWithout, allOrNothing, check, composedOf, marriage } from './composing.js';

const request = { residentId: sampleResidents.married.residentId };

interface Part {
  readonly step: string;
  readonly wouldRelease: boolean;
  readonly code?: string;
  readonly grant?: { readonly agreement: string };
}

async function explain(gateway: TestGateway) {
  const answer = await gateway.call(`/explain/${check}`, {
    method: 'POST',
    body: request,
    headers: {
      authorization: `Bearer ${await gateway.token('housing/permits')}`,
      'content-type': 'application/json',
      'stile-purpose': 'public-rental-housing',
    },
  });
  const parts = (answer.body?.parts ?? []) as readonly Part[];
  return { ...answer, parts, told: parts.map(({ step, wouldRelease, code }) => [step, wouldRelease, code]) };
}

const asked = ({ departments: { civilAffairs, publicSecurity, humanResources } }: TestGateway) =>
  [civilAffairs, publicSecurity, humanResources].flatMap(department => department.asked());

t.test('each part, with its agreement and what it grants', async t => {
  const gateway = await openGateway(t);
  const { body, parts, told, record } = await explain(gateway);
  t.match(body, { wouldRelease: true, grant: { agreement: 'housing-rental-housing-check' } });
  t.same(told, [
    ['marriage', true, undefined],
    ['household', true, undefined],
    ['insurance', true, undefined],
    ['property', true, undefined],
  ]);
  t.match(parts[0], {
    service: marriage,
    isNeeded: false,
    considered: [{ agreement: 'housing-marriage-status' }],
    grant: {
      agreement: 'housing-marriage-status',
      fields: [{ path: 'residentId' }, { path: 'status' }, { path: 'spouse.name' }],
    },
  });
  t.same(asked(gateway), []);
  t.match(await gateway.entry(record), { kind: 'explain', service: check, asked: false });
});

t.test('a part that would be refused: in part the rest goes on, else nothing does', async t => {
  const agreements = agreementsWithout('housing-marriage-status');
  const partial = await openGateway(t, { agreements });
  const inPart = await explain(partial);
  t.equal(inPart.body?.wouldRelease, true);
  t.same(inPart.told[0], ['marriage', false, 'STILE_AGREEMENT_NONE']);

  const whole = await openGateway(t, {
    beside: partial,
    change: registry => composedOf(registry, allOrNothing(registry)),
  });
  const nothing = await explain(whole);
  t.match(nothing.body, { wouldRelease: false, code: 'STILE_PART_REFUSED' });
  t.same(nothing.told[0], ['marriage', false, 'STILE_AGREEMENT_NONE']);
  const { stages } = nothing.body as { stages: { verdict: string }[] };
  t.ok(
    stages.every(({ verdict }) => verdict === 'passes'),
    'the composite itself passes',
  );
  t.match(await whole.entry(nothing.record), { kind: 'explain', outcome: 'refused', code: 'STILE_PART_REFUSED' });
});

t.test('looking counts nothing, of no part', async t => {
  const gateway = await openGateway(t, {
    agreements: agreementsWith('housing-marriage-status', { limits: { day: 1 } }),
  });
  for (let times = 0; times < 3; times++) t.same((await explain(gateway)).told[0], ['marriage', true, undefined]);
  t.equal((await gateway.exchange(marriage, request)).status, 200);
  t.same((await explain(gateway)).told[0], ['marriage', false, 'STILE_QUOTA']);
});
