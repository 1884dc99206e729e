/** Starts a real PostgreSQL under the data folder, so that a stranger with Node.js alone gets the store that production has. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { type Binaries, copyBinaries, findBinaries, linkLibraries } from './binaries.js';
import { type Identity, mayEnter, type Placement, place } from './placement.js';
import { StoreError } from './store-error.js';

export interface Embedded {
  /** `postgresql://…` of the database `stile`; carries a password. */
  readonly connectionString: string;
  /** Shuts the server down (fast: sessions are ended, nothing committed is lost) and resolves when it is gone. */
  stop(): Promise<void>;
}

const superuser = 'stile';

/**
 * Starts the data folder's own PostgreSQL and resolves once it takes connections.
 *
 * @throws StoreError when it cannot run here
 */
export async function startEmbedded(options: { dataFolder: string; logger: Logger }): Promise<Embedded> {
  const placement = await place(options.dataFolder);
  const binaries = await runnableBinaries(placement);
  const password = await passwordOf(placement);
  const cluster = join(placement.home, 'cluster');
  if (!(await stat(join(cluster, 'PG_VERSION')).catch(() => undefined))) {
    await initialise(binaries, placement, cluster, password);
  }
  const connectionString = stringOf(placement, password);
  if (!(await answers(connectionString))) await launch(binaries, placement, cluster, connectionString);
  options.logger.info({ folder: placement.home, version: binaries.version }, 'embedded PostgreSQL is ready');
  return {
    connectionString,
    stop: async () => {
      const stopped = await run(
        join(binaries.folder, 'bin', 'pg_ctl'),
        ['stop', '-D', cluster, '-m', 'fast', '-w', '-t', '60'],
        placement.identity,
      );
      if (stopped.code !== 0) throw new StoreError(`The embedded PostgreSQL did not stop: ${stopped.output.trim()}`);
    },
  };
}

async function runnableBinaries(placement: Placement): Promise<Binaries> {
  const found = await findBinaries();
  const enterable = placement.identity === undefined || (await mayEnter(found.folder));
  if (enterable && (await linkLibraries(found.folder))) return found;
  const copied = await copyBinaries(found, join(placement.home, 'binaries'));
  await linkLibraries(copied.folder);
  return copied;
}

async function passwordOf(placement: Placement): Promise<string> {
  const file = join(placement.home, 'password');
  const written = await readFile(file, 'utf8').catch(() => undefined);
  if (written) return written;
  const password = randomBytes(24).toString('base64url');
  await writeFile(file, password, { mode: 0o600 });
  if (placement.identity) await chown(file, placement.identity.uid, placement.identity.gid);
  return password;
}

async function initialise(binaries: Binaries, placement: Placement, cluster: string, password: string): Promise<void> {
  if (password === '') throw new StoreError(`The password file in ${placement.home} is empty.`);
  // What an interrupted first start left behind holds nothing yet.
  await rm(cluster, { recursive: true, force: true });
  await mkdir(cluster, { mode: 0o700 });
  if (placement.identity) await chown(cluster, placement.identity.uid, placement.identity.gid);
  const made = await run(
    join(binaries.folder, 'bin', 'initdb'),
    [
      ...['-D', cluster, '-U', superuser, '-A', 'scram-sha-256', `--pwfile=${join(placement.home, 'password')}`],
      ...['-E', 'UTF8', '--locale=C', '--no-instructions'],
    ],
    placement.identity,
  );
  if (made.code !== 0) {
    await rm(cluster, { recursive: true, force: true });
    throw new StoreError(`The embedded PostgreSQL could not make its files in ${cluster}: ${made.output.trim()}`);
  }
}

async function launch(binaries: Binaries, placement: Placement, cluster: string, connection: string): Promise<void> {
  const log = await open(join(placement.home, 'log'), 'a', 0o600);
  const settings = [
    'fsync=on',
    'full_page_writes=on',
    'synchronous_commit=on',
    'max_connections=200',
    'listen_addresses=',
    'port=5432',
    `unix_socket_directories="${placement.socketFolder}"`,
    'unix_socket_permissions=0700',
  ];
  const child = spawn(
    join(binaries.folder, 'bin', 'postgres'),
    ['-D', cluster, ...settings.flatMap(setting => ['-c', setting])],
    { ...placement.identity, cwd: cluster, detached: true, stdio: ['ignore', log.fd, log.fd] },
  );
  child.unref();
  let exited = false;
  child.once('exit', () => {
    exited = true;
  });
  await log.close();
  while (!(await answers(connection))) {
    if (exited) throw new StoreError(`The embedded PostgreSQL stopped while starting; see ${placement.home}/log.`);
    await sleep(20);
  }
}

const stringOf = (placement: Placement, password: string): string =>
  `postgresql://${superuser}:${password}@localhost:5432/postgres?host=${encodeURIComponent(placement.socketFolder ?? '127.0.0.1')}`;

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  return client.connect().then(
    () => client.end().then(() => true),
    () => false,
  );
}

function run(
  program: string,
  args: string[],
  identity: Identity | undefined,
): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...identity,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C' },
    });
    let output = '';
    child.stdout.on('data', chunk => {
      output += chunk;
    });
    child.stderr.on('data', chunk => {
      output += chunk;
    });
    child.once('error', reject);
    child.once('close', code => resolve({ code: code ?? 1, output }));
  });
}
