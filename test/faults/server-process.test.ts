/**
 * The whole database hangs without closing a connection, or is killed: callers are answered in time, and it goes on once the database does.
 *
 * Fault: a database that hangs
 */
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { isServerInstalled, openServer, type Server } from './server.js';
import { type Load, openGatewayOn, underLoad } from './under-load.js';

/** Beyond the ledger's deadline, and a department's answer: no caller may wait as long. Milliseconds. */
const patience = 5000;
/** Beyond the writer's lease, milliseconds. */
const long = 2000;

const happenings: readonly (readonly [name: string, happen: (t: Test, server: Server, load: Load) => Promise<void>])[] =
  [
    [
      'SIGSTOP, beyond the lease',
      async (t, server, load) => {
        server.signal('SIGSTOP');
        const stopped = performance.now();
        await load.untilTold(503);
        t.ok(performance.now() - stopped < patience, 'whoever waits for it is answered all the same');
        await pause(long);
        server.signal('SIGCONT');
      },
    ],
    [
      'SIGSTOP, for less than a statement’s deadline',
      async (_t, server) => {
        server.signal('SIGSTOP');
        await pause(300);
        server.signal('SIGCONT');
      },
    ],
    [
      'kill -9 of the whole database',
      async (_t, server, load) => {
        await server.kill();
        await load.untilTold(503);
      },
    ],
  ];

for (const [name, happen] of happenings) {
  t.test(name, async t => {
    if (!isServerInstalled(t)) return;
    const server = await openServer(t);
    const gateway = await openGatewayOn(t, server);
    await underLoad(t, gateway, server, load => happen(t, server, load));
  });
}
