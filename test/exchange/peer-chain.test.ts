/** Three tiers: a city's call goes through its province to the nation, each of which trusts its neighbours alone. */
import t from 'tap';
import { sampleResidents } from '../../src/sandbox/samples.js';
import {
  agreement,
  city,
  cityMarriage,
  marriage,
  nation,
  nationAtProvince,
  openCity,
  openNation,
  openProvince,
  province,
  provinceAtCity,
} from '../peers.js';

const { married } = sampleResidents;
const nationMarriage = 'nation/marriage-status/v1';
const granted = (service: string, consumer: string) =>
  agreement('marriage', service, consumer, 'public-rental-housing', ['residentId', 'status']);

t.test('each tier knows the department by its neighbour’s name of it, and names its neighbours’ records', async t => {
  const top = await openNation(t, [granted(marriage, 'guangdong.shenzhen.housing')]);
  const middle = await openProvince(t, { agreements: [granted(nationMarriage, 'shenzhen.housing')] }, undefined, [
    nationAtProvince(top.url),
  ]);
  const file = provinceAtCity(middle.url);
  const asks = { ...file.services['marriage-status/v1'], ask: { service: nationMarriage } };
  const below = await openCity(
    t,
    middle.url,
    { agreements: [granted(cityMarriage, 'housing')] },
    { ...file, services: { 'marriage-status/v1': asks } },
  );
  const answer = await below.exchange(cityMarriage, { residentId: married.residentId });
  t.same([answer.status, answer.body], [200, { residentId: married.residentId, status: 'married' }]);

  const first = await below.entry(answer.record);
  const { answering: toProvince } = first.peers as Peers;
  const second = await middle.entry(toProvince?.record ?? '');
  const { asking: fromCity, answering: toNation } = second.peers as Peers;
  const third = await top.entry(toNation?.record ?? '');
  const { asking: fromProvince, ...others } = third.peers as Peers;

  t.match(first, { client: 'housing/permits', service: cityMarriage });
  t.match(second, { client: 'shenzhen.housing/permits', consumer: 'shenzhen.housing', service: nationMarriage });
  t.match(third, { client: 'guangdong.shenzhen.housing/permits', service: marriage });
  t.match([toProvince?.deployment, toNation?.deployment], [province, nation]);
  t.match(fromCity, { deployment: city, id: first.id, record: toProvince?.intent });
  t.match(fromProvince, { deployment: province, id: second.id, record: toNation?.intent, via: [city, province] });
  t.same(others, {});
  const traces = [first, second, third].map(({ trace }) => String(trace).slice(3, 35));
  t.equal(new Set(traces).size, 1, 'one trace through all three');
});

interface Peers {
  readonly asking?: { readonly deployment: string; readonly id: string; readonly record: string };
  readonly answering?: { readonly deployment: string; readonly record: string; readonly intent: string };
}
