/** Slipping past the gateway by a path that the router and what stands before it read differently. */
import { connect } from 'node:net';
import t from 'tap';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { openGateway, type TestGateway, withoutCounting } from '../gateway.js';

const body = JSON.stringify({ residentId: sampleResidents.married.residentId });

/** Sends a request line exactly as written, which no HTTP client would. */
function raw(gateway: TestGateway, target: Buffer, token: string): Promise<string> {
  const { port, hostname } = new URL(gateway.url);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        Buffer.concat([
          Buffer.from('POST '),
          target,
          Buffer.from(
            ` HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer ${token}\r\nstile-purpose: public-rental-housing\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
          ),
        ]),
      );
    });
    socket.setEncoding('utf8').on('data', chunk => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer)).on('error', reject);
  });
}

const evasions: Readonly<Record<string, string>> = {
  'an encoded slash': '/exchange/civil-affairs%2Fmarriage-status/v1',
  'an encoded letter': '/%65xchange/civil-affairs/marriage-status/v1',
  'dot-dot': '/exchange/public-security/../civil-affairs/marriage-status/v1',
  'encoded dot-dot': '/exchange/public-security/%2e%2e/civil-affairs/marriage-status/v1',
  'a double slash': '/exchange//civil-affairs/marriage-status/v1',
  'a leading double slash': '//exchange/civil-affairs/marriage-status/v1',
  'a null byte': '/exchange/civil-affairs/marriage-status/v1%00',
  'a bad escape': '/exchange/civil-affairs/marriage-status/v1%zz',
  'not UTF-8': '/exchange/civil-affairs/marriage-status%ff/v1',
  'another host in the target': 'http://elsewhere.example/exchange/civil-affairs/marriage-status/v1',
  'a query on a POST': '/exchange/civil-affairs/marriage-status/v1?residentId=1',
  'a path parameter': '/exchange/civil-affairs/marriage-status;x=1/v1',
};

t.test('each is refused, recorded, and reaches no department', async t => {
  const gateway = await openGateway(t, { change: withoutCounting });
  const token = await gateway.token('housing/permits');
  for (const [name, target] of Object.entries(evasions)) {
    const answer = await raw(gateway, Buffer.from(target), token);
    t.match(answer, /^HTTP\/1\.1 400 /, name);
    t.match(answer, '"code":"STILE_PATH_NOT_CANONICAL"', name);
    const record = /^stile-record: (\S+)/m.exec(answer)?.[1] ?? null;
    t.match(await gateway.entry(record), { kind: 'exchange', outcome: 'refused', code: 'STILE_PATH_NOT_CANONICAL' });
  }
  t.same(gateway.departments.civilAffairs.asked(), []);
});

t.test('a raw byte that is no character ends in the HTTP parser, as documented', async t => {
  const gateway = await openGateway(t);
  const target = Buffer.concat([Buffer.from('/exchange/'), Buffer.from([0xff]), Buffer.from('/v1')]);
  t.match(await raw(gateway, target, 'none'), /^HTTP\/1\.1 400 /);
  t.same(gateway.departments.civilAffairs.asked(), []);
});
