/**
 * The disk of the database's log, or the one disk it has for everything, is full: it goes down, nothing is released, and all is well once there is room.
 *
 * Fault: disk full
 */
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import t, { type Test } from 'tap';
import { until } from '../until.js';
import { mountSmall } from './disk.js';
import { isServerInstalled, openServer, owner, type Server, type ServerOptions } from './server.js';
import { openGatewayOn, underLoad } from './under-load.js';

/** Megabytes: room for a new cluster, or for its log alone, and for some minutes of this load. */
const size = { everything: 150, log: 24 };
/** Segments of one megabyte, so that the log soon needs another. */
const initdb = ['--wal-segsize=1'];
const settings = ['shared_buffers = 4MB', 'min_wal_size = 2MB', 'max_wal_size = 8MB', 'wal_recycle = off'];

/** @returns what takes the file away again */
async function fill(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'ballast');
  const file = await open(path, 'w');
  const block = Buffer.alloc(64 * 1024, 'x');
  try {
    for (;;) await file.write(block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    await file.close();
  }
  return () => rm(path);
}

/** Has the log go on to another segment, again and again, until there is no room for one. */
async function exhaust({ database }: Server): Promise<void> {
  const client = new pg.Client({ connectionString: database });
  client.on('error', () => {});
  try {
    await client.connect();
    for (;;) await client.query("SELECT pg_switch_wal(), pg_logical_emit_message(false, 'ballast', 'x')");
  } catch {
    // It is down, which is what was wanted.
  } finally {
    await client.end().catch(() => {});
  }
}

async function survivesFull(t: Test, disk: string, options: ServerOptions): Promise<void> {
  const server = await openServer(t, { settings, ...options });
  const gateway = await openGatewayOn(t, server);
  await underLoad(t, gateway, server, async load => {
    const free = await fill(disk);
    await exhaust(server);
    await load.untilTold(503);
    await until(async () => (await gateway.call('/health/ready')).status === 503);
    await free();
  });
}

for (const [name, megabytes, optionsOn] of [
  ['WAL', size.log, disk => ({ initdb: [...initdb, `--waldir=${join(disk, 'wal')}`] })],
  ['data and WAL', size.everything, disk => ({ initdb, folder: disk })],
] satisfies [string, number, (disk: string) => ServerOptions][]) {
  t.test(`the disk of ${name} is full`, async t => {
    if (!isServerInstalled(t)) return;
    const { uid = process.getuid?.() ?? 0, gid = process.getgid?.() ?? 0 } = owner;
    const disk = await mountSmall(t, megabytes, { uid, gid });
    if (disk === undefined) t.comment('NOT TRIED: no small disk can be mounted here');
    else await survivesFull(t, disk, optionsOn(disk));
  });
}
