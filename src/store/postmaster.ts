/** The embedded server's process: who holds the cluster, starting one, and shutting it down. */
import { spawn } from 'node:child_process';
import { chown, open, readFile, readlink, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from './binaries.js';
import type { Placement } from './placement.js';
import { runProgram } from './program.js';
import { StoreError } from './store-error.js';

/** A server process that holds the cluster's lock file. */
export interface Holder {
  readonly id: number;
  /** Where it listens, once it does: folder of its socket, or address. */
  readonly host: string | undefined;
  readonly port: number | undefined;
}

/** A server this gateway started. */
export interface Launched {
  /** The last line of its log once it has ended; undefined while it runs. */
  ended(): string | undefined;
}

/** A number that no kernel gives to a process. */
const noProcess = '2147483646';
const logLimit = 10 * 1024 * 1024;

/**
 * Finds the server that runs on a cluster.
 *
 * A lock file whose process is gone, or whose number now belongs to another program, is disowned: PostgreSQL would take
 * the other program for a server and refuse to start. The rest of the file stays, since from it PostgreSQL sees
 * whether processes of the dead server still use its memory.
 *
 * @returns undefined when none does
 */
export async function findHolder(cluster: string, socketFolder: string | undefined): Promise<Holder | undefined> {
  const file = join(cluster, 'postmaster.pid');
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  const [first, , , port, socket, address] = lines;
  const id = Math.abs(Number(first));
  if (id > 0 && (await isServer(id, cluster))) {
    return { id, host: socket || address || undefined, port: Number(port) || undefined };
  }
  await disown(file, cluster);
  if (socketFolder) await disown(join(socketFolder, '.s.PGSQL.5432.lock'), cluster);
  return undefined;
}

/** Starts a server that outlives its gateway's terminal: its own session, its output in the home's log. */
export async function launch(
  binaries: Binaries,
  placement: Placement,
  cluster: string,
  settings: readonly string[],
): Promise<Launched> {
  const logFile = join(placement.home, 'log');
  const before = (await stat(logFile).catch(() => undefined))?.size ?? 0;
  if (before > logLimit) await rename(logFile, `${logFile}.1`);
  const log = await open(logFile, 'a', 0o600);
  if (placement.identity) await chown(logFile, placement.identity.uid, placement.identity.gid);
  let ended: string | undefined;
  const child = spawn(
    join(binaries.folder, 'bin', 'postgres'),
    ['-D', cluster, ...settings.flatMap(setting => ['-c', setting])],
    {
      ...placement.identity,
      cwd: placement.home,
      env: { ...process.env, LC_ALL: 'C' },
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      windowsHide: true,
    },
  );
  child.once('error', error => {
    ended = error.message;
  });
  child.once('exit', async () => {
    ended = await lastFatal(logFile, before > logLimit ? 0 : before);
  });
  child.unref();
  await log.close();
  return { ended: () => ended };
}

/**
 * Shuts the server of a cluster down and waits until its process is gone.
 *
 * @throws StoreError when it does not end
 */
export async function shutDown(binaries: Binaries, placement: Placement, cluster: string): Promise<void> {
  const holder = await findHolder(cluster, placement.socketFolder);
  if (!holder) return;
  // Fast ends sessions and writes everything out; immediate, if that takes too long, leaves it to recovery. Neither loses a commit.
  for (const mode of ['fast', 'immediate']) {
    const stopped = await runProgram(
      join(binaries.folder, 'bin', 'pg_ctl'),
      ['stop', '--pgdata', cluster, '--mode', mode, '--wait', '--timeout', '30'],
      placement.home,
      placement.identity,
    );
    if (stopped.code !== 0) continue;
    while (await isServer(holder.id, cluster)) await sleep(10);
    return;
  }
  throw new StoreError({
    zh: `数据库进程 ${holder.id} 未能停止，请手动结束它。`,
    en: `The database server (process ${holder.id}) did not stop; end it by hand.`,
  });
}

/** Whether a process is a PostgreSQL server of this cluster. A server's working folder is its cluster. */
async function isServer(id: number, cluster: string): Promise<boolean> {
  try {
    process.kill(id, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  if (process.platform === 'linux') return (await readlink(`/proc/${id}/cwd`).catch(() => '')) === cluster;
  if (process.platform === 'win32') return true;
  const shown = await runProgram('ps', ['-o', 'command=', '-p', String(id)], '/', undefined);
  return shown.output.includes('postgres') && shown.output.includes(cluster);
}

async function disown(file: string, cluster: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const lines = text.split('\n');
  const id = Math.abs(Number(lines[0]));
  // PostgreSQL refuses an empty lock file, which a power cut leaves; a server that is just starting fills it at once.
  if (!(id > 0)) {
    await sleep(200);
    if ((await readFile(file, 'utf8').catch(() => undefined)) === text) await rm(file, { force: true });
    return;
  }
  if (lines[0] === noProcess || (await isServer(id, cluster))) return;
  await writeFile(file, [noProcess, ...lines.slice(1)].join('\n'));
}

async function lastFatal(logFile: string, from: number): Promise<string> {
  const text = await readFile(logFile).catch(() => Buffer.alloc(0));
  const lines = text.subarray(from).toString().trim().split('\n');
  return lines.findLast(line => /FATAL|PANIC/.test(line)) ?? lines.at(-1) ?? '';
}
