/** A city's department asks a service of the province through both gateways, and either ledger names the other's record. */
import t from 'tap';
import { sampleResidents } from '../../src/sandbox/samples.js';
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

const { married, unmarried, partner } = sampleResidents;

t.test('the two records name each other, and who asked for whom', async t => {
  const above = await openProvince(t);
  const below = await openCity(t, above.url);
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
  const above = await openProvince(t);
  const below = await openCity(t, above.url);
  const request = {
    residentId: unmarried.residentId,
    partnerResidentId: partner.residentId,
    date: '2027-05-20',
    office: '440303-01',
  };
  const headers = { 'stile-purpose': 'marriage-registration', 'idempotency-key': 'appointment-1' };
  const first = await below.exchange(cityAppointment, request, headers);
  t.equal(first.status, 200);
  const again = await below.exchange(cityAppointment, request, headers);
  t.equal(again.text, first.text);
  t.match(await below.entry(again.record), { repeats: first.record });
  const ours = await below.entry(first.record);
  const { record } = (ours.peers as { answering: { record: string } }).answering;
  t.match(await above.entry(record), { service: appointment, outcome: 'released', intent: String });
  t.equal(above.departments.civilAffairs.asked().length, 1);
});
