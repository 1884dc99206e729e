/** A department's system that is slow, down or breaks its word: the caller gets a code, the ledger a record, and nobody any data. */
import t from 'tap';
import type { ErrorCode } from '../../src/errors.js';
import type { Misbehaviour } from '../../src/sandbox/misbehaviour.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { openGateway, type TestGateway } from '../gateway.js';
import { refusedWith } from '../refusal.js';

const { married, unmarried, partner } = sampleResidents;
const marriage = 'civil-affairs/marriage-status/v1';
const household = 'public-security/household/v1';
const appointment = 'civil-affairs/marriage-appointment/v1';

type Fault = readonly [misbehaviour: Misbehaviour, code: ErrorCode];

const faults: readonly Fault[] = [
  [{ kind: 'hang' }, 'STILE_DEPARTMENT_TIMEOUT'],
  [{ kind: 'slow', milliseconds: 5000 }, 'STILE_DEPARTMENT_TIMEOUT'],
  [{ kind: 'reset' }, 'STILE_DEPARTMENT_UNREACHABLE'],
  [{ kind: 'reset-mid-body' }, 'STILE_DEPARTMENT_CUT_OFF'],
  [{ kind: 'wrong-content-type' }, 'STILE_DEPARTMENT_MALFORMED'],
  [{ kind: 'gzip-bomb' }, 'STILE_DEPARTMENT_TOO_LARGE'],
  [{ kind: 'endless-body' }, 'STILE_DEPARTMENT_TOO_LARGE'],
  [{ kind: 'status', status: 500 }, 'STILE_DEPARTMENT_FAILING'],
  [{ kind: 'status', status: 503 }, 'STILE_DEPARTMENT_BUSY'],
  [{ kind: 'status', status: 429 }, 'STILE_DEPARTMENT_BUSY'],
  [{ kind: 'status', status: 401 }, 'STILE_DEPARTMENT_DENIED'],
  [{ kind: 'status', status: 400 }, 'STILE_DEPARTMENT_REJECTED'],
  [{ kind: 'redirect', to: 'http://127.0.0.1:1/elsewhere' }, 'STILE_DEPARTMENT_MALFORMED'],
  [{ kind: 'invalid-encoding' }, 'STILE_DEPARTMENT_MALFORMED'],
  [{ kind: 'invalid-syntax' }, 'STILE_DEPARTMENT_MALFORMED'],
  [{ kind: 'duplicate-keys' }, 'STILE_DEPARTMENT_MALFORMED'],
  [{ kind: 'explosive' }, 'STILE_DEPARTMENT_MALFORMED'],
  [{ kind: 'wrong-code' }, 'STILE_DEPARTMENT_MALFORMED'],
  [{ kind: 'another-person' }, 'STILE_REPLY_OTHER_SUBJECT'],
  [{ kind: 'down' }, 'STILE_DEPARTMENT_UNREACHABLE'],
];

/** Short deadlines, so that a hanging department costs the test little. */
const openImpatient = (t: Parameters<typeof openGateway>[0]): Promise<TestGateway> =>
  openGateway(t, {
    change: registry => ({
      ...registry,
      services: new Map([...registry.services].map(([id, service]) => [id, { ...service, deadline: 700 }])),
    }),
  });

for (const service of [marriage, household]) {
  t.test(`${service}: each fault has its code and record, and nothing is released`, async t => {
    const gateway = await openImpatient(t);
    const department = service === marriage ? gateway.departments.civilAffairs : gateway.departments.publicSecurity;
    for (const [misbehaviour, code] of faults) {
      t.comment(JSON.stringify(misbehaviour));
      department.misbehave(misbehaviour);
      const answer = await gateway.exchange(service, { residentId: married.residentId });
      const entry = await refusedWith(t, gateway, answer, code, { asked: true, fields: undefined });
      t.notMatch(answer.text + JSON.stringify(entry), married.residentId);
    }
    department.misbehave({ kind: 'missing-field' });
    const lacking = await gateway.exchange(service, { residentId: married.residentId });
    t.equal(lacking.status, 502, "a field short is the department's fault, wherever it is noticed");
    department.misbehave(null);
    t.equal((await gateway.exchange(service, { residentId: married.residentId })).status, 200, 'and it recovers');
  });
}

t.test('a service with effects that may have acted is unknown, and its key answers no second time', async t => {
  const gateway = await openImpatient(t);
  const request = {
    residentId: unmarried.residentId,
    partnerResidentId: partner.residentId,
    date: '2030-05-20',
    office: '440304-01',
  };
  const headers = { 'stile-purpose': 'marriage-registration', 'idempotency-key': 'k-1' };
  gateway.departments.civilAffairs.misbehave({ kind: 'hang', times: 1 });
  const first = await gateway.exchange(appointment, request, headers);
  t.match(first.body, { code: 'STILE_DEPARTMENT_TIMEOUT' });
  t.match(await gateway.entry(first.record), { outcome: 'unknown', asked: true });
  t.equal(gateway.departments.civilAffairs.asked().length, 1, 'it was not tried again by the gateway');
  const second = await gateway.exchange(appointment, request, headers);
  await refusedWith(t, gateway, second, 'STILE_REPEAT_UNANSWERED', { asked: false });
  t.equal(gateway.departments.civilAffairs.asked().length, 1);
});

t.test('a key is free again when nothing can have happened under it', async t => {
  const gateway = await openImpatient(t);
  const headers = { 'idempotency-key': 'k-1' };
  gateway.departments.civilAffairs.misbehave({ kind: 'status', status: 500 });
  const first = await gateway.exchange(marriage, { residentId: married.residentId }, headers);
  t.equal(first.status, 502);
  gateway.departments.civilAffairs.misbehave(null);
  const second = await gateway.exchange(marriage, { residentId: married.residentId }, headers);
  t.equal(second.status, 200, 'a safe question may be asked again under its key');
  const third = await gateway.exchange(marriage, { residentId: married.residentId }, headers);
  t.equal(third.text, second.text);
  t.match(await gateway.entry(third.record), { repeats: second.record });
});
