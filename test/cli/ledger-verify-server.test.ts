/**
 * The command as an auditor uses it over the network, with a server that may lie.
 *
 * Fault: a server that shows other entries, hashes or an older tree
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { openGateway } from '../gateway.js';
import { rollKey } from '../ledger/roll-key.js';
import { strangerOf, verify, zh } from './ledger-verify.js';

/** Between a gateway and who asks it, changes what it answers. */
async function liar(t: Test, url: string, lie: (path: string, body: Buffer) => Buffer | number): Promise<string> {
  const server = createServer(async (request, response) => {
    const answer = await fetch(url + request.url, {
      headers: request.headers.authorization === undefined ? {} : { authorization: request.headers.authorization },
    });
    const told = answer.ok ? lie(request.url ?? '', Buffer.from(await answer.arrayBuffer())) : answer.status;
    response.writeHead(typeof told === 'number' ? told : 200).end(typeof told === 'number' ? '' : told);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

t.test('a ledger as a server serves it', async t => {
  const gateway = await openGateway(t);
  const key = rollKey(gateway);
  const service = 'civil-affairs/marriage-status/v1';
  const asked = Array.from({ length: 8 }, () => gateway.exchange(service, { residentId: '440304198804123031' }));
  const { record = '' } = (await Promise.all(asked))[0] ?? {};
  const headers = { authorization: `Bearer ${await gateway.token('staff/auditor')}`, prefer: 'wait=10' };
  const receipt = await gateway.call(`/ledger/receipts/${record}`, { headers });
  // Beside the gateway's own folder, which is the test's.
  const folder = mkdtempSync(join(tmpdir(), 'stile-verify-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'receipt.json'), receipt.text);
  const auditor = { STILE_TOKEN: await gateway.token('staff/auditor') };
  const nobody = { STILE_TOKEN: await gateway.token('housing/permits') };
  const words = ['--key', key, '--since', join(folder, 'receipt.json')];

  const whole = await verify([gateway.url, ...words, '--keep', join(folder, 'kept.txt')], auditor);
  t.match(whole, { code: 0, out: /All of it holds/ });
  t.match(readFileSync(join(folder, 'kept.txt'), 'utf8'), /^stile\.example\/ledger\n/);
  const hashes = await verify([`${gateway.url}/ledger/`, ...words, '--json'], nobody);
  t.match(JSON.parse(hashes.out), { holds: true, hasEntries: false, shards: 1 });
  t.match((await verify([gateway.url, ...words], { ...nobody, ...zh })).out, /只核验了哈希与签名/);

  for (const [what, lie, environment, finding] of [
    [
      'an entry altered',
      (path: string, body: Buffer) =>
        /\/0\/tile\/entries/.test(path)
          ? Buffer.from(body.toString('latin1').replace('released', 'relaesed'), 'latin1')
          : body,
      auditor,
      { wrong: 'entry', at: /^0\/\d+$/ },
    ],
    [
      'a hash altered',
      (path: string, body: Buffer) => (/\/0\/tile\/0/.test(path) ? Buffer.from(body.map(byte => 255 - byte)) : body),
      nobody,
      { wrong: 'root', at: '0' },
    ],
    [
      "the roll's checkpoint altered",
      (path: string, body: Buffer) =>
        path === '/ledger/checkpoint' ? Buffer.from(body.toString().replace(/\n\d+\n/, '\n1\n')) : body,
      nobody,
      { wrong: 'signature', at: 'roll' },
    ],
    [
      'a shard not served',
      (path: string, body: Buffer) => (path.startsWith('/ledger/0/') ? 404 : body),
      auditor,
      { wrong: 'missing', at: '0/0' },
    ],
    [
      'a tile not served',
      (path: string, body: Buffer) => (path.startsWith('/ledger/tile/0/') ? 404 : body),
      nobody,
      { wrong: 'tile', at: 'roll' },
    ],
  ] as const) {
    const url = await liar(t, gateway.url, lie);
    const { code, out } = await verify([url, '--key', key, '--json'], environment);
    t.equal(code, 2, what);
    t.match(JSON.parse(out).findings[0], finding, what);
  }
  const old = readFileSync(join(folder, 'kept.txt'), 'utf8');
  const { record: next } = await gateway.exchange(service, { residentId: '440304198804123031' });
  const later = await gateway.call(`/ledger/receipts/${next}`, { headers });
  writeFileSync(join(folder, 'newer.json'), later.text);
  const rolledBack = await liar(t, gateway.url, (path, body) =>
    path === '/ledger/checkpoint' ? Buffer.from(old) : body,
  );
  const { code, out } = await verify(
    [rolledBack, '--key', key, '--since', join(folder, 'newer.json'), '--json'],
    nobody,
  );
  t.same([code, JSON.parse(out).findings[0].wrong], [2, 'kept'], 'rolled back');

  const foreign = await verify([gateway.url, '--key', strangerOf('stile.example'), '--json'], auditor);
  t.same([foreign.code, JSON.parse(foreign.out).findings], [2, [{ wrong: 'key', at: 'roll' }]]);
  const silent = await verify(['http://127.0.0.1:1', '--key', key], nobody);
  t.equal(silent.code, 1);
  t.match(silent.err, /cannot be reached/);
  const nothing = await liar(t, gateway.url, () => 404);
  const error = await verify([nothing, '--key', key], nobody).catch((thrown: unknown) => thrown);
  t.match((error as { text?: unknown }).text, { en: /no checkpoint of a ledger/, zh: /没有台账的检查点/ });
});
