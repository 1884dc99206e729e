/**
 * Tries to lead an adapter to addresses that no config names: by answers of DNS that change or lie (a real DNS server is asked,
 * in place of the operating system's resolver), and by odd ways to write an address.
 */
import t from 'tap';
import type { AdapterModule, JsonObject } from '../../adapters/adapter.js';
import { guardedKind } from '../../adapters/address-guard.js';
import { adapter as http } from '../../adapters/http.js';
import { adapter as publicSecurityHousehold } from '../../adapters/public-security-household.js';
import { adapter as soap } from '../../adapters/soap.js';
import { adapter as sql } from '../../adapters/sql.js';
import { adapter as xRoad } from '../../adapters/x-road.js';
import { callOf, contextOf } from '../adapters/calls.js';
import { nameServer } from '../adapters/name-server.js';
import { json, startHttp } from '../adapters/systems.js';

const host = 'registration.stile.example';
const ask = { method: 'GET', path: '/', reply: { fields: { id: 'no' } } };
const answered = { body: { id: '1' } };

/** Whoever is led to this machine is answered here. */
const inside = await startHttp(json({ no: '1', access_token: 't', token_type: 'bearer' }));
t.teardown(() => inside.close());
t.beforeEach(() => {
  inside.asked.length = 0;
});
const { port } = inside;

const database = { host, port, database: 'd', user: 'u', password: 'p', unencrypted: true };
const oauth2 = (tokenUrl: string) => ({ oauth2: { tokenUrl, clientId: 'c', clientSecret: 's' } });
const platform = (secretUrl: string) => ({
  sharingPlatform: { requester: 'r', service: 's', appKey: 'k', secretUrl },
});

/** Every way from config to a connection. */
const ways: readonly (readonly [string, AdapterModule, (host: string) => JsonObject, JsonObject])[] = [
  ['http', http, at => ({ baseUrl: `http://${at}:${port}` }), ask],
  ['https', http, at => ({ baseUrl: `https://${at}:${port}` }), ask],
  ['token endpoint', http, at => ({ baseUrl: inside.url, authentication: oauth2(`http://${at}:${port}/token`) }), ask],
  [
    'sharing platform',
    http,
    at => ({ baseUrl: inside.url, authentication: platform(`http://${at}:${port}/secret`) }),
    ask,
  ],
  [
    'soap',
    soap,
    at => ({ baseUrl: `http://${at}:${port}`, version: '1.1', namespace: 'urn:a' }),
    { operation: 'o', body: { fields: { a: { constant: 'b' } } }, reply: 'a' },
  ],
  [
    'x-road',
    xRoad,
    at => ({ baseUrl: `http://${at}:${port}`, client: 'A/GOV/1', provider: 'A/GOV/2/s' }),
    { serviceCode: 'c', method: 'GET', reply: 'a' },
  ],
  [
    'household register',
    publicSecurityHousehold,
    at => ({ baseUrl: `http://${at}:${port}`, secret: 's' }),
    { serviceId: 's' },
  ],
  [
    'PostgreSQL',
    sql,
    at => ({ driver: 'postgresql', ...database, host: at }),
    { statement: 'SELECT 1 AS a', reply: 'a' },
  ],
  ['MySQL', sql, at => ({ driver: 'mysql', ...database, host: at }), { statement: 'SELECT 1 AS a', reply: 'a' }],
];

t.test('a name that leads here, alone or among others, is not followed', async t => {
  for (const answers of [
    ['127.0.0.1'],
    ['127.255.0.1'],
    ['10.0.0.1', '127.0.0.1'],
    ['10.0.0.1', '::1'],
    ['::1'],
    ['::ffff:127.0.0.1'],
    ['::7f00:1'],
    ['64:ff9b::7f00:1'],
    ['0.0.0.0'],
    ['::'],
    ['169.254.169.254'],
    ['fe80::1'],
    ['100.100.100.200'],
    ['fd00:ec2::254'],
    ['224.0.0.1'],
    ['ff02::1'],
    ['255.255.255.255'],
  ]) {
    const { findAddresses, asked } = await nameServer(t, () => answers);
    for (const [way, module, settings, own] of ways) {
      const opened = module.open(settings(host), { ...contextOf(), findAddresses });
      const found = await opened.ask({ residentId: '1' }, callOf({ ask: own, retries: 0 }));
      const detail = new RegExp(`ADDRESS_REFUSED: ${host} is .*, which config does not name as it is$`);
      t.match(found, { failure: 'unreachable', detail, notActed: true }, `${way} ${answers}`);
      await opened.close();
    }
    t.equal(asked.length, ways.length, 'each looked it up');
  }
  t.equal(inside.sockets.length, 0, 'nobody came');
});

t.test('an answer that changes after it was judged is judged again, and asked for once a connection', async t => {
  // Nobody is at the first; where it goes does not matter, only that it does not come here.
  const { findAddresses, asked } = await nameServer(t, (_, before) =>
    before === 0 ? ['10.255.255.1'] : ['127.0.0.1'],
  );
  const settings = { baseUrl: `http://${host}:${port}` };
  const opened = http.open(settings, { ...contextOf(), findAddresses });
  t.match(await opened.ask({}, callOf({ ask, deadline: 50, retries: 0 })), { failure: /^(?:timeout|unreachable)$/ });
  t.equal(asked.length, 1);
  await opened.close();
  const again = http.open(settings, { ...contextOf(), findAddresses });
  t.match(await again.ask({}, callOf({ ask, retries: 0 })), { detail: /^ADDRESS_REFUSED/ });
  t.equal(inside.sockets.length, 0);
  await again.close();
});

t.test('an address of this machine is written as it is, or not reached', async t => {
  for (const odd of ['2130706433', '0x7f.1', '0x7f000001', '0177.0.0.1', '127.1', '127.0.1', '017700000001']) {
    for (const [way, module, settings, own] of ways) {
      const opened = module.open(settings(odd), contextOf());
      const found = await opened.ask({ residentId: '1' }, callOf({ ask: own, retries: 0 }));
      const detail = new RegExp(`${odd} is 127\\.0\\.0\\.1, loopback, which config does not name as it is$`);
      t.match(found, { failure: 'unreachable', detail, notActed: true }, `${way} ${odd}`);
      await opened.close();
    }
  }
  for (const odd of [
    ...['[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[0::1]', '[::127.0.0.1]', '１２７.0.0.1', '127。0。0。1', '0'],
    ...['0xa9fea9fe', '[::ffff:169.254.169.254]'],
  ]) {
    const opened = http.open({ baseUrl: `http://${odd}:${port}` }, contextOf());
    t.match(
      await opened.ask({}, callOf({ ask, retries: 0 })),
      { failure: 'unreachable', detail: /as it is$/, notActed: true },
      odd,
    );
    await opened.close();
  }
  t.equal(inside.sockets.length, 0, 'nobody came');
});

t.test('what config names is reached: an address as it is, and localhost, but only where that is loopback', async t => {
  for (const at of ['127.0.0.1', 'localhost', 'LocalHost']) {
    const opened = http.open({ baseUrl: `http://${at}:${port}` }, contextOf());
    t.strictSame(await opened.ask({}, callOf({ ask, retries: 0 })), answered, at);
    await opened.close();
  }
  const { findAddresses } = await nameServer(t, () => ['169.254.169.254']);
  const opened = http.open({ baseUrl: `http://localhost:${port}` }, { ...contextOf(), findAddresses });
  t.match(await opened.ask({}, callOf({ ask, retries: 0 })), {
    detail: /^ADDRESS_REFUSED: localhost is 169\.254\.169\.254/,
  });
  await opened.close();
});

t.test('departments’ own networks are no concern of this', async t => {
  for (const address of ['10.1.2.3', '172.16.0.1', '192.168.1.1', '100.64.0.1', '8.8.8.8', 'fd12::1', '2400:3200::1']) {
    t.equal(guardedKind(address), undefined, address);
  }
});
