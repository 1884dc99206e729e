/**
 * The store is away, hangs or is cut off, before a commit and in one: no record, no release, and the gateway recovers by itself.
 *
 * Fault: connection lost after COMMIT was sent
 */
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { errors } from '../../src/errors.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { type Answer, openGateway } from '../gateway.js';
import { account, exchangeTraced, type Traced } from './account.js';
import { type CutProxy, openCutProxy } from './cut-proxy.js';

const marriage = 'civil-affairs/marriage-status/v1';
const appointment = 'civil-affairs/marriage-appointment/v1';
const { married, unmarried, partner } = sampleResidents;
const booking = {
  residentId: unmarried.residentId,
  partnerResidentId: partner.residentId,
  date: '2030-05-20',
  office: '440304-01',
};
/** How the ledger names its append to the server: what traps wait for. */
const append = 'ledger-append';

/** One gateway whose every way to the store goes through a proxy, impatient so that a hanging store costs the test little. */
const proxies: CutProxy[] = [];
const gateway = await openGateway(t, {
  route: async database => {
    const proxy = await openCutProxy(t, database);
    proxies.push(proxy);
    return proxy.database;
  },
  change: registry => {
    const ledger = { ...registry.settings.ledger, deadline: 1200, statementDeadline: 400, lease: 2000 };
    return { ...registry, settings: { ...registry.settings, ledger } };
  },
});
const [proxy] = proxies;
if (proxy === undefined) throw new Error('the gateway took another way to its store');

const ask = (): Promise<Traced> => exchangeTraced(gateway, marriage, { residentId: married.residentId });

const json = { 'content-type': 'application/json' };
const officer = { ...json, authorization: `Bearer ${await gateway.token('staff/officer')}` };
const auditor = { ...json, authorization: `Bearer ${await gateway.token('staff/auditor')}` };

/** What staff ask of the store. */
const staffAsk = (): Promise<Answer>[] => [
  gateway.call('/audit/search', { method: 'POST', headers: auditor, body: {} }),
  gateway.call('/audit/records/0/0', { headers: auditor }),
  gateway.call('/operate/agreements', { headers: auditor }),
  gateway.call('/operate/agreements/housing-household', { headers: auditor }),
  gateway.call('/operate/agreements/housing-household/suspend', {
    method: 'POST',
    headers: officer,
    body: { why: 'x' },
  }),
];

/** Asserts that a caller got nothing but a code, and that the code is that of a record that could not be written. */
function unrecorded(t: Test, { answer }: Traced): void {
  const { status, stage } = errors.STILE_RECORD_UNAVAILABLE;
  t.equal(answer.status, status, answer.text);
  t.match(answer.body, { code: 'STILE_RECORD_UNAVAILABLE', stage, status });
  t.equal(answer.record, null);
  t.equal(answer.headers.get('retry-after'), '1');
  t.notMatch(answer.text, married.residentId);
  t.notMatch(answer.text, '"married"');
}

/** Resolves once the gateway says that it takes work; the suite's own deadline ends the wait. */
async function untilReady(): Promise<void> {
  while ((await gateway.call('/health/ready')).status !== 200) await pause(50);
}

for (const [name, away, purpose] of [
  ['down', 'refuse', 'public-rental-housing'],
  ['hanging', 'hang', 'marriage-registration'],
] as const) {
  t.test(`${name} before a commit`, async t => {
    const before = await ask();
    t.equal(before.answer.status, 200);
    proxy[away]();
    const acted = gateway.departments.civilAffairs.appointments().length;
    const effects = exchangeTraced(gateway, appointment, booking, {
      'stile-purpose': 'marriage-registration',
      'idempotency-key': name,
    });
    const token = t.rejects(
      gateway.token('housing/archive', purpose),
      /STILE_RECORD_UNAVAILABLE/,
      'no record, no token',
    );
    const staff = Promise.all(staffAsk());
    const during = await Promise.all(Array.from({ length: 10 }, ask));
    for (const each of during) unrecorded(t, each);
    t.equal((await effects).answer.status, 503);
    t.equal(gateway.departments.civilAffairs.appointments().length, acted, 'no intent, no act');
    t.match(await gateway.call('/health/ready'), { status: 503 });
    t.equal((await gateway.call('/health/live')).status, 200);
    await token;
    for (const answer of await staff) {
      t.match(answer, { status: 503, body: { code: /^STILE_\w+_UNAVAILABLE$/ } }, 'staff are not kept waiting either');
      t.equal(answer.headers.get('retry-after'), '1');
    }

    proxy.pass();
    await untilReady();
    const after = await ask();
    t.equal(after.answer.status, 200, 'it serves again by itself');
    await account(t, gateway, [before, ...during, await effects, after]);
  });
}

t.test('cut or hung in a commit that is made good: the caller notices nothing, and there is one record', async t => {
  const asked: Traced[] = [];
  for (const fault of ['cutBefore', 'cutAfter', 'hangAfter'] as const) {
    const sprung = proxy[fault](append);
    const found = await Promise.all([ask(), ask(), ask()]);
    await sprung;
    t.same(
      found.map(({ answer }) => answer.status),
      [200, 200, 200],
      fault,
    );
    asked.push(...found);
  }
  await account(t, gateway, asked);
});

for (const [name, away] of [
  ['down', 'refuse'],
  ['hanging', 'hang'],
] as const) {
  for (const fault of ['cutBefore', 'cutAfter'] as const) {
    t.test(`${fault === 'cutBefore' ? 'not sent' : 'stored unheard of'}, and then ${name}`, async t => {
      const sprung = proxy[fault](append).then(() => proxy[away]());
      const during = await ask();
      await sprung;
      unrecorded(t, during);
      proxy.pass();
      await untilReady();
      const after = await ask();
      t.equal(after.answer.status, 200);
      const entries = await account(t, gateway, [during, after]);
      const stored = entries.filter(entry => String(entry.trace).includes(during.trace));
      t.ok(stored.length <= 1, 'what was given up on is there once, or not at all');
      if (fault === 'cutAfter') t.equal(stored.length, 1, 'what is stored stays');
    });
  }
}

t.test('a store that comes and goes under load', async t => {
  const asked: Traced[] = [];
  let stopped = false;
  const caller = async () => {
    while (!stopped) asked.push(await ask());
  };
  const callers = Array.from({ length: 16 }, caller);
  const rounds = process.env.STILE_SLOW ? 20 : 2;
  for (let round = 0; round < rounds; round++) {
    for (const fault of ['cutBefore', 'cutAfter', 'hangAfter'] as const) {
      await proxy[fault](append);
      await pause(50);
    }
    proxy.refuse();
    await pause(300);
    proxy.pass();
    await untilReady();
  }
  stopped = true;
  await Promise.all(callers);
  const released = asked.filter(({ answer }) => answer.status === 200);
  const refused = asked.filter(({ answer }) => answer.body?.code === 'STILE_RECORD_UNAVAILABLE');
  t.ok(released.length > 0 && refused.length > 0, `${released.length} were released, ${refused.length} refused`);
  t.equal(released.length + refused.length, asked.length, 'and there is no third way');
  await account(t, gateway, asked);
});
