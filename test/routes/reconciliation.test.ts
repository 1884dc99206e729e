/** A department's own list against the ledger, through the whole gateway: what each side lacks is named, and nothing else. */
import { createHash } from 'node:crypto';
import t from 'tap';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { openGateway, type TestGateway, withoutCounting } from '../gateway.js';
import { newId } from '../ledger/open-store.js';
import { compare, csvOf, service, type Told } from './reconciling.js';

const appointment = 'civil-affairs/marriage-appointment/v1';
const about = { residentId: sampleResidents.married.residentId };

const kindsOf = ({ findings }: Told) => findings.map(({ finding, requestId }) => [finding, requestId]);
const listOf = (gateway: TestGateway) => gateway.departments.civilAffairs.export('marriages');
const idsIn = (list: string) =>
  list
    .split('\r\n')
    .slice(1, -1)
    .map(line => line.split(',')[1] ?? '');

t.test('the list as the department exports it agrees; one line taken out and one put in are named', async t => {
  const gateway = await openGateway(t);
  const records: (string | null)[] = [];
  for (let at = 0; at < 4; at++) records.push((await gateway.exchange(service, about)).record);
  await gateway.exchange('public-security/household/v1', about);
  const list = listOf(gateway);

  const same = await compare(gateway, list);
  t.equal(same.status, 200);
  t.same(same.findings, []);
  t.match(same.head?.counts, {
    listed: 4,
    records: 4,
    matched: 4,
    unrecorded: 0,
    unserved: 0,
    unreached: 0,
    repeated: 0,
  });

  const ids = idsIn(list);
  const foreign = newId();
  const altered = csvOf([...ids.slice(0, 1), foreign, ...ids.slice(2), ids[3] ?? '']);
  const found = await compare(gateway, altered, { as: 'staff/security' });
  t.match(found.findings, [
    { finding: 'unrecorded', requestId: foreign, line: 3 },
    { finding: 'repeated', requestId: ids[3], line: 5, times: 2 },
    { finding: 'unserved', requestId: ids[1], record: records[1], outcome: 'released', time: /Z$/ },
  ]);
  t.equal(found.findings.length, 3);
  t.match(found.head?.counts, {
    listed: 4,
    records: 4,
    matched: 3,
    outside: 0,
    unrecorded: 1,
    unserved: 1,
    repeated: 1,
  });

  const entry = await gateway.entry(found.record);
  t.match(entry, {
    kind: 'reconciliation',
    outcome: 'released',
    staff: { id: 'staff/security', role: 'security' },
    service,
    provider: 'civil-affairs',
    until: found.head?.until ?? '',
    counts: found.head?.counts ?? {},
    list: { digest: createHash('sha256').update(altered).digest('hex'), bytes: altered.length },
  });
  t.equal(found.head?.record, found.record);
  for (const id of [...ids, foreign]) t.notOk(JSON.stringify(entry).includes(id), 'the entry holds no id');
});

t.test('what failed before the department is told apart, and what it answered in vain is not', async t => {
  const gateway = await openGateway(t, { change: withoutCounting });
  const { civilAffairs } = gateway.departments;
  await gateway.exchange(service, { residentId: 'nobody' });
  civilAffairs.misbehave({ kind: 'down' });
  const down = await gateway.exchange(service, about);
  civilAffairs.misbehave({ kind: 'missing-field' });
  const broken = await gateway.exchange(service, about);
  civilAffairs.misbehave({ kind: 'another-person' });
  const other = await gateway.exchange(service, about);
  civilAffairs.misbehave(null);
  t.same(
    [down, broken, other].map(({ body }) => body?.code),
    ['STILE_DEPARTMENT_UNREACHABLE', 'STILE_DEPARTMENT_MALFORMED', 'STILE_REPLY_OTHER_SUBJECT'],
  );
  const whole = await compare(gateway, listOf(gateway));
  t.match(whole.findings, [{ finding: 'unreached', record: down.record, code: 'STILE_DEPARTMENT_UNREACHABLE' }]);
  t.equal(whole.findings.length, 1, 'a request that is refused before the department is none of its business');
  t.match(whole.head?.counts, { records: 3, matched: 2, unreached: 1, unserved: 0 });

  const none = await compare(gateway, 'requestId\n');
  t.same(
    none.findings.map(({ finding, record }) => [finding, record]),
    [
      ['unreached', down.record],
      ['unreached', broken.record],
      ['unserved', other.record],
    ],
  );
});

t.test('a service with effects: one record for an intent and its end, and repeats ask nobody', async t => {
  const gateway = await openGateway(t);
  const body = {
    residentId: sampleResidents.unmarried.residentId,
    partnerResidentId: sampleResidents.partner.residentId,
    date: '2027-05-20',
    office: '440303-01',
  };
  const headers = {
    authorization: `Bearer ${await gateway.token('housing/permits')}`,
    'stile-purpose': 'marriage-registration',
    'idempotency-key': newId(),
  };
  const first = await gateway.exchange(appointment, body, headers);
  t.equal(first.status, 200, first.text);
  t.equal((await gateway.exchange(appointment, body, headers)).status, 200);
  const list = gateway.departments.civilAffairs.export('appointments');
  const same = await compare(gateway, list, { query: { service: appointment } });
  t.same(same.findings, []);
  t.match(same.head?.counts, { listed: 1, records: 1, matched: 1 });
  const none = await compare(gateway, csvOf([newId()]), { query: { service: appointment } });
  t.same(
    none.findings.map(({ finding }) => finding),
    ['unrecorded', 'unserved'],
  );
});

t.test('the window: what lies outside is neither missing nor accused', async t => {
  const gateway = await openGateway(t);
  const times: string[] = [];
  for (let at = 0; at < 3; at++) {
    const { record } = await gateway.exchange(service, about);
    times.push(String((await gateway.entry(record)).time));
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  const list = listOf(gateway);
  const ids = idsIn(list);
  const [, from = '', until = ''] = times;
  const middle = await compare(gateway, list, { query: { from, until } });
  t.same(middle.findings, []);
  t.match(middle.head, { from, until, counts: { listed: 3, records: 1, matched: 1, outside: 2 } });
  const without = await compare(gateway, csvOf([ids[0] ?? '', ids[2] ?? '']), { query: { from, until } });
  t.same(kindsOf(without), [['unserved', ids[1]]]);
  const later = await compare(gateway, 'requestId\n', {
    query: { from: new Date(Date.parse(until) + 1).toISOString() },
  });
  t.same(later.findings, []);
});

t.test('NDJSON and another name of the member; a column in GB 18030 behind a byte order mark elsewhere', async t => {
  const gateway = await openGateway(t);
  await gateway.exchange(service, about);
  const [id = ''] = idsIn(listOf(gateway));
  const ndjson = `{"rid":"${id}","n":1}\r\n\r\n{"rid":"foreign"}`;
  const told = await compare(gateway, ndjson, { type: 'application/x-ndjson', query: { column: 'rid' } });
  t.same(kindsOf(told), [['unrecorded', 'foreign']]);
  t.match(told.findings, [{ line: 3 }]);
  const gb = Buffer.concat([Buffer.from([0xc7, 0xeb, 0xc7, 0xf3, 0xba, 0xc5]), Buffer.from(`,n\n${id},1\n`)]);
  t.same((await compare(gateway, gb, { query: { column: '请求号' } })).findings, []);
  t.same((await compare(gateway, `\ufeffrequestId\n${id}\n`)).findings, []);
});

t.test('one at a time, and the next when it is through', async t => {
  const gateway = await openGateway(t);
  const token = await gateway.token('staff/auditor');
  let release = () => {};
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from('requestId\n'));
      release = () => controller.close();
    },
  });
  const init = {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
    body,
    duplex: 'half',
  };
  const slow = fetch(`${gateway.url}/audit/reconciliations?service=${service}`, init as RequestInit);
  let busy = await compare(gateway, 'requestId\n');
  while (busy.status === 200) busy = await compare(gateway, 'requestId\n');
  t.equal(busy.problem.code, 'STILE_RECONCILIATION_BUSY');
  release();
  t.equal((await slow).status, 200);
  await (await slow).text();
  let next = await compare(gateway, 'requestId\n');
  while (next.status !== 200) next = await compare(gateway, 'requestId\n');
  t.equal(next.status, 200);
});
