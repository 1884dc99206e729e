import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { type Dispatcher, request } from 'undici';
import { root } from '../../src/root.js';
import { startDepartments } from '../../src/sandbox/departments.js';
import { nobody, sampleResidents } from '../../src/sandbox/samples.js';

const apiKey = 'a key for tests';
const departments = await startDepartments({ host: '127.0.0.1', apiKey, secret: 'a secret for tests' });
const { civilAffairs } = departments;
t.teardown(() => departments.close());

const headers = (requestId: string = randomUUID()) => ({ 'x-api-key': apiKey, 'x-request-id': requestId });
const marriage = (residentId: string): Promise<Dispatcher.ResponseData> =>
  request(`${civilAffairs.url}/api/marriages/${residentId}`, { headers: headers() });
const book = (body: unknown, requestId?: string): Promise<Dispatcher.ResponseData> =>
  request(`${civilAffairs.url}/api/appointments`, {
    method: 'POST',
    headers: { ...headers(requestId), 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const couple = {
  zjhm: sampleResidents.unmarried.residentId,
  dfzjhm: sampleResidents.partner.residentId,
  yyrq: '20270520',
  djcbh: '440303-01',
};

t.test('a marriage is told in its own names, codes and dates', async t => {
  const answer = await marriage(sampleResidents.married.residentId);
  t.equal(answer.statusCode, 200);
  t.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
  t.strictSame(await answer.body.json(), {
    code: '0',
    msg: '成功',
    data: {
      zjhm: '440304198804123031',
      xm: '陈思远',
      hyzk: '21',
      djrq: '20150520',
      poxm: '林晓雯',
      pozjhm: '440305199008261020',
      zsbh: 'J440304-2015-000520',
      gxsj: '20261031060000',
    },
  });
});

t.test('the look-up with the number in the body answers the same', async t => {
  const { residentId } = sampleResidents.married;
  const answer = await request(`${civilAffairs.url}/api/marriages`, {
    method: 'POST',
    headers: { ...headers(), 'content-type': 'application/json' },
    body: JSON.stringify({ zjhm: residentId }),
  });
  t.equal(answer.statusCode, 200);
  t.equal(await answer.body.text(), await (await marriage(residentId)).body.text());
});

t.test('who is divorced or widowed has a code and a date, and no spouse', async t => {
  for (const [resident, hyzk, djrq] of [
    [sampleResidents.divorced, '40', '20190314'],
    [sampleResidents.widowed, '30', '20161130'],
  ] as const) {
    const { data } = (await (await marriage(resident.residentId)).body.json()) as { data: Record<string, string> };
    t.equal(data.hyzk, hyzk);
    t.equal(data.djrq, djrq);
    t.notOk('poxm' in data || 'pozjhm' in data);
  }
});

t.test('who never married is not found, nor is a stranger, a broken escape or another path', async t => {
  for (const segment of [sampleResidents.unmarried.residentId, nobody, '%E0%A4%A', '']) {
    const answer = await marriage(segment);
    t.equal(answer.statusCode, 404);
    t.match(await answer.body.json(), { code: '2004', data: null });
  }
  const other = await request(`${civilAffairs.url}/api/others`, { headers: headers() });
  t.equal(other.statusCode, 404);
  t.match(await other.body.json(), { code: '1004' });
});

t.test('a wrong key, or none, is refused', async t => {
  for (const key of [{}, { 'x-api-key': 'another' }]) {
    const answer = await request(`${civilAffairs.url}/api/marriages/${sampleResidents.married.residentId}`, {
      headers: key,
    });
    t.equal(answer.statusCode, 401);
    t.match(await answer.body.json(), { code: '1001' });
  }
});

t.test('an appointment is taken once a request id', async t => {
  const before = civilAffairs.appointments().length;
  const requestId = randomUUID();
  const first = await book(couple, requestId);
  t.equal(first.statusCode, 201);
  const { data } = (await first.body.json()) as { data: Record<string, string> };
  t.match(data, { ...couple, yybh: /^YY20270520-\d{6}$/ });

  const again = await book(couple, requestId);
  t.equal(again.statusCode, 201);
  t.match(await again.body.json(), { data });
  t.equal(civilAffairs.appointments().length, before + 1);

  const other = await book({ ...couple, yyrq: '20270521' }, requestId);
  t.equal(other.statusCode, 409);
  await other.body.dump();
  const next = await book(couple);
  t.not(((await next.body.json()) as { data: Record<string, string> }).data.yybh, data.yybh);
  t.equal(civilAffairs.appointments().length, before + 2);
});

t.test('an appointment that cannot be is refused, and nothing is booked', async t => {
  const before = civilAffairs.appointments().length;
  for (const [body, status] of [
    [{ ...couple, zjhm: sampleResidents.married.residentId }, 422],
    [{ ...couple, dfzjhm: sampleResidents.spouse.residentId }, 422],
    [{ ...couple, dfzjhm: couple.zjhm }, 422],
    [{ ...couple, djcbh: '440303-09' }, 422],
    [{ ...couple, yyrq: '2027-05-20' }, 400],
    [{ zjhm: couple.zjhm }, 400],
    ['{"zjhm":', 400],
  ] as const) {
    const answer = await book(body);
    t.equal(answer.statusCode, status, JSON.stringify(body));
    await answer.body.dump();
  }
  const unnamed = await book(couple, '');
  t.equal(unnamed.statusCode, 400, 'no request id');
  await unnamed.body.dump();
  t.equal(civilAffairs.appointments().length, before);
});

t.test('it knows what it was asked', async t => {
  const ids = [randomUUID(), randomUUID()];
  for (const id of ids) {
    const answer = await request(`${civilAffairs.url}/api/marriages/${nobody}`, { headers: headers(id) });
    await answer.body.dump();
  }
  t.strictSame(civilAffairs.asked().slice(-2), ids);
});

t.test("the contracts' first examples succeed", async t => {
  const example = (service: string): Record<string, string> =>
    JSON.parse(readFileSync(join(root, 'schemas', 'civil-affairs', service, 'v1', 'request.json'), 'utf8')).examples[0];
  const status = await marriage(example('marriage-status').residentId ?? '');
  t.equal(status.statusCode, 200);
  await status.body.dump();
  const { residentId, partnerResidentId, date, office } = example('marriage-appointment');
  const booked = await book({
    zjhm: residentId,
    dfzjhm: partnerResidentId,
    yyrq: date?.replaceAll('-', ''),
    djcbh: office,
  });
  t.equal(booked.statusCode, 201);
  await booked.body.dump();
});
