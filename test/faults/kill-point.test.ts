/**
 * `kill -9` of the gateway's process at every await of the append path: nothing told is lost, nothing is there twice or by half.
 *
 * The fault points are the messages on the wire, counted by a proxy, so that no code for tests is on the hot path and no
 * point can be forgotten: what a process awaits between two messages, a turn of the event loop or a caller, changes nothing
 * that outlives it. Each run is stopped one message later than the one before, until a run gets through.
 *
 * Fault: kill -9 of the gateway, at every await
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { openStore } from '../ledger/open-store.js';
import { until } from '../until.js';
import { changedTable, verifyWalked } from './append-path.js';
import { type Moment, openCutProxy } from './cut-proxy.js';

const program = fileURLToPath(new URL('./append-path-process.js', import.meta.url));
/** So that the next one need not wait long for the shard of one that was killed, milliseconds. */
const lease = 200;
const moments: readonly Moment[] = ['before', 'after'];
/** For a busy machine, milliseconds. */
const patience = 400_000;
t.setTimeout(2 * patience);

for (const moment of moments) {
  t.test(`the gateway’s process, ${moment} each message`, { timeout: patience }, async t => {
    const store = await openStore(t);
    await store.pool.query(changedTable);
    const proxy = await openCutProxy(t, store.database);
    const told: string[] = [];
    let points = 0;
    for (let isThrough = false; !isThrough; points++) {
      const hung = proxy.hangAt(points + 1, moment).then(() => 'hung' as const);
      const child = spawn(process.execPath, [program, proxy.database, t.testdirName, String(lease)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      t.teardown(() => child.kill('SIGKILL'));
      const lines = createInterface({ input: child.stdout }).on('line', line => told.push(line));
      const read = once(lines, 'close');
      const ended = once(child, 'exit').then(([code]) => code as number);
      const found = await Promise.race([hung, ended]);
      child.kill('SIGKILL');
      await read;
      if (found !== 'hung' && found !== 0) throw new Error(`it ended with ${found} before message ${points + 1}`);
      isThrough = found === 0;
    }
    const next = await store.open({ lease });
    await until(() => next.fault() === null);
    await until(async () => (await store.pool.query('SELECT FROM ledger_intents')).rowCount === 0);
    await next.close();
    t.ok(points > 20, `it was killed at ${points - 1} points`);
    await verifyWalked(t, store.pool, told);
  });
}
