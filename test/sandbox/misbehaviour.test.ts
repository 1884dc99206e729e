import { createHmac, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { createGunzip } from 'node:zlib';
import iconv from 'iconv-lite';
import t from 'tap';
import { Agent, type Dispatcher, request } from 'undici';
import { startDepartments } from '../../src/sandbox/departments.js';
import type { Misbehaviour } from '../../src/sandbox/misbehaviour.js';
import { sampleResidents } from '../../src/sandbox/samples.js';

const apiKey = 'a key for tests';
const secret = 'a secret for tests';
const departments = await startDepartments({ host: '127.0.0.1', apiKey, secret, ports: { control: 0 } });
const { civilAffairs, publicSecurity, control } = departments;
const dispatcher = new Agent();
t.teardown(async () => {
  await dispatcher.destroy();
  await departments.close();
});
t.afterEach(() => {
  civilAffairs.misbehave(null);
  publicSecurity.misbehave(null);
});

const { married, partner, unmarried } = sampleResidents;
const marriage = (residentId: string = married.residentId, signal?: AbortSignal): Promise<Dispatcher.ResponseData> =>
  request(`${civilAffairs.url}/api/marriages/${residentId}`, {
    dispatcher,
    headers: { 'x-api-key': apiKey, 'x-request-id': randomUUID() },
    ...(signal === undefined ? {} : { signal }),
  });
const household = (): Promise<Dispatcher.ResponseData> => {
  const rid = randomUUID();
  const rtime = String(Date.now());
  const sign = createHmac('sha256', secret).update(`GA-HJ-0001${rid}${rtime}`).digest('base64');
  return request(`${publicSecurity.url}/household/query`, {
    dispatcher,
    method: 'POST',
    headers: { gjgxjhpt_rid: rid, gjgxjhpt_sid: 'GA-HJ-0001', gjgxjhpt_rtime: rtime, gjgxjhpt_sign: sign },
    body: `<?xml version="1.0" encoding="GB18030"?><request><gmsfhm>${married.residentId}</gmsfhm></request>`,
  });
};
const book = (): Promise<Dispatcher.ResponseData> =>
  request(`${civilAffairs.url}/api/appointments`, {
    dispatcher,
    method: 'POST',
    headers: { 'x-api-key': apiKey, 'x-request-id': randomUUID() },
    body: JSON.stringify({
      zjhm: unmarried.residentId,
      dfzjhm: partner.residentId,
      yyrq: '20270520',
      djcbh: '440303-01',
    }),
  });
const bytes = async (answer: Dispatcher.ResponseData): Promise<Buffer> => Buffer.from(await answer.body.arrayBuffer());
/** What a JSON answer, spoilt in this way, reads as. */
const spoilt = async (kind: Misbehaviour): Promise<Buffer> => {
  civilAffairs.misbehave(kind);
  return bytes(await marriage());
};
const spoiltXml = async (kind: Misbehaviour): Promise<Buffer> => {
  publicSecurity.misbehave(kind);
  return bytes(await household());
};

t.test('slow, and a caller who does not wait', async t => {
  civilAffairs.misbehave({ kind: 'slow', milliseconds: 150 });
  const started = performance.now();
  await (await marriage()).body.dump();
  t.ok(performance.now() - started >= 149);
  civilAffairs.misbehave({ kind: 'slow', milliseconds: 60_000 });
  await t.rejects(marriage(married.residentId, AbortSignal.timeout(50)), { name: 'TimeoutError' });
});

t.test('a status or a redirect does not act', async t => {
  const before = civilAffairs.appointments().length;
  for (const status of [500, 503, 429]) {
    civilAffairs.misbehave({ kind: 'status', status });
    const answer = await book();
    t.equal(answer.statusCode, status);
    await answer.body.dump();
  }
  civilAffairs.misbehave({ kind: 'redirect', to: 'http://127.0.0.1:1/' });
  const answer = await book();
  t.equal(answer.statusCode, 302);
  t.equal(answer.headers.location, 'http://127.0.0.1:1/');
  await answer.body.dump();
  t.equal(civilAffairs.appointments().length, before);
});

t.test('a reset or a silence acts', async t => {
  const before = civilAffairs.appointments().length;
  for (const kind of ['reset', 'reset-mid-body', 'hang'] as const) {
    civilAffairs.misbehave({ kind });
    const answered = book().then(bytes);
    if (kind === 'hang') {
      while (civilAffairs.appointments().length < before + 3) await new Promise(resolve => setTimeout(resolve, 5));
      civilAffairs.misbehave({ kind: 'down' });
    }
    await t.rejects(answered, kind);
  }
  t.equal(civilAffairs.appointments().length, before + 3);
});

t.test('down resets old and new connections', async t => {
  await (await marriage()).body.dump();
  civilAffairs.misbehave({ kind: 'down' });
  await t.rejects(marriage());
  const { port } = new URL(civilAffairs.url);
  const socket = connect(Number(port), '127.0.0.1');
  const error = await new Promise<NodeJS.ErrnoException | undefined>(resolve => {
    socket.on('error', resolve);
    socket.on('close', () => resolve(undefined));
    socket.on('connect', () => socket.write('GET / HTTP/1.1\r\n\r\n'));
    socket.on('data', () => t.fail('it answers'));
  });
  t.ok(error === undefined || error.code === 'ECONNRESET' || error.code === 'EPIPE');
  civilAffairs.misbehave(null);
  t.equal((await bytes(await marriage())).length > 100, true, 'and it is up again');
});

t.test('a content type, a bomb, an endless body', async t => {
  civilAffairs.misbehave({ kind: 'wrong-content-type' });
  const page = await marriage();
  t.match(page.headers['content-type'], /^text\/html/);
  await page.body.dump();

  civilAffairs.misbehave({ kind: 'gzip-bomb' });
  const bomb = await marriage();
  t.equal(bomb.headers['content-encoding'], 'gzip');
  const packed = await bytes(bomb);
  t.ok(packed.length < 2_000_000, `${packed.length} bytes`);
  let unpacked = 0;
  for await (const chunk of createGunzip().end(packed)) {
    unpacked += chunk.length;
    if (unpacked > 100_000_000) break;
  }
  t.ok(unpacked > 100_000_000, 'it unpacks to a hundred times its size and on');

  civilAffairs.misbehave({ kind: 'endless-body' });
  const endless = await marriage();
  let size = 0;
  for await (const chunk of endless.body) {
    size += chunk.length;
    if (size > 20_000_000) break;
  }
  t.ok(size > 20_000_000);
});

t.test('JSON that breaks the contract or cannot be read', async t => {
  const json = async (kind: Misbehaviour): Promise<{ data: Record<string, string> }> =>
    JSON.parse((await spoilt(kind)).toString());
  t.equal((await json({ kind: 'missing-field' })).data.zjhm, undefined);
  t.equal((await json({ kind: 'wrong-code' })).data.hyzk, '77');
  t.equal((await json({ kind: 'another-person' })).data.zjhm, '11010519491231002X');
  const invalid = await spoilt({ kind: 'invalid-encoding' });
  t.throws(() => new TextDecoder('utf-8', { fatal: true }).decode(invalid));
  const cut = await spoilt({ kind: 'invalid-syntax' });
  t.throws(() => JSON.parse(cut.toString()));
  t.equal((await spoilt({ kind: 'duplicate-keys' })).toString().match(/"zjhm"/g)?.length, 2);
  t.match((await spoilt({ kind: 'explosive' })).toString(), /^\[{1000}/);
});

t.test('XML that breaks the contract or cannot be read', async t => {
  const xml = async (kind: Misbehaviour): Promise<string> => iconv.decode(await spoiltXml(kind), 'gb18030');
  t.notMatch(await xml({ kind: 'missing-field' }), /<hh>/);
  t.match(await xml({ kind: 'wrong-code' }), /<yhzgx>00</);
  t.match(await xml({ kind: 'another-person' }), /<cxr>11010519491231002X</);
  t.equal((await xml({ kind: 'duplicate-keys' })).match(/<hh>/g)?.length, 2);
  t.notMatch(await xml({ kind: 'invalid-syntax' }), /<\/rylb>/);
  t.match(await xml({ kind: 'explosive' }), /<!DOCTYPE r \[<!ENTITY e0 "x">.*<zz>&e12;/s);
  const invalid = await spoiltXml({ kind: 'invalid-encoding' });
  t.throws(() => new TextDecoder('gb18030', { fatal: true }).decode(invalid));
});

t.test('so many times, or about one resident only', async t => {
  civilAffairs.misbehave({ kind: 'status', status: 503, times: 2 });
  const seen: number[] = [];
  for (let asked = 0; asked < 3; asked++) {
    const answer = await marriage();
    seen.push(answer.statusCode);
    await answer.body.dump();
  }
  t.strictSame(seen, [503, 503, 200]);
  civilAffairs.misbehave({ kind: 'status', status: 503, about: married.residentId });
  for (const [resident, status] of [
    [sampleResidents.spouse, 200],
    [married, 503],
  ] as const) {
    const answer = await marriage(resident.residentId);
    t.equal(answer.statusCode, status);
    await answer.body.dump();
  }
});

t.test('it can be told from outside', async t => {
  const tell = async (path: string, body?: string): Promise<readonly [number, unknown]> => {
    const method = body === undefined ? 'GET' : 'PUT';
    const answer = await request(control?.url + path, { method, ...(body === undefined ? {} : { body }) });
    return [answer.statusCode, await answer.body.json()];
  };
  t.equal((await tell('/civil-affairs/misbehaviour', '{"kind":"status","status":500}'))[0], 200);
  const answer = await marriage();
  t.equal(answer.statusCode, 500);
  await answer.body.dump();
  t.equal((await tell('/civil-affairs/misbehaviour', 'null'))[0], 200);
  t.equal((await bytes(await marriage())).length > 100, true);
  t.strictSame(await tell('/civil-affairs/asked'), [200, civilAffairs.asked()]);
  for (const wrong of [
    '{"kind":"fall over"}',
    '{"kind":"slow"}',
    '{"kind":"status"}',
    '{"kind":"redirect"}',
    '{',
    '3',
  ]) {
    t.equal((await tell('/civil-affairs/misbehaviour', wrong))[0], 400, wrong);
  }
  t.equal((await tell('/nobody/asked'))[0], 404);
  t.equal((await tell('/__proto__/asked'))[0], 404);
  t.equal((await tell('/civil-affairs/others'))[0], 404);
  t.match(control?.url, /^http:\/\/127\.0\.0\.1:\d+$/);
});
