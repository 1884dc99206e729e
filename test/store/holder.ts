/** Runs test/store/embedded-process.ts, so that a test can end it in every way a gateway may end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Test } from 'tap';
import { root } from '../../src/root.js';

export const isRoot = process.getuid?.() === 0;
/** The ordinary user that tests start holders as when they run as root. */
export const nobody = isRoot ? { uid: 65534, gid: 65534 } : { uid: userInfo().uid, gid: userInfo().gid };

export interface Holder {
  readonly process: ChildProcess;
  readonly connectionString: string;
  readonly gatewayConnectionString: string;
}

/** A fresh data folder that anybody may enter; whatever servers it has are killed when the test ends. */
export async function dataFolder(t: Test, name = 'data'): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'stile-embedded-'));
  await chmod(parent, 0o777);
  const folder = join(parent, name);
  t.teardown(async () => {
    for (const held of [join(folder, 'natural-resources'), folder]) {
      const home = await homeOf(held);
      const id = await serverOf(held);
      if (id !== undefined && (await isRunning(id))) {
        process.kill(id, 'SIGKILL');
        while (await isRunning(id)) await sleep(10);
      }
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    }
    await rm(parent, { recursive: true, force: true, maxRetries: 5 });
  });
  return folder;
}

type Option = 'loopback' | 'nobody';
type Printed = Omit<Holder, 'process'> | { refusal: { zh: string; en: string } };

/** Starts a holder that must get its server. */
export async function hold(t: Test, folder: string, ...options: Option[]): Promise<Holder> {
  const { child, printed } = await spawnHolder(t, folder, options);
  if ('refusal' in printed) throw new Error(printed.refusal.en);
  return { process: child, ...printed };
}

/** Starts a holder that must not get one, and returns why. */
export async function refusalOf(t: Test, folder: string): Promise<{ zh: string; en: string }> {
  const { printed } = await spawnHolder(t, folder, []);
  if ('refusal' in printed) return printed.refusal;
  throw new Error('it was not refused');
}

/** Starts holders at once; some get the server and some do not. */
export async function race(t: Test, folder: string, count: number): Promise<{ holders: Holder[]; refusals: string[] }> {
  const spawned = await Promise.all(Array.from({ length: count }, () => spawnHolder(t, folder, [])));
  const holders: Holder[] = [];
  const refusals: string[] = [];
  for (const { child, printed } of spawned) {
    if ('refusal' in printed) refusals.push(printed.refusal.en);
    else holders.push({ process: child, ...printed });
  }
  return { holders, refusals };
}

async function spawnHolder(t: Test, folder: string, options: readonly Option[]) {
  const program = join(root, 'build/test/store/embedded-process.js');
  const args = [program, folder, options.includes('loopback') ? 'loopback' : 'sockets'];
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  // tap's own hooks write files into the checkout, which nobody may not.
  const child = options.includes('nobody')
    ? spawn('env', ['-u', 'NODE_OPTIONS', process.execPath, ...args], { ...nobody, stdio: [...stdio] })
    : spawn(process.execPath, args, { stdio: [...stdio] });
  t.teardown(() => child.kill('SIGKILL'));
  const ended = once(child, 'close').then(() => {
    throw new Error('it ended without a word');
  });
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), ended]);
  const printed: Printed = JSON.parse(line);
  return { child, printed };
}

/** Ends a holder and waits until it is gone. */
export async function end(holder: Holder, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  const gone = once(holder.process, 'exit');
  if (holder.process.exitCode !== null) return;
  holder.process.kill(signal);
  await gone;
}

export async function query(connectionString: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const found = await client.query({ text: statement, rowMode: 'array' });
    return found.rows[0] ?? [];
  } finally {
    await client.end();
  }
}

/** Where the server's files are, whether beside the data or in root's own place. */
export const homeOf = (folder: string): Promise<string> =>
  readlink(join(folder, 'postgres')).catch(() => join(folder, 'postgres'));

/** Process id of the server that runs, or last ran, on a data folder. */
export async function serverOf(folder: string): Promise<number | undefined> {
  const text = await readFile(join(await homeOf(folder), 'cluster', 'postmaster.pid'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number(text.split('\n')[0]);
}

/** Whether a process runs; one that has ended and only waits for its parent does not. */
export async function isRunning(id: number): Promise<boolean> {
  if (!isAlive(id)) return false;
  const status = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => undefined);
  return status === undefined ? process.platform !== 'linux' : status.slice(status.lastIndexOf(')') + 2)[0] !== 'Z';
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}
