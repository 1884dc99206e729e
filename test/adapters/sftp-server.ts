/** OpenSSH's own sshd on a free port, with keys of its own, that gives out a folder over SFTP and nothing else. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../faults/gateway-process.js';
import { until } from '../until.js';

export const sshd = '/usr/sbin/sshd';

export interface SftpServer {
  readonly port: number;
  readonly user: string;
  /** The private key of the login. */
  readonly key: string;
  /** The fingerprint of the host's key. */
  readonly hostKey: string;
  /** What sshd has written to its log so far. */
  log(): string;
  stop(): Promise<void>;
  /** The same again, on the same port, after a stop. */
  start(): Promise<void>;
}

interface Ending {
  teardown(done: () => Promise<void>): unknown;
}

function makeKey(folder: string, name: string): string {
  const path = join(folder, name);
  const made = spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path]);
  if (made.status !== 0) throw new Error(`ssh-keygen: ${made.stderr}`);
  return path;
}

function fingerprintOf(path: string): string {
  const { stdout } = spawnSync('ssh-keygen', ['-lf', `${path}.pub`], { encoding: 'utf8' });
  return /SHA256:\S+/.exec(stdout)?.[0] ?? '';
}

export async function startSftpServer(t: Ending): Promise<SftpServer> {
  const folder = mkdtempSync(join(tmpdir(), 'stile-sshd-'));
  chmodSync(folder, 0o755);
  const hostKey = makeKey(folder, 'host');
  const login = makeKey(folder, 'login');
  copyFileSync(`${login}.pub`, join(folder, 'authorized'));
  const port = await freePort();
  const config = {
    ListenAddress: `127.0.0.1:${port}`,
    HostKey: hostKey,
    AuthorizedKeysFile: join(folder, 'authorized'),
    PidFile: 'none',
    StrictModes: 'no',
    UsePAM: 'no',
    PasswordAuthentication: 'no',
    PermitRootLogin: 'prohibit-password',
    Subsystem: 'sftp internal-sftp',
    ForceCommand: 'internal-sftp',
  };
  const text = Object.entries(config).map(([name, value]) => `${name} ${value}\n`);
  writeFileSync(join(folder, 'config'), text.join(''));
  // Where it sets its rights aside, when it runs as root.
  if (process.getuid?.() === 0 && !existsSync('/run/sshd')) mkdirSync('/run/sshd', { mode: 0o755 });
  let child: ChildProcess | undefined;
  let log = '';

  async function start(): Promise<void> {
    const started = spawn(sshd, ['-D', '-e', '-f', join(folder, 'config')], { stdio: ['ignore', 'ignore', 'pipe'] });
    started.stderr.on('data', (chunk: Buffer) => {
      log += chunk;
    });
    child = started;
    await until(() => {
      if (started.exitCode !== null) throw new Error(`sshd ended: ${log}`);
      return accepts(port);
    });
  }

  async function stop(): Promise<void> {
    if (child === undefined || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    // Each connection has a process of its own, which would outlive the server.
    const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(child.pid)], { encoding: 'utf8' });
    child.kill('SIGTERM');
    for (const id of stdout.trim().split(/\s+/).filter(Boolean)) spawnSync('kill', ['-KILL', id]);
    await gone;
  }

  t.teardown(async () => {
    await stop();
    rmSync(folder, { recursive: true });
  });
  await start();
  return {
    port,
    user: userInfo().username,
    key: readFileSync(login, 'utf8'),
    hostKey: fingerprintOf(hostKey),
    log: () => log,
    start,
    stop,
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
