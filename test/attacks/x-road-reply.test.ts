/** Answers that are not X-Road's to the message that was sent, of a security server written from the public text of PR-REST. */
import t from 'tap';
import { answered, asking, good, securityServer } from '../adapters/x-road-server.js';

const without =
  (name: string) =>
  (headers: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(headers).filter(([known]) => known !== name));
const changed = (name: string, value: string) => (headers: Record<string, string>) => ({ ...headers, [name]: value });

const attempts = {
  'the answer to another message': ['x-road-id', '7b0d2a4e-1f35-4c57-8a5c-0a6d1b0a6f11'],
  "another service's answer": ['x-road-service', 'CN-TEST/GOV/4404/taxes/persons'],
  'a service of that name elsewhere': ['x-road-service', 'CN/GOV/4404/%E6%88%B7%E7%B1%8D%20%E7%99%BB%E8%AE%B0/persons'],
  'an identifier that hides a slash': [
    'x-road-service',
    'CN-TEST/GOV/4404/%E6%88%B7%E7%B1%8D%20%E7%99%BB%E8%AE%B0%2Fpersons',
  ],
  'an identifier that does not decode': ['x-road-service', 'CN-TEST/GOV/4404/%FF/persons'],
  "another client's answer": ['x-road-client', 'CN-TEST/GOV/4403/other'],
  'a request hash that is none': ['x-road-request-hash', '4c519cf0-0e5e-4ccf-b72b-8ed6fe289e6e'],
  'a request hash of another length': ['x-road-request-hash', Buffer.alloc(32, 1).toString('base64')],
  'a request hash with bits left over': ['x-road-request-hash', `${'A'.repeat(85)}B==`],
  'a request id that is none': ['x-road-request-id', ''],
} as const;

t.test('an answer as it should be is released', async t => {
  t.strictSame((await asking(t, securityServer())).answer, answered);
});

for (const [name, [header, value]] of Object.entries(attempts)) {
  t.test(name, async t => {
    const { answer, log } = await asking(t, securityServer(good, 200, changed(header, value)));
    t.match(answer, { failure: 'malformed', detail: new RegExp(header, 'i') });
    t.strictSame(log, [], 'nor is it told as an answer');
  });
}

for (const header of ['id', 'service', 'client', 'request-id', 'request-hash'].map(name => `x-road-${name}`)) {
  t.test(`no ${header}`, async t => {
    const { answer } = await asking(t, securityServer(good, 200, without(header)));
    t.match(answer, { failure: 'malformed', detail: new RegExp(header, 'i') });
  });
}

t.test('somebody who is no security server says that there is no data', async t => {
  const absent = { statuses: [404], reply: { fields: { id: { request: 'id' } } } };
  const { answer } = await asking(
    t,
    securityServer({}, 404, () => ({})),
    { ask: { absent } },
  );
  t.match(answer, { failure: 'malformed' });
});

t.test("the first try's answer, come to the second", async t => {
  let first = '';
  const late = securityServer(good, 200, headers => ({ ...headers, 'x-road-id': first }));
  let tries = 0;
  const { answer, asked } = await asking(t, (asked, response, request) => {
    if (tries++ === 0) first = String(asked.headers['x-road-id']);
    if (tries === 1) response.socket?.resetAndDestroy();
    else late(asked, response, request);
  });
  t.match(answer, { failure: 'malformed', detail: 'X-Road-Id is not that of the message' });
  t.equal(asked.length, 2);
});

t.test('an identifier of the request does not reach beyond the service', async t => {
  for (const id of ['..', '../../OTHER', '']) {
    const { answer, asked } = await asking(t, securityServer(), { request: { id } });
    t.match(answer, { failure: 'rejected', notActed: true });
    t.equal(asked.length, 0);
  }
  const { asked } = await asking(t, securityServer(), {
    request: { id: 'a/b' },
    call: { case: 'a\r\nX-Road-Client: b' },
  });
  t.match(asked[0]?.url, /\/persons\/v1\/a%2Fb$/);
  t.equal(asked[0]?.headers['x-road-issue'], 'a%0D%0AX-Road-Client: b');
});
