/** A disk of the store's own that a test can fill: real where a small one can be mounted, else a trigger that says what a full disk says. */
import { execFile } from 'node:child_process';
import { chmod, chown, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

export interface Disk {
  /** False when nothing can be mounted here, and the fault is a trigger's. */
  readonly isReal: boolean;
  fill(): Promise<void>;
  free(): Promise<void>;
}

interface Ending {
  teardown(done: () => Promise<void>): unknown;
}

/** SQLSTATE of `disk_full`. */
const diskFull = '53100';

/**
 * Puts the ledger's entries on a disk of two megabytes.
 *
 * @param database connection string of the store itself, its migrations done
 */
export async function openDisk(t: Ending, database: string): Promise<Disk> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  t.teardown(() => client.end());
  const folder = await mount(t, client);
  return folder === undefined ? openTrigger(client) : openTablespace(t, client, folder);
}

async function mount(t: Ending, client: pg.Client): Promise<string | undefined> {
  const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
  return mountSmall(t, 2, await stat(rows[0]?.data_directory ?? ''));
}

/** @returns the mounted folder, the given user's own; nothing where this user may not mount */
export async function mountSmall(
  t: Ending,
  megabytes: number,
  owner: { readonly uid: number; readonly gid: number },
): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'stile-disk-'));
  t.teardown(() => rm(folder, { recursive: true }));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  } catch {
    return undefined;
  }
  t.teardown(async () => void (await run('umount', ['--lazy', folder])));
  await chown(folder, owner.uid, owner.gid);
  await chmod(folder, 0o700);
  return folder;
}

async function openTablespace(t: Ending, client: pg.Client, folder: string): Promise<Disk> {
  const name = `disk_${process.pid}`;
  await client.query(`CREATE TABLESPACE ${name} LOCATION ${client.escapeLiteral(folder)}`);
  t.teardown(async () => {
    await move(client, 'pg_default');
    await client.query(`DROP TABLE IF EXISTS ballast`);
    await client.query(`DROP TABLESPACE ${name}`);
  });
  await move(client, name);
  return {
    isReal: true,
    async fill() {
      await client.query(`CREATE TABLE ballast (bytes text STORAGE PLAIN) TABLESPACE ${name}`);
      try {
        // Rolled back, what it has written still takes up the room.
        await client.query(`INSERT INTO ballast SELECT repeat('x', 7000) FROM generate_series(1, 1000)`);
        throw new Error('the disk is larger than its ballast');
      } catch (error) {
        if (!(error instanceof pg.DatabaseError && error.code === diskFull)) throw error;
      }
    },
    async free() {
      await client.query('DROP TABLE ballast');
    },
  };
}

/** The entries lie in the partitions, which another tablespace of the table as a whole would not move. */
async function move(client: pg.Client, tablespace: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'ledger_entries'::regclass`,
  );
  for (const { name } of rows) await client.query(`ALTER TABLE ${name} SET TABLESPACE ${tablespace}`);
}

async function openTrigger(client: pg.Client): Promise<Disk> {
  await client.query(`CREATE FUNCTION refuse_as_full() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE disk_full; END $$`);
  return {
    isReal: false,
    async fill() {
      await client.query(`CREATE TRIGGER no_room BEFORE INSERT ON ledger_entries EXECUTE FUNCTION refuse_as_full()`);
    },
    async free() {
      await client.query('DROP TRIGGER no_room ON ledger_entries');
    },
  };
}
