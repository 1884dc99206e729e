/** Two gateways whose config has each ask the other for what it has from it. */
import t from 'tap';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { sandboxAgreements } from '../gateway.js';
import {
  agreement,
  city,
  cityInLoop,
  cityMarriage,
  openCity,
  openProvince,
  province,
  provinceInLoop,
  provinceLoop,
} from '../peers.js';
import { startRelay } from '../relay.js';

const rental = 'public-rental-housing';
const fields = ['residentId', 'status'];

t.test('a call goes round once and no further, though everybody may ask everybody', async t => {
  const [up, down] = [await startRelay(t), await startRelay(t)];
  const above = await openProvince(
    t,
    { agreements: [...sandboxAgreements(), agreement('a', provinceLoop, 'shenzhen.housing', rental, fields)] },
    cityInLoop(down.url),
  );
  const both = ['housing', 'guangdong.shenzhen.housing'];
  const below = await openCity(
    t,
    up.url,
    {
      agreements: [
        ...sandboxAgreements(),
        ...both.map((each, at) => agreement(`a${at}`, cityMarriage, each, rental, fields)),
      ],
    },
    provinceInLoop(up.url),
  );
  up.target = above.url;
  down.target = below.url;
  let last = '';
  down.alter = answer => {
    last = answer.headers['stile-record'] ?? '';
    t.match(JSON.parse(answer.body), { status: 403, code: 'STILE_PEER_LOOP' });
  };
  const answer = await below.exchange(cityMarriage, { residentId: sampleResidents.married.residentId });
  t.match(answer.body, { status: 502, code: 'STILE_DEPARTMENT_DENIED' });
  const ofExchanges = ({ url }: { readonly url: string }) => url.startsWith('/exchange/');
  t.equal(up.asked.filter(ofExchanges).length, 1);
  const [back, ...more] = down.asked.filter(ofExchanges);
  t.equal(more.length, 0);
  t.equal(back?.headers['stile-via'], `${city}, ${province}`);
  t.equal(back?.headers['stile-on-behalf-of'], 'shenzhen.housing/permits');
  t.match(await below.entry(last), {
    code: 'STILE_PEER_LOOP',
    client: 'guangdong/gateway',
    outcome: 'refused',
    asked: false,
  });
  t.match(await below.entry(answer.record), { outcome: 'failed', peers: { answering: { deployment: province } } });
});

t.test('a peer that hides the way is stopped where the agreements end, and each hop is on record', async t => {
  const [up, down] = [await startRelay(t), await startRelay(t)];
  const above = await openProvince(
    t,
    { agreements: [...sandboxAgreements(), agreement('a', provinceLoop, 'shenzhen.housing', rental, fields)] },
    cityInLoop(down.url),
  );
  const below = await openCity(
    t,
    up.url,
    { agreements: [...sandboxAgreements(), agreement('a', cityMarriage, 'housing', rental, fields)] },
    provinceInLoop(up.url),
  );
  up.target = above.url;
  down.target = below.url;
  down.send = headers => ({ ...headers, 'stile-via': province });
  const answer = await below.exchange(cityMarriage, { residentId: sampleResidents.married.residentId });
  t.match(answer.body, { status: 502, code: 'STILE_DEPARTMENT_DENIED' });
  t.equal(down.asked.filter(({ url }) => url.startsWith('/exchange/')).length, 1);
});
