/**
 * The clock of a whole process jumps by an hour, the gateway's or the database's: nothing is released until it is right again.
 *
 * Fault: clock ahead or back, the gateway's
 * Fault: clock ahead or back, the database's
 */
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import t, { type Test } from 'tap';
import { startDepartments } from '../../src/sandbox/departments.js';
import { migratedDatabase } from '../database.js';
import { callers, importAgreements, sandboxAgreements } from '../gateway.js';
import { until } from '../until.js';
import { canFakeClock, type FakeClock, openFakeClock } from './fake-clock.js';
import { freePort, startGateway } from './gateway-process.js';
import { isServerInstalled, openServer } from './server.js';
import { type Asked, openGatewayOn, type Store, underLoad } from './under-load.js';

const hour = 3600;
/** By a gateway's fast clock the callers' tokens have expired. It says so, once a second for all of them on record when it can. */
const tokens = ['STILE_TOKEN_EXPIRED'];

/** Sets the clock off under load, both ways, and then right. */
async function survivesJumps(t: Test, gateway: Asked, store: Store, clock: FakeClock): Promise<void> {
  for (const [name, seconds] of [
    ['ahead', hour],
    ['back', -hour],
  ] as const) {
    await t.test(`an hour ${name}`, async t => {
      await underLoad(
        t,
        gateway,
        store,
        async load => {
          await clock.set(seconds);
          await until(async () => (await gateway.call('/health/ready')).body?.reason === 'clock');
          const known = load.told.length;
          await until(() => load.told.length > known + 20);
          const released = load.told.slice(known).filter(({ answer }) => answer.status === 200);
          t.same(released, [], 'nothing is released by a wrong clock');
          await clock.set(0);
        },
        tokens,
      );
      const client = new pg.Client({ connectionString: store.database });
      await client.connect();
      const { rows } = await client.query(
        'SELECT count(*)::int AS wrong FROM ledger_entries WHERE abs(time - $1) > $2',
        [Date.now(), (hour / 2) * 1000],
      );
      await client.end();
      t.same(rows, [{ wrong: 0 }], 'no entry has a time of the wrong clock');
    });
  }
}

t.test('the gateway’s clock', async t => {
  if (!canFakeClock(t)) return;
  const departments = await startDepartments({ host: '127.0.0.1', apiKey: 'key', secret: 'secret' });
  t.teardown(() => departments.close());
  const clock = await openFakeClock(t);
  const store = await migratedDatabase(t);
  const process = await startGateway({
    port: await freePort(),
    dataFolder: t.testdir(),
    program: [fileURLToPath(new URL('./bare-gateway.js', import.meta.url))],
    environment: {
      ...clock.environment,
      DATABASE_URL: store,
      ...departments.variables,
    },
  });
  t.teardown(async () => void (await process.end('SIGTERM')));
  const gateway = callers(process.url);
  await importAgreements(gateway, sandboxAgreements());
  await survivesJumps(t, gateway, { database: store }, clock);
});

t.test('the database’s clock', async t => {
  if (!canFakeClock(t) || !isServerInstalled(t)) return;
  const clock = await openFakeClock(t);
  const server = await openServer(t, { environment: clock.environment });
  await survivesJumps(t, await openGatewayOn(t, server), server, clock);
});
