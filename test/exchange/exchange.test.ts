/** The story: housing checks an applicant without asking for paper, gets only what is granted, and all of it is on record. */
import { createHash } from 'node:crypto';
import t from 'tap';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { openGateway } from '../gateway.js';

const { married, spouse, unmarried, largeHousehold, outsideCity, partner } = sampleResidents;
const marriage = 'civil-affairs/marriage-status/v1';
const household = 'public-security/household/v1';
const appointment = 'civil-affairs/marriage-appointment/v1';

t.test('a married applicant: only the granted fields are released, masked as the agreement says', async t => {
  const gateway = await openGateway(t);
  const answer = await gateway.exchange(marriage, { residentId: married.residentId }, { 'stile-case': 'H-2026-0012' });
  t.equal(answer.status, 200);
  t.same(answer.body, {
    residentId: married.residentId,
    status: 'married',
    spouse: { name: `${spouse.name[0]}${'*'.repeat([...spouse.name].length - 1)}` },
  });
  t.match(answer.record, /^\d+\/\d+$/);
  const digest = createHash('sha256').update(answer.text).digest('base64');
  t.equal(answer.headers.get('content-digest'), `sha-256=:${digest}:`);
  t.equal(answer.headers.get('cache-control'), 'no-store');
  t.match(answer.headers.get('ratelimit-policy'), /^"second";q=\d+;w=1, "day";q=\d+;w=86400$/);

  const entry = await gateway.entry(answer.record);
  t.match(entry, {
    v: 1,
    kind: 'exchange',
    outcome: 'released',
    consumer: 'housing',
    client: 'housing/permits',
    provider: 'civil-affairs',
    service: marriage,
    purpose: 'public-rental-housing',
    case: 'H-2026-0012',
    agreement: { id: 'housing-marriage-status', version: 1 },
    fields: ['residentId', 'status', 'spouse.name'],
    asked: true,
    subjects: { count: 2 },
  });
  const written = JSON.stringify(entry);
  t.notHas(entry, { signature: 'weak' }, 'by an API key, not a signature');
  for (const secret of [married.residentId, spouse.residentId, spouse.name, '"married"']) {
    t.notMatch(written, secret, 'a record holds no payload value');
  }
});

t.test('a household over GB18030 XML: members cut to what was granted', async t => {
  const gateway = await openGateway(t);
  const answer = await gateway.exchange(household, { residentId: largeHousehold.residentId });
  t.equal(answer.status, 200);
  const body = answer.body as { members: Record<string, unknown>[] };
  t.same(Object.keys(body), ['residentId', 'householdNumber', 'members']);
  t.ok(body.members.length >= 6, 'four generations');
  for (const member of body.members) {
    t.same(Object.keys(member).toSorted(), ['birthDate', 'name', 'relation']);
    t.match(member.birthDate, /^\d{4}$/, 'the year only');
  }
  const entry = await gateway.entry(answer.record);
  t.match(
    entry,
    { subjects: { count: body.members.length }, signature: 'weak' },
    "by the sharing platform's signature",
  );
});

t.test("the trace and the record's id go through to the department", async t => {
  const gateway = await openGateway(t);
  const trace = '0af7651916cd43dd8448eb211c80319c';
  const answer = await gateway.exchange(
    marriage,
    { residentId: unmarried.residentId },
    { traceparent: `00-${trace}-b7ad6b7169203331-01` },
  );
  t.same(answer.body, { residentId: unmarried.residentId, status: 'unmarried' });
  t.match(answer.headers.get('traceparent'), new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
  const entry = await gateway.entry(answer.record);
  t.equal(gateway.departments.civilAffairs.asked().at(-1), entry.id);
});

t.test('GET for a safe service of flat scalars, and for no other', async t => {
  const gateway = await openGateway(t);
  const headers = {
    authorization: `Bearer ${await gateway.token('housing/permits')}`,
    'stile-purpose': 'public-rental-housing',
  };
  const answer = await gateway.call(`/exchange/${marriage}?residentId=${unmarried.residentId}`, { headers });
  t.equal(answer.status, 200);
  t.match(answer.body, { status: 'unmarried' });
  const twice = await gateway.call(`/exchange/${marriage}?residentId=1&residentId=2`, { headers });
  t.match(twice.body, { code: 'STILE_BODY_DUPLICATE_KEY' });
  const effects = await gateway.call(`/exchange/${appointment}?residentId=${unmarried.residentId}`, { headers });
  t.equal(effects.status, 405);
  t.equal(effects.headers.get('allow'), 'POST');
});

t.test('a token that carries a purpose needs no header, and allows no other', async t => {
  const gateway = await openGateway(t);
  const headers = {
    authorization: `Bearer ${await gateway.token('housing/permits', 'public-rental-housing')}`,
    'content-type': 'application/json',
  };
  const body = { residentId: unmarried.residentId };
  t.equal((await gateway.call(`/exchange/${marriage}`, { method: 'POST', headers, body })).status, 200);
  const other = await gateway.call(`/exchange/${marriage}`, {
    method: 'POST',
    headers: { ...headers, 'stile-purpose': 'marriage-registration' },
    body,
  });
  t.equal(other.status, 403);
  t.match(other.body, { code: 'STILE_PURPOSE_CONFLICT', stage: 'decide' });
});

t.test('a service with effects: intent first, record after, and a repeat never acts twice', async t => {
  const gateway = await openGateway(t);
  const request = {
    residentId: unmarried.residentId,
    partnerResidentId: partner.residentId,
    date: '2030-05-20',
    office: '440304-01',
  };
  const headers = { 'stile-purpose': 'marriage-registration' };
  const keyless = await gateway.exchange(appointment, request, headers);
  t.match(keyless.body, { code: 'STILE_REPEAT_KEY_REQUIRED', status: 400 });

  const first = await gateway.exchange(appointment, request, { ...headers, 'idempotency-key': 'k-1' });
  t.equal(first.status, 200, first.text);
  const [shard, index] = (first.record ?? '').split('/').map(Number);
  const entry = await gateway.entry(first.record);
  const intent = await gateway.entry(`${shard}/${Number(index) - 1}`);
  t.match(intent, { kind: 'intent', id: entry.id, service: appointment });
  t.match(entry, { kind: 'exchange', outcome: 'released', intent: entry.id });

  const acted = gateway.departments.civilAffairs.asked().length;
  const again = await gateway.exchange(appointment, request, { ...headers, 'idempotency-key': '"k-1"' });
  t.equal(again.status, 200);
  t.equal(again.text, first.text, 'the same bytes');
  t.equal(gateway.departments.civilAffairs.asked().length, acted, 'the department was not asked again');
  t.match(await gateway.entry(again.record), { repeats: first.record, asked: false, outcome: 'released' });

  const other = await gateway.exchange(
    appointment,
    { ...request, date: '2030-05-21' },
    { ...headers, 'idempotency-key': 'k-1' },
  );
  t.match(other.body, { code: 'STILE_REPEAT_MISMATCH', status: 422 });
});

t.test("a person outside the contract's reach is nobody's mistake: still a record", async t => {
  const gateway = await openGateway(t);
  const answer = await gateway.exchange(household, { residentId: outsideCity.residentId });
  t.equal(answer.status, 200);
});
