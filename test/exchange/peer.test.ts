/** A city's department asks a service of the province through both gateways, and either ledger names the other's record. */
import pg from 'pg';
import t from 'tap';
import { sampleResidents } from '../../src/sandbox/samples.js';
import type { TestGateway } from '../gateway.js';
import {
  appointment,
  city,
  cityAppointment,
  cityMarriage,
  marriage,
  openCity,
  openProvince,
  province,
} from '../peers.js';
import { startRelay } from '../relay.js';

const { married, unmarried, partner } = sampleResidents;
const request = {
  residentId: unmarried.residentId,
  partnerResidentId: partner.residentId,
  date: '2027-05-20',
  office: '440303-01',
};

t.test('a city and its province', async t => {
  const above = await openProvince(t);
  const relay = await startRelay(t, above.url);
  const below = await openCity(t, relay.url);
  const done = () => above.departments.civilAffairs.asked().length;

  t.test('the two records name each other, and who asked for whom', async t => {
    const answer = await below.exchange(
      cityMarriage,
      { residentId: married.residentId },
      {
        'stile-case': Buffer.from('深住建〔2026〕12号').toString('latin1'),
        'stile-operator': 'li.na',
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      },
    );
    t.equal(answer.status, 200);
    t.same(answer.body, { residentId: married.residentId, status: 'married' });
    const ours = await below.entry(answer.record);
    const { answering } = ours.peers as { answering: { deployment: string; record: string; intent: string } };
    t.equal(answering.deployment, province);
    const theirs = await above.entry(answering.record);
    t.match(theirs, {
      kind: 'exchange',
      outcome: 'released',
      client: 'shenzhen.housing/permits',
      consumer: 'shenzhen.housing',
      service: marriage,
      purpose: 'public-rental-housing',
      case: '深住建〔2026〕12号',
      operator: { assurance: 'asserted', id: 'li.na' },
      agreement: { id: 'shenzhen-marriage', version: 1 },
      fields: ['residentId', 'status'],
      peers: {
        asking: { client: 'shenzhen/gateway', deployment: city, id: ours.id as string, record: answering.intent },
      },
    });
    t.match(theirs.trace, /^00-4bf92f3577b34da6a3ce929d0e0e4736-/, 'one trace over both');
    const intent = await below.entry(answering.intent);
    t.match(intent, { kind: 'intent', id: ours.id as string, service: cityMarriage, client: 'housing/permits' });
    t.notMatch(JSON.stringify([ours, theirs, intent]), married.residentId);
  });

  t.test('a service with effects is done once, however often the city is asked', async t => {
    const before = done();
    const headers = { 'stile-purpose': 'marriage-registration', 'idempotency-key': 'appointment-1' };
    const first = await below.exchange(cityAppointment, request, headers);
    t.equal(first.status, 200);
    const again = await below.exchange(cityAppointment, request, headers);
    t.equal(again.text, first.text);
    t.match(await below.entry(again.record), { repeats: first.record });
    const ours = await below.entry(first.record);
    const { record } = (ours.peers as { answering: { record: string } }).answering;
    t.match(await above.entry(record), { service: appointment, outcome: 'released', intent: String });
    t.equal(done(), before + 1);
  });

  t.test('a city that has forgotten what it asked gets the same answer, and nothing is done twice', async t => {
    const before = done();
    const headers = { 'stile-purpose': 'marriage-registration', 'idempotency-key': 'appointment-2' };
    const first = await below.exchange(cityAppointment, request, headers);
    t.equal(first.status, 200);
    const store = new pg.Client(below.database);
    await store.connect();
    await store.query('DELETE FROM repeats');
    await store.end();
    const again = await below.exchange(cityAppointment, request, headers);
    t.equal(again.text, first.text);
    const [one, other] = await Promise.all(
      [first, again].map(async ({ record }) => answeringOf(await below.entry(record))),
    );
    t.match(await above.entry(other?.record ?? ''), { repeats: one?.record, outcome: 'released' });
    t.equal(done(), before + 1);
  });

  t.test('what came from a peer is found by the names under which it came', async t => {
    const answer = await below.exchange(cityMarriage, { residentId: married.residentId });
    const { record } = answeringOf(await below.entry(answer.record)) ?? {};
    for (const filter of [{ consumer: 'shenzhen.housing' }, { actor: 'shenzhen.housing/permits' }]) {
      const found = await above.call('/audit/search', await asStaff(above, 'auditor', { kind: 'exchange', ...filter }));
      t.match(found.body, { entries: [{ position: record }] }, found.text);
    }
  });

  t.test('an answer that is lost on the way leaves records at the province that name the city’s', async t => {
    relay.alter = answer => {
      answer.status = 0;
    };
    const lost = await below.exchange(cityMarriage, { residentId: married.residentId });
    relay.alter = () => undefined;
    t.equal(lost.body?.code, 'STILE_DEPARTMENT_UNREACHABLE');
    const ours = await below.entry(lost.record);
    t.match(ours, { outcome: 'failed', asked: true });
    t.notOk('peers' in ours, 'the city knows of none');
    const filter = { kind: 'exchange', consumer: 'shenzhen.housing', limit: 3 };
    const found = await above.call('/audit/search', await asStaff(above, 'auditor', filter));
    const { entries } = found.body as { entries: { entry: object }[] };
    t.match(
      entries.map(({ entry }) => entry),
      Array.from({ length: 3 }, () => ({ outcome: 'released', peers: { asking: { deployment: city, id: ours.id } } })),
      'one for each try',
    );
  });

  t.test('what the province suspends ends for the city at once, and both say so on record', async t => {
    const path = '/operate/agreements/shenzhen-marriage/suspend';
    const suspended = await above.call(path, await asStaff(above, 'officer', { why: 'a complaint' }));
    t.equal(suspended.status, 200, suspended.text);
    const answer = await below.exchange(cityMarriage, { residentId: married.residentId });
    t.match(answer.body, { status: 502, code: 'STILE_DEPARTMENT_DENIED' });
    const ours = await below.entry(answer.record);
    t.match(ours, { outcome: 'failed', code: 'STILE_DEPARTMENT_DENIED' });
    t.match(await above.entry(answeringOf(ours)?.record ?? ''), {
      outcome: 'refused',
      code: 'STILE_AGREEMENT_SUSPENDED',
      peers: { asking: { id: ours.id, record: answeringOf(ours)?.intent } },
    });
  });
});

const asStaff = async ({ token }: TestGateway, role: string, body: object) => ({
  method: 'POST',
  headers: { authorization: `Bearer ${await token(`staff/${role}`)}`, 'content-type': 'application/json' },
  body,
});

const answeringOf = ({ peers }: Readonly<Record<string, unknown>>) =>
  (peers as { answering?: { readonly record: string; readonly intent: string } } | undefined)?.answering;
