/**
 * Writes and fsyncs of the database fail, take long, or are its last: nothing is released without its record, and no record is there twice.
 *
 * Fault: kill -9 of the database, around each write and fsync of a commit
 * Fault: disk full
 * Fault: write error, fsync error
 * Fault: slow disk
 */
import { constants } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import t, { type Test } from 'tap';
import { until } from '../until.js';
import { canBreakDisk, type DiskFault, type FaultyServer, openFaultyServer } from './disk-fault.js';
import { type Load, openGatewayOn, underLoad } from './under-load.js';

const { EIO, ENOSPC } = constants.errno;
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
  const gateway = await openGatewayOn(t, server);
  const withFault = (t: Test, happen: (load: Load) => Promise<void>) =>
    underLoad(t, gateway, server, async load => {
      await happen(load);
      await server.set(null);
    });

  for (const [name, fault, happen] of refusing) {
    await t.test(name, t =>
      withFault(t, async load => {
        await server.set(fault);
        await happen?.(server);
        await load.untilTold(503);
      }),
    );
  }

  for (const [name, fault] of killing) {
    await t.test(name, t =>
      withFault(t, async () => {
        await server.set(fault);
        await until(async () => !(await server.isSet()));
      }),
    );
  }

  await t.test('a slow disk is waited for', t =>
    withFault(t, async load => {
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

/** For a busy machine, milliseconds. */
const patience = 240_000;
t.setTimeout(patience);

t.test('a server with a disk that can be broken', { timeout: patience }, async t => {
  if (canBreakDisk(t)) await survives(t);
});
