/**
 * The primary is lost and its synchronous standby promoted: what was released has its record there, whatever went before.
 *
 * Fault: primary lost, synchronous standby promoted
 */
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { until } from '../until.js';
import { isServerInstalled } from './server.js';
import { once, openPair, type Pair } from './standby.js';
import { openGatewayOn, underLoad } from './under-load.js';

/** Sessions whose commit waits for the standby, by which the ledger appends. */
const waiting =
  "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name LIKE 'stile ledger%'";
/** Of an append: its callers still wait when a server has started anew, milliseconds. */
const deadline = 10_000;
/** Beyond a statement's deadline, so that what became of the commit is looked up, milliseconds. */
const long = 1500;

/** The standby goes, so that commits wait for it, and is behind for good: what ends their wait does not make them safe. */
async function leaveBehind(pair: Pair, endWait: () => Promise<unknown>): Promise<void> {
  await pair.standby.kill();
  // Their callers still wait.
  await until(async () => (await once(pair.primary, waiting)) !== 0);
  await endWait();
  await pause(long);
  await pair.primary.kill();
  await pair.standby.start();
}

const ways: readonly (readonly [name: string, before: (pair: Pair) => Promise<void>])[] = [
  ['under load', async () => {}],
  [
    'after it restarted while commits waited for the standby',
    pair =>
      leaveBehind(pair, async () => {
        await pair.primary.kill();
        await pair.primary.start();
      }),
  ],
  [
    'after the sessions that waited for the standby were ended',
    pair =>
      leaveBehind(pair, () => once(pair.primary, `SELECT pg_terminate_backend(pid) FROM (${waiting}) AS waiting`)),
  ],
  [
    'after the wait for the standby was cancelled',
    pair => leaveBehind(pair, () => once(pair.primary, `SELECT pg_cancel_backend(pid) FROM (${waiting}) AS waiting`)),
  ],
];

async function survives(t: Test, before: (typeof ways)[number][1]): Promise<void> {
  const pair = await openPair(t);
  const gateway = await openGatewayOn(t, pair.proxy, deadline);
  await underLoad(t, gateway, pair.standby, async () => {
    await before(pair);
    await pair.failOver();
  });
}

for (const [name, before] of ways) {
  t.test(`the primary is lost ${name}`, async t => {
    if (isServerInstalled(t)) await survives(t, before);
  });
}
