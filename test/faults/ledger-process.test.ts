/**
 * Gateways that stop in the middle, for a while or for good: what they were told is in the ledger, once.
 *
 * Fault: a writer paused beyond its lease
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { ledgerFault } from '../../src/ledger/ledger.js';
import { draftOf, openStore, type Store } from '../ledger/open-store.js';
import { verifyLedger } from '../ledger/verify-ledger.js';
import { until } from '../until.js';

const lease = 1000;
const program = fileURLToPath(new URL('./ledger-process.js', import.meta.url));

/** Starts a process that appends to the store; it is killed when the test ends. */
function startAppending(t: Test, store: Store) {
  const child = spawn(process.execPath, [program, store.database, t.testdirName, String(lease)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const told: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', line => told.push(line));
  const ended = new Promise<void>(resolve => lines.on('close', resolve));
  t.teardown(() => child.kill('SIGKILL'));
  return {
    child,
    told,
    /** Resolves once everything it said has been read. */
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** What was told must be there; and nothing is there twice. */
async function verifyTold(t: Test, store: Store, told: readonly string[]): Promise<void> {
  const ids = await verifyLedger(t, store.pool);
  const positions = told.filter(line => line.includes('/')).map(line => line.split(' '));
  t.ok(positions.length > 0);
  t.same(
    positions.filter(([position = '', id]) => ids.get(position) !== id),
    [],
    'every position told holds its entry',
  );
}

const isFree = async (store: Store): Promise<boolean> =>
  (await store.pool.query('SELECT lease_until < now() AS free FROM ledger_heads')).rows[0]?.free === true;

t.test('a writer paused beyond its lease', async t => {
  const store = await openStore(t);
  const paused = startAppending(t, store);
  await until(() => paused.told.length >= 50);
  paused.child.kill('SIGSTOP');
  await until(() => isFree(store));
  const other = await store.open({ lease });
  t.equal(other.metrics.shard, 0, 'the shard is taken over');
  const drafts = Array.from({ length: 20 }, () => draftOf());
  const told = await Promise.all(
    drafts.map(async draft => {
      const { shard, index } = await other.append(draft);
      return `${shard}/${index} ${draft.entry.id}`;
    }),
  );
  paused.child.kill('SIGCONT');
  await until(() => paused.told.includes(ledgerFault.unavailable));
  await other.close();
  const faults = paused.told.length;
  await until(() => paused.told.slice(faults).some(line => line.includes('/')));
  await paused.kill();
  await verifyTold(t, store, [...paused.told, ...told]);
});

t.test('writers killed under load, one after the other', async t => {
  const store = await openStore(t);
  const told: string[] = [];
  for (let round = 0; round < (process.env.STILE_SLOW ? 20 : 3); round++) {
    const writer = startAppending(t, store);
    await until(() => writer.told.filter(line => line.includes('/')).length >= 40 + 7 * round);
    await writer.kill();
    told.push(...writer.told);
  }
  await verifyTold(t, store, told);
});
