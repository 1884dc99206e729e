/** Writes and fsyncs of the database fail, take long, or are its last: nothing is released without its record, and no record is there twice. */
import { constants } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import t, { type Test } from 'tap';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { openGateway, type TestGateway } from '../gateway.js';
import { until } from '../until.js';
import { account, exchangeTraced, type Traced } from './account.js';
import { canBreakDisk, type DiskFault, type FaultyServer, openFaultyServer } from './disk-fault.js';

const { EIO, ENOSPC } = constants.errno;
const marriage = 'civil-affairs/marriage-status/v1';
const { residentId } = sampleResidents.married;
/** Milliseconds of the ledger's: short, so that what hangs costs the test little. */
const ledgerSettings = { deadline: 2500, statementDeadline: 600, lease: 1200 };

interface Load {
  readonly told: readonly Traced[];
  stop(): Promise<void>;
}

function startLoad(gateway: TestGateway): Load {
  const told: Traced[] = [];
  let stopped = false;
  const caller = async () => {
    while (!stopped) {
      const traced = await exchangeTraced(gateway, marriage, { residentId });
      told.push(traced);
      if (traced.answer.status !== 200) await pause(20);
    }
  };
  const callers = Array.from({ length: 12 }, caller);
  return {
    told,
    async stop() {
      stopped = true;
      await Promise.all(callers);
    },
  };
}

/** Resolves once one more caller was told so. */
async function untilTold({ told }: Load, status: number): Promise<void> {
  const known = told.length;
  await until(() => told.slice(known).some(({ answer }) => answer.status === status));
}

/** A checkpoint writes the data files and syncs them; it may well take the server down. */
async function checkpoint({ database }: FaultyServer): Promise<void> {
  const client = new pg.Client({ connectionString: database });
  client.on('error', () => {});
  await client.connect();
  await client.query('CHECKPOINT').catch(() => {});
  await client.end().catch(() => {});
}

/** What PostgreSQL makes of it is its own affair: it may refuse, restart by itself, or be down until its operator starts it. */
const refusing: readonly (readonly [name: string, fault: DiskFault, happen?: typeof checkpoint])[] = [
  ['WAL: write error', ['wal', 'write', 'fail', EIO]],
  ['WAL: disk full', ['wal', 'write', 'fail', ENOSPC]],
  ['WAL: fsync error', ['wal', 'sync', 'fail', EIO]],
  ['data: write error', ['data', 'write', 'fail', EIO]],
  ['data: disk full', ['data', 'write', 'fail', ENOSPC]],
  ['data: fsync error', ['data', 'sync', 'fail', EIO], checkpoint],
  ['WAL: a disk slower than the deadline of a statement', ['wal', 'sync', 'delay', 1500]],
];

/** The server loses a process at it, and recovers by itself. */
const killing: readonly (readonly [name: string, fault: DiskFault])[] = [
  ['kill -9 before the WAL is written', ['wal', 'write', 'kill-before', 0]],
  ['kill -9 after the WAL is written', ['wal', 'write', 'kill-after', 0]],
  ['kill -9 before the fsync', ['wal', 'sync', 'kill-before', 0]],
  ['kill -9 after the fsync', ['wal', 'sync', 'kill-after', 0]],
];

async function survives(t: Test): Promise<void> {
  const server = await openFaultyServer(t, { settings: ['shared_buffers = 4MB', 'checkpoint_timeout = 1h'] });
  const gateway = await openGateway(t, {
    route: async () => server.database,
    change: registry => ({
      ...registry,
      settings: { ...registry.settings, ledger: { ...registry.settings.ledger, ...ledgerSettings } },
    }),
  });

  /** Everything that callers were told while something happened, and after. */
  async function underLoad(t: Test, happen: (load: Load) => Promise<void>): Promise<void> {
    const load = startLoad(gateway);
    await untilTold(load, 200);
    await happen(load);
    await server.set(null);
    await until(async () => {
      if (!server.isRunning()) await server.start();
      return (await gateway.call('/health/ready')).status === 200;
    });
    await untilTold(load, 200);
    await load.stop();
    t.same(
      [...new Set(load.told.map(({ answer }) => answer.body?.code))].filter(
        code => code !== undefined && code !== 'STILE_RECORD_UNAVAILABLE',
      ),
      [],
      'whoever got nothing was told that there is no record',
    );
    await account(t, server, load.told);
  }

  for (const [name, fault, happen] of refusing) {
    await t.test(name, t =>
      underLoad(t, async load => {
        await server.set(fault);
        await happen?.(server);
        await untilTold(load, 503);
      }),
    );
  }

  for (const [name, fault] of killing) {
    await t.test(name, t =>
      underLoad(t, async () => {
        await server.set(fault);
        await until(async () => !(await server.isSet()));
      }),
    );
  }

  await t.test('a slow disk is waited for', t =>
    underLoad(t, async load => {
      const milliseconds = 200;
      await server.set(['wal', 'sync', 'delay', milliseconds]);
      await pause(milliseconds);
      const known = load.told.length;
      const begun = performance.now();
      await until(() => load.told.length > known + 40);
      t.same([...new Set(load.told.slice(known).map(({ answer }) => answer.status))], [200]);
      t.ok(performance.now() - begun > 3 * milliseconds, 'and each of the twelve callers has waited');
    }),
  );
}

t.test('a server with a disk that can be broken', { timeout: 110_000 }, async t => {
  if (canBreakDisk(t)) await survives(t);
});
