/** Whoever calls a deprecated service is told so with every answer, and is served all the same. */
import t from 'tap';
import { deprecationOf } from '../../src/registry/deprecation.js';
import type { Registry } from '../../src/registry/registry.js';
import { openGateway } from '../gateway.js';

const service = 'civil-affairs/marriage-status/v1';
const residentId = '440304198804123031';

const changed = (registry: Registry): Registry => {
  const found = registry.services.get(service);
  if (found === undefined) throw new Error('there is no such service');
  const deprecation = deprecationOf({
    since: '2026-01-01',
    sunset: '2026-06-30',
    successor: 'civil-affairs/marriage-status/v2',
    documentation: 'https://civil-affairs.example/migration',
  });
  return { ...registry, services: new Map([...registry.services, [service, { ...found, deprecation }]]) };
};

t.test('releases and refusals tell it, after the sunset too', async t => {
  const gateway = await openGateway(t, { change: changed });
  const links =
    '</exchange/civil-affairs/marriage-status/v2>; rel="successor-version", <https://civil-affairs.example/migration>; rel="deprecation"';
  const released = await gateway.exchange(service, { residentId });
  t.equal(released.status, 200);
  // 2026-01-01T00:00:00+08:00, and the midnight after 2026-06-30 there.
  t.equal(released.headers.get('deprecation'), '@1767196800');
  t.equal(released.headers.get('sunset'), 'Tue, 30 Jun 2026 16:00:00 GMT');
  const receipt = `</ledger/receipts/${released.record}>; rel="https://c2sp.org/tlog-proof"`;
  t.equal(released.headers.get('link'), `${receipt}, ${links}`);
  const refused = await gateway.exchange(service, {});
  t.equal(refused.status, 400);
  t.equal(refused.headers.get('deprecation'), '@1767196800');
  t.equal(refused.headers.get('link'), links);
  const { headers } = await gateway.exchange('public-security/household/v1', { residentId });
  t.equal(headers.get('deprecation'), null, 'the others say nothing');
  t.equal(headers.get('sunset'), null);

  const description = (await gateway.call('/openapi.json')).body as { paths: Record<string, Record<string, object>> };
  t.match(description.paths[`/exchange/${service}`], {
    post: { deprecated: true, 'x-stile-deprecated': { since: '2026-01-01', sunset: '2026-06-30' } },
  });
  t.notMatch(description.paths['/exchange/public-security/household/v1'], { post: { deprecated: true } });
  const page = await gateway.call('/docs', { headers: { 'accept-language': 'zh' } });
  t.match(page.text, '自 2026-01-01 起弃用，承诺服务至 2026-06-30，请改用 civil-affairs/marriage-status/v2。');
});

t.test('without an end or a successor', async t => {
  t.strictSame(deprecationOf({ since: '2026-01-01' }).headers, {
    deprecation: '@1767196800',
    sunset: undefined,
    link: undefined,
  });
});
