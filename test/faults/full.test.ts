/**
 * The store's disk is full, before a commit and while commits are made: nothing is released, and it serves again once there is room.
 *
 * Fault: disk full
 */
import t from 'tap';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { openGateway } from '../gateway.js';
import { until } from '../until.js';
import { account, exchangeTraced, type Traced } from './account.js';
import { openDisk } from './disk.js';

const marriage = 'civil-affairs/marriage-status/v1';
const appointment = 'civil-affairs/marriage-appointment/v1';
const { married, unmarried, partner } = sampleResidents;

const gateway = await openGateway(t, {
  // What first meets the full disk waits for room until its deadline.
  change: registry => {
    const ledger = { ...registry.settings.ledger, deadline: 1000 };
    return { ...registry, settings: { ...registry.settings, ledger } };
  },
});
const disk = await openDisk(t, gateway.database);
const told = disk.isReal ? '' : ' (as a trigger says, since no small disk can be mounted here)';

const ask = (): Promise<Traced> => exchangeTraced(gateway, marriage, { residentId: married.residentId });
const askOnce = (): Promise<Traced> =>
  exchangeTraced(gateway, marriage, { residentId: married.residentId }, { 'idempotency-key': 'k-1' });
const book = (): Promise<Traced> =>
  exchangeTraced(
    gateway,
    appointment,
    {
      residentId: unmarried.residentId,
      partnerResidentId: partner.residentId,
      date: '2030-05-20',
      office: '440304-01',
    },
    { 'stile-purpose': 'marriage-registration', 'idempotency-key': 'k-1' },
  );

/** The last page may still have room for some entries. */
async function untilRefused(): Promise<Traced[]> {
  const asked: Traced[] = [];
  do asked.push(await ask());
  while (asked.at(-1)?.answer.status === 200);
  return asked;
}

t.test(`full before a commit${told}`, async t => {
  const before = await ask();
  t.equal(before.answer.status, 200);
  await disk.fill();
  const during = await untilRefused();
  for (let times = 0; times < 5; times++) {
    const refused = await ask();
    t.match(refused.answer, { status: 503, record: null, body: { code: 'STILE_RECORD_UNAVAILABLE', stage: 'record' } });
    t.notMatch(refused.answer.text, married.residentId);
    during.push(refused);
  }
  const keyed = await askOnce();
  t.equal(keyed.answer.status, 503);
  const effects = await book();
  t.equal(effects.answer.status, 503);
  t.same(gateway.departments.civilAffairs.appointments(), [], 'no intent, no act');

  await disk.free();
  await until(async () => (await gateway.call('/health/ready')).status === 200);
  const after = await ask();
  t.equal(after.answer.status, 200, 'it serves again by itself');
  const again = [await askOnce(), await book()];
  t.same(
    again.map(({ answer }) => answer.status),
    [200, 200],
    'and the keys are free, as nothing was done under them',
  );
  t.equal(gateway.departments.civilAffairs.appointments().length, 1);
  await account(t, gateway, [before, ...during, keyed, effects, after, ...again]);
});

t.test(`full while commits are made${told}`, async t => {
  const asked: Traced[] = [];
  let stopped = false;
  const caller = async () => {
    while (!stopped) asked.push(await ask());
  };
  const callers = Array.from({ length: 16 }, caller);
  const untilOneIs = async (status: number) => {
    const known = asked.length;
    await until(() => asked.slice(known).some(({ answer }) => answer.status === status));
  };
  await untilOneIs(200);
  await disk.fill();
  await untilOneIs(503);
  await disk.free();
  await untilOneIs(200);
  stopped = true;
  await Promise.all(callers);
  await account(t, gateway, asked);
});
