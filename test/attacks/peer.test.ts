/** Attempts to speak for others through a peer, or to pass for one. */
import t from 'tap';
import type { Registry } from '../../src/registry/registry.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { type Answer, type TestGateway, withoutCounting } from '../gateway.js';
import { city, cityAtProvince, gatewayClient, marriage, openProvince, province } from '../peers.js';

const { married } = sampleResidents;

/** What the city's gateway sends with a call for `housing/permits`. */
const honest = {
  'content-type': 'application/json',
  'stile-purpose': 'public-rental-housing',
  'stile-on-behalf-of': 'housing/permits',
  'stile-via': city,
  'stile-record': '0/7',
  'x-request-id': 'AAAAAAAAAAAAAAAAAAAAAA',
};

async function callAs(gateway: TestGateway, client: string, changed: Readonly<Record<string, string | undefined>>) {
  const headers = { authorization: `Bearer ${await gateway.token(client)}`, ...honest, ...changed };
  const sent = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  const body = { residentId: married.residentId };
  return gateway.call(`/exchange/${marriage}`, { method: 'POST', headers: Object.fromEntries(sent), body });
}

/** Of one client, service and code one refusal a second has a record of its own. */
const withOneRefusal = (registry: Registry): Registry => {
  const counted = withoutCounting(registry);
  const { exchange } = counted.settings;
  const settings = { ...counted.settings, exchange: { ...exchange, refusals: { ...exchange.refusals, client: 1 } } };
  return { ...counted, settings };
};

const codeOf = ({ status, body }: Answer) => `${status} ${body?.code}`;

t.test('through a peer', async t => {
  const gateway = await openProvince(t, { change: withoutCounting });
  const asPeer = (changed: Readonly<Record<string, string | undefined>>) => callAs(gateway, gatewayClient, changed);

  t.test('an honest call passes, so that what follows shows something', async t => {
    const answer = await asPeer({});
    t.equal(answer.status, 200);
    t.equal(answer.headers.get('stile-deployment'), province);
  });

  t.test('a client that is no peer speaks for another department, or for itself', async t => {
    for (const client of ['public-security/patrol', 'housing/permits', 'housing/permits ']) {
      const answer = await callAs(gateway, 'housing/permits', { 'stile-on-behalf-of': client });
      t.equal(codeOf(answer), '403 STILE_PEER_REQUIRED', client);
      t.match(await gateway.entry(answer.record), { client: 'housing/permits', code: 'STILE_PEER_REQUIRED' });
    }
  });

  t.test('a peer speaks for departments that are not its own', async t => {
    const others = ['civil-affairs/permits', 'education/permits', 'shenzhen.housing/permits', 'shenzhen/gateway'];
    for (const client of [...others, 'guangzhou.housing/permits']) {
      const answer = await asPeer({ 'stile-on-behalf-of': client });
      t.equal(codeOf(answer), '403 STILE_PEER_DEPARTMENT', client);
      const entry = await gateway.entry(answer.record);
      t.match(entry, { client: gatewayClient, consumer: 'shenzhen', outcome: 'refused', asked: false });
      t.notOk('peers' in entry);
    }
  });

  t.test('names that would climb out of its namespace are none', async t => {
    for (const client of [
      '../housing/permits',
      '.housing/permits',
      'housing./permits',
      'housing',
      'staff/auditor/x',
      '',
    ]) {
      t.equal(codeOf(await asPeer({ 'stile-on-behalf-of': client })), '403 STILE_PEER_ORIGIN', client);
    }
    for (const client of ['housing/permits, civil-affairs/permits', 'HOUSING/permits', 'housing/440304198804123031']) {
      t.equal(codeOf(await asPeer({ 'stile-on-behalf-of': client })), '403 STILE_PEER_ORIGIN', client);
    }
  });

  t.test('a peer asks for itself', async t => {
    t.equal(codeOf(await asPeer({ 'stile-on-behalf-of': undefined })), '403 STILE_PEER_ORIGIN');
  });

  t.test('a client that the agreement does not name, in a department that it does', async t => {
    t.equal(codeOf(await asPeer({ 'stile-on-behalf-of': 'housing/other' })), '403 STILE_AGREEMENT_CLIENT');
  });

  t.test('a peer hides where its call comes from, or forges its record', async t => {
    const forged = ['7', '0/-1', '-1/0', '0/07', '01/7', '0/99999999999999999', '0/7, 1/8', 'x/y', undefined];
    for (const record of forged) {
      t.equal(codeOf(await asPeer({ 'stile-record': record })), '403 STILE_PEER_ORIGIN', String(record));
    }
    for (const via of [
      undefined,
      '',
      province,
      'guangzhou.stile.example',
      `440304198804123031, ${city}`,
      `${city}, x`,
      `${city},${city}x`,
      ',',
      `${city},`,
    ]) {
      t.equal(codeOf(await asPeer({ 'stile-via': via })), '403 STILE_PEER_ORIGIN', String(via));
    }
    for (const id of [undefined, '440304198804123031----', 'short', 'A'.repeat(23), `${'A'.repeat(21)}!`]) {
      t.equal(codeOf(await asPeer({ 'x-request-id': id })), '403 STILE_PEER_ORIGIN', String(id));
    }
  });

  t.test('a call that went round, and one that came too far', async t => {
    t.equal(codeOf(await asPeer({ 'stile-via': `${province}, ${city}` })), '403 STILE_PEER_LOOP');
    t.equal(codeOf(await asPeer({ 'stile-via': `a.example, b.example, c.example, ${city}` })), '403 STILE_PEER_HOPS');
    const answer = await asPeer({ 'stile-via': `a.example, b.example, ${city}` });
    t.equal(answer.status, 200, 'the limit itself is no loop');
    t.match(await gateway.entry(answer.record), { peers: { asking: { via: ['a.example', 'b.example', city] } } });
  });

  t.test('a peer reads records that did not go through it', async t => {
    const own = await asPeer({});
    const others = await gateway.exchange(marriage, { residentId: married.residentId });
    t.equal(others.status, 200);
    const headers = { authorization: `Bearer ${await gateway.token(gatewayClient)}`, prefer: 'wait=30' };
    t.equal((await gateway.call(`/ledger/receipts/${own.record}`, { headers })).status, 200);
    const refused = await gateway.call(`/ledger/receipts/${others.record}`, { headers });
    t.equal(refused.body?.code, 'STILE_RECORD_UNKNOWN');
  });
});

t.test('a peer floods the ledger with clients that it makes up', async t => {
  const gateway = await openProvince(t, { change: withOneRefusal });
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, at) => callAs(gateway, gatewayClient, { 'stile-on-behalf-of': `housing/c${at}` })),
  );
  t.ok(answers.every(answer => codeOf(answer) === '403 STILE_AGREEMENT_CLIENT'));
  t.ok(answers.filter(({ record }) => record !== null).length < 60, 'some were only counted');
});

t.test('what a peer is registered with is checked: two peers with one key', async t => {
  const again = { ...cityAtProvince, clients: { ...cityAtProvince.clients, second: cityAtProvince.clients.gateway } };
  await t.rejects(openProvince(t, {}, again), /key-shared/);
});
