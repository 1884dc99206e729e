/** A PostgreSQL server of a test's own, from Debian's packages, that can be killed, paused, slowed down and started anew. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { appendFile, chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { isInstalled } from '../installed.js';
import { freePort } from './gateway-process.js';

const run = promisify(execFile);

export interface Server {
  /** Connection string of its one database. */
  readonly database: string;
  readonly port: number;
  /** Its data folder. */
  readonly folder: string;
  /** Starts it when it is not running, and resolves when it answers. */
  start(): Promise<void>;
  /** Whether its first process lives; one of which another was killed restarts by itself. */
  isRunning(): boolean;
  /** `kill -9` of every process, as when the machine loses its power but keeps what it has been told to write. */
  kill(): Promise<void>;
  /** Sends a signal, such as SIGSTOP, to every process. */
  signal(signal: NodeJS.Signals): void;
  /** Ends its sessions and stops it as its operator does. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** Lines for postgresql.conf. */
  readonly settings?: readonly string[];
  /** What `postgres` is run by, such as `['faketime', '+1h']`. */
  readonly runner?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** An empty folder of the server's own user for its data; absent: one that it makes. */
  readonly folder?: string;
  /** Makes the data folder, whose path it is given, in place of `initdb`. */
  readonly make?: (folder: string) => Promise<void>;
  /** Further arguments of `initdb`. */
  readonly initdb?: readonly string[];
}

interface Test {
  teardown(done: () => Promise<void>): unknown;
  comment(text: string): void;
  fail(text: string): unknown;
}

const versions = '/usr/lib/postgresql';
/** A test that is ended by its timeout tears nothing down (PR_SET_PDEATHSIG, prctl(2)). */
const dyingWithTest = ['setpriv', '--pdeathsig', 'KILL'];
/** Milliseconds between looks at a server that is starting or ending. */
const lookPause = 20;

/** Path of one of the newest installed version's programs. */
export const programOf = (name: string): string =>
  join(versions, newest(existsSync(versions) ? readdirSync(versions) : []), 'bin', name);

const newest = (names: readonly string[]): string => String(Math.max(0, ...names.map(Number)));

/** Whether Debian's PostgreSQL is on this machine; see {@link isInstalled}. */
export const isServerInstalled = (t: Test): boolean => isInstalled(t, [programOf('postgres'), '--version']);

/** PostgreSQL refuses root: then it is run by nobody. */
export const owner: { readonly uid?: number; readonly gid?: number } =
  process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** A folder for the server's own use, which goes when the test ends. */
export async function makeFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stile-server-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o700);
  await own(folder);
  return folder;
}

/** Gives a path to the user that servers are run by. */
export async function own(path: string): Promise<void> {
  if (owner.uid !== undefined) await chown(path, owner.uid, owner.gid ?? owner.uid);
}

/** Runs one of PostgreSQL's programs as the servers' user. */
export async function runProgram(name: string, args: readonly string[]): Promise<void> {
  await run(programOf(name), args, { ...owner, cwd: '/' });
}

/** Starts a server of its own, with fsync on; it goes when the test ends. */
export async function openServer(t: Test, options: ServerOptions = {}): Promise<Server> {
  const { settings = [], runner = [], environment = {}, initdb = [] } = options;
  const folder = join(options.folder ?? (await makeFolder(t)), 'data');
  const port = await freePort();
  const database = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  const make =
    options.make ??
    (made =>
      runProgram('initdb', ['-D', made, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N', ...initdb]));
  await make(folder);
  const lines = [`port = ${port}`, "listen_addresses = '127.0.0.1'", "unix_socket_directories = ''", ...settings];
  await appendFile(join(folder, 'postgresql.conf'), `\n${lines.join('\n')}\n`);
  let child: ChildProcess | undefined;
  let log = '';

  const isRunning = () => child !== undefined && child.exitCode === null && child.signalCode === null;

  function launch(): ChildProcess {
    const [program = '', ...args] = [...dyingWithTest, ...runner, programOf('postgres'), '-D', folder];
    const launched = spawn(program, args, {
      ...owner,
      cwd: '/',
      env: { PATH: process.env.PATH, ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    launched.stderr.setEncoding('utf8').on('data', text => {
      log = (log + text).slice(-5000);
    });
    return launched;
  }

  async function start(): Promise<void> {
    for (;;) {
      if (!isRunning()) child = launch();
      if (await answers(database)) return;
      if (!isRunning() && !mayPass.test(log)) throw new Error(`the server does not start: ${log}`);
      await pause(lookPause);
    }
  }

  /** Its first process and those it has started. */
  function processes(): number[] {
    const first = child?.pid;
    if (first === undefined || !isRunning()) return [];
    return [...childrenOf(first), first];
  }

  function signal(name: NodeJS.Signals): void {
    for (const id of processes()) {
      try {
        process.kill(id, name);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
  }

  async function kill(): Promise<void> {
    if (child === undefined || !isRunning()) return;
    const ended = once(child, 'exit');
    signal('SIGKILL');
    await ended;
  }

  t.teardown(kill);
  await start();
  return {
    database,
    port,
    folder,
    start,
    isRunning,
    kill,
    signal,
    async stop() {
      if (child === undefined || !isRunning()) return;
      const ended = once(child, 'exit');
      child.kill('SIGINT');
      await ended;
    },
  };
}

/** What the processes of a killed server that have not ended yet make of a start. */
const mayPass = /shared memory|lock file|could not (?:bind|create any)/;

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(name => {
      try {
        // The name in parentheses may hold anything (proc(5)).
        const [, , fields = ''] = /^(.*)\) . (\d+)/s.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
        return Number(fields) === parent;
      } catch {
        return false;
      }
    })
    .map(Number);
}

async function answers(database: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: database, connectionTimeoutMillis: 1000, query_timeout: 1000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
