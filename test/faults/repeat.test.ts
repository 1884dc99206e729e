/** One `Idempotency-Key` in many hands: it acts once, whoever races; and after a crash it answers nobody. */
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { startDepartments } from '../../src/sandbox/departments.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { asGatewayLogin, migratedDatabase } from '../database.js';
import { callers, importAgreements, openGateway, sandboxAgreements, withoutCounting } from '../gateway.js';
import { refusedWith } from '../refusal.js';
import { until } from '../until.js';
import { makeConfig } from './config-folder.js';
import { freePort, startGateway } from './gateway-process.js';

const marriage = 'civil-affairs/marriage-status/v1';
const appointment = 'civil-affairs/marriage-appointment/v1';
const { married, unmarried, partner } = sampleResidents;
const booking = {
  residentId: unmarried.residentId,
  partnerResidentId: partner.residentId,
  date: '2030-05-20',
  office: '440304-01',
};
const purpose = { 'stile-purpose': 'marriage-registration' };

t.test('twenty at once, on two replicas: done once, and nobody is told anything else', async t => {
  const first = await openGateway(t, { change: withoutCounting });
  const second = await openGateway(t, { beside: first, change: withoutCounting });
  const { civilAffairs } = first.departments;
  civilAffairs.misbehave({ kind: 'slow', milliseconds: 100 });
  const book = (number: number) =>
    (number % 2 ? first : second).exchange(appointment, booking, { ...purpose, 'idempotency-key': 'k-1' });
  const answers = await Promise.all(Array.from({ length: 20 }, (_, number) => book(number)));
  civilAffairs.misbehave(null);
  t.equal(civilAffairs.appointments().length, 1);
  t.equal(civilAffairs.asked().length, 1, 'the department was asked once');
  const released = answers.filter(({ status }) => status === 200);
  t.ok(released.length >= 1);
  t.equal(new Set(released.map(({ text }) => text)).size, 1, 'whoever is answered is told the same');
  for (const refused of answers.filter(({ status }) => status !== 200)) {
    await refusedWith(t, first, refused, 'STILE_REPEAT_UNANSWERED', { service: appointment, asked: false });
  }
  const records = await Promise.all(released.map(({ record }) => first.entry(record)));
  const original = records.find(({ repeats }) => repeats === undefined);
  t.match(original, { outcome: 'released', asked: true });
  t.equal(records.filter(({ asked }) => asked).length, 1, 'the others are repeats');

  const later = await book(0);
  t.equal(later.text, released[0]?.text);
  t.match(await first.entry(later.record), { outcome: 'released', asked: false, repeats: /^\d+\/\d+$/ });
  t.equal(civilAffairs.appointments().length, 1);
});

t.test('twenty different requests under one key: one is done', async t => {
  const gateway = await openGateway(t, { change: withoutCounting });
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, number) =>
      gateway.exchange(
        appointment,
        { ...booking, date: `2030-06-${String(number + 1).padStart(2, '0')}` },
        { ...purpose, 'idempotency-key': 'k-1' },
      ),
    ),
  );
  t.equal(gateway.departments.civilAffairs.appointments().length, 1);
  t.equal(answers.filter(({ status }) => status === 200).length, 1);
  for (const refused of answers.filter(({ status }) => status !== 200)) {
    await refusedWith(t, gateway, refused, 'STILE_REPEAT_MISMATCH', { asked: false });
  }
});

t.test('a repeat is decided again: under other terms, or none, it is answered no more', async t => {
  const [marriageTerms = {}] = sandboxAgreements();
  const gateway = await openGateway(t);
  const ask = () => gateway.exchange(marriage, { residentId: married.residentId }, { 'idempotency-key': 'k-1' });
  t.equal((await ask()).status, 200);
  await importAgreements(gateway, [{ ...marriageTerms, fields: [{ path: 'residentId' }] }]);
  await refusedWith(t, gateway, await ask(), 'STILE_REPEAT_CHANGED', { asked: false });
  await importAgreements(gateway, [{ ...marriageTerms, from: '2020-01-01', until: '2021-12-31' }]);
  await refusedWith(t, gateway, await ask(), 'STILE_AGREEMENT_EXPIRED', { asked: false });
  t.equal(gateway.departments.civilAffairs.asked().length, 1);
});

t.test('a key is free again when its life is over', async t => {
  const gateway = await openGateway(t, {
    change: registry => {
      const exchange = { ...registry.settings.exchange, repeatLife: 1 };
      return { ...registry, settings: { ...registry.settings, exchange } };
    },
  });
  const ask = () => gateway.exchange(marriage, { residentId: married.residentId }, { 'idempotency-key': 'k-1' });
  t.equal((await ask()).status, 200);
  await pause(1100);
  const later = await ask();
  t.equal(later.status, 200);
  t.match(await gateway.entry(later.record), { asked: true, repeats: undefined });
  t.equal(gateway.departments.civilAffairs.asked().length, 2);
});

t.test('a crash between claim and answer: the key is 409, and what was intended is closed as unknown', async t => {
  const departments = await startDepartments({ host: '127.0.0.1', apiKey: 'key', secret: 'secret' });
  t.teardown(() => departments.close());
  const { civilAffairs } = departments;
  const folder = t.testdir();
  const store = await migratedDatabase(t);
  const options = {
    port: await freePort(),
    dataFolder: folder,
    environment: {
      // A lease that runs out soon, so that the crashed one's shard is free soon.
      ...(await makeConfig(folder, text => `${text}\nledger: { lease: 1000 }\n`)),
      DATABASE_URL: asGatewayLogin(store),
      STILE_OWNER_URL: store,
      ...departments.variables,
    },
  };
  const crashed = await startGateway(options);
  t.teardown(async () => void (await crashed.end('SIGKILL')));
  const client = callers(crashed.url);
  const book = () => client.exchange(appointment, booking, { ...purpose, 'idempotency-key': 'k-1' });
  await client.token('housing/permits');
  civilAffairs.misbehave({ kind: 'hang', times: 1 });
  const unanswered = t.rejects(book());
  await until(() => civilAffairs.asked().length === 1);
  await crashed.end('SIGKILL');
  await unanswered;

  const next = await startGateway(options);
  t.teardown(async () => void (await next.end('SIGTERM')));
  const again = await book();
  t.match(again, { status: 409, body: { code: 'STILE_REPEAT_UNANSWERED' } });
  t.match(await client.entry(again.record), { outcome: 'refused', code: 'STILE_REPEAT_UNANSWERED', asked: false });
  t.equal(civilAffairs.asked().length, 1, 'the department was asked once');
  t.equal(civilAffairs.appointments().length, 1, 'and had done it');
  const search = async () => {
    const answer = await client.call('/audit/search', {
      method: 'POST',
      headers: { authorization: `Bearer ${await client.token('staff/auditor')}`, 'content-type': 'application/json' },
      body: { outcome: ['unknown'], service: [appointment] },
    });
    return (answer.body as { entries: unknown[] }).entries;
  };
  await until(async () => (await search()).length > 0);
  t.match(await search(), [{ entry: { kind: 'exchange', client: 'housing/permits', subjects: { count: 2 } } }]);
});
