/**
 * A gateway whose clock jumps: it releases nothing until it is right again, and nothing that has expired is revived.
 *
 * Fault: clock ahead or back, the gateway's
 */
import t, { type Test } from 'tap';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { openGateway } from '../gateway.js';
import { refusedWith } from '../refusal.js';
import { until } from '../until.js';
import { account, exchangeTraced, type Traced } from './account.js';

const marriage = 'civil-affairs/marriage-status/v1';
const household = 'public-security/household/v1';
const { married } = sampleResidents;
const hour = 3_600_000;
const day = 24 * hour;

/** A day in UTC+8, where agreements' days begin and end. */
const dayAt = (time: number): string => new Date(time + 8 * hour).toISOString().slice(0, 10);

const terms = {
  provider: 'civil-affairs',
  consumer: 'housing',
  purposes: ['public-rental-housing'],
  from: '2020-01-01',
  limits: {},
  fields: [{ path: 'residentId' }],
};
let ahead = 0;
const gateway = await openGateway(t, {
  now: () => Date.now() + ahead,
  // What already waits when the clock is seen to be off waits for it until its deadline.
  change: registry => {
    const ledger = { ...registry.settings.ledger, deadline: 1000 };
    return { ...registry, settings: { ...registry.settings, ledger } };
  },
  agreements: [
    { ...terms, id: 'in-force', service: marriage, until: '2099-12-31' },
    {
      ...terms,
      id: 'expired',
      provider: 'public-security',
      service: household,
      until: dayAt(Date.now() - 3 * day),
    },
  ],
});

const ask = (service: string): Promise<Traced> => exchangeTraced(gateway, service, { residentId: married.residentId });
/** Tokens are kept by purpose: one that is asked for the first time. */
const purposes = { ahead: 'public-rental-housing', back: 'marriage-registration' };
const isReady = async () => (await gateway.call('/health/ready')).status === 200;

/** A caller gets nothing but the code of a record that could not be written. */
function unrecorded(t: Test, { answer }: Traced): void {
  t.match(answer, { status: 503, record: null, body: { code: 'STILE_RECORD_UNAVAILABLE' } });
  t.notMatch(answer.text, married.residentId);
}

for (const [name, jump] of [
  ['ahead', hour],
  ['back', -hour],
] as const) {
  t.test(`an hour ${name}`, async t => {
    const before = await ask(marriage);
    t.equal(before.answer.status, 200);
    ahead = jump;
    const during = await Promise.all(Array.from({ length: 10 }, () => ask(marriage)));
    for (const each of during) unrecorded(t, each);
    const ready = await gateway.call('/health/ready');
    t.match(ready, { status: 503, body: { reason: 'clock' } });
    await t.rejects(gateway.token('housing/archive', purposes[name]), /STILE_RECORD_UNAVAILABLE/, 'no token either');

    ahead = 0;
    await until(isReady);
    const after = await ask(marriage);
    t.equal(after.answer.status, 200, 'it serves again by itself');
    const entries = await account(t, gateway, [before, ...during, after]);
    const times = entries.map(entry => Math.abs(Date.parse(String(entry.time)) - Date.now()));
    t.ok(Math.max(...times) < hour / 2, 'no entry has a time of the wrong clock');
  });
}

t.test('a clock that is set back revives nothing that has expired', async t => {
  const expired = await ask(household);
  await refusedWith(t, gateway, expired.answer, 'STILE_AGREEMENT_EXPIRED', { asked: false });
  ahead = -5 * day;
  const revived = await ask(household);
  unrecorded(t, revived);
  ahead = 0;
  await until(isReady);
  await refusedWith(t, gateway, (await ask(household)).answer, 'STILE_AGREEMENT_EXPIRED');
  await account(t, gateway, [expired, revived]);
});

t.test('a clock within the tolerance is used, and time never goes back in a shard', async t => {
  const asked: Traced[] = [];
  for (const within of [1200, -1200, 0]) {
    ahead = within;
    asked.push(await ask(marriage));
  }
  t.same(
    asked.map(({ answer }) => answer.status),
    [200, 200, 200],
  );
  await account(t, gateway, asked);
});
