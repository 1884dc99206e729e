/**
 * `kill -9` of a gateway at every message of an exchange with effects: whatever was done is on record, and a repeat does not do it again.
 *
 * Its fault points are the messages to the store, as in kill-point.test.ts; those of the roll and the lease come in between.
 *
 * Fault: kill -9 of the gateway, at every await
 */
import pg from 'pg';
import t from 'tap';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { importAgreements, sandboxAgreements } from '../gateway.js';
import { account, exchangeTraced, type Traced } from './account.js';
import { openKillableGateway } from './killable-gateway.js';

const { unmarried, partner } = sampleResidents;
const appointment = 'civil-affairs/marriage-appointment/v1';
/** Most of the messages that are tried; an exchange is over long before, unless much comes in between. */
const mostPoints = 25;

t.setTimeout(200_000);

const { departments, store, proxy, client, start } = await openKillableGateway(t);

/** As the department writes it: each point has a day of its own. */
const dayOf = (point: number): string => String(20300500 + point);
const bookingOf = (point: number) => ({
  residentId: unmarried.residentId,
  partnerResidentId: partner.residentId,
  date: dayOf(point).replace(/(....)(..)(..)/, '$1-$2-$3'),
  office: '440304-01',
});
const book = (point: number): Promise<Traced> =>
  exchangeTraced(client, appointment, bookingOf(point), {
    'stile-purpose': 'marriage-registration',
    'idempotency-key': `k-${point}`,
  });
const actsOf = (point: number): number =>
  departments.civilAffairs.appointments().filter(({ yyrq }) => yyrq === dayOf(point)).length;

t.test('each message', async t => {
  let gateway = await start();
  await importAgreements(client, sandboxAgreements());
  await client.token('housing/permits');
  const told: Traced[] = [];
  let points = 0;
  for (let isThrough = false; !isThrough && points < mostPoints; ) {
    points += 1;
    const hung = proxy.hangAt(points, 'after').then(() => null);
    const booked = book(points);
    // Once it hangs, its caller loses the connection; before that, no error is expected.
    booked.catch(() => {});
    const first = await Promise.race([hung, booked]);
    isThrough = first !== null;
    if (first !== null) told.push(first);
    await gateway.end('SIGKILL');
    proxy.disarm();
    const acts = actsOf(points);
    gateway = await start();
    const again = await book(points);
    told.push(again);
    t.ok([200, 409].includes(again.answer.status), `killed at message ${points}: a repeat is answered or refused`);
    t.ok(acts <= 1 && actsOf(points) <= 1, 'and it was done once at the most');
  }
  t.ok(points > 3, `killed at ${points - 1} points: claim, intent and record at least`);
  await gateway.end('SIGTERM');

  const entries = await account(t, { database: store }, told);
  const closed = entries.filter(({ kind, intent }) => kind === 'exchange' && intent !== undefined);
  const intents = entries.filter(({ kind }) => kind === 'intent');
  t.same(
    intents.filter(({ id }) => closed.filter(({ intent }) => intent === id).length !== 1),
    [],
    'every intent has one record',
  );
  t.ok(intents.length >= departments.civilAffairs.appointments().length, 'nothing was done without an intent');
  const reader = new pg.Client({ connectionString: store });
  await reader.connect();
  const { rows } = await reader.query('SELECT FROM ledger_intents');
  await reader.end();
  t.equal(rows.length, 0, 'none is left open');
});
