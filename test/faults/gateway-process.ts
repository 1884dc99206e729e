/** A gateway in a process of its own, which a test may kill: `stile start` on a data folder, before departments of the test's. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../../src/root.js';

export interface GatewayProcess {
  readonly url: string;
  readonly process: ChildProcess;
  /** Sends a signal and resolves with the exit code, or null when the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export interface ProcessOptions {
  readonly port: number;
  readonly dataFolder: string;
  /** Added to the test's own environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** The compiled program and its arguments; `stile start` when absent. */
  readonly program?: readonly string[];
}

const stileStart = [join(root, 'build', 'src', 'cli.js'), 'start'];

/** Starts a gateway and resolves once it says where it answers. */
export async function startGateway({
  port,
  dataFolder,
  environment,
  program = stileStart,
}: ProcessOptions): Promise<GatewayProcess> {
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, program, {
    cwd: root,
    env: {
      ...process.env,
      ...environment,
      PORT: String(port),
      STILE_URL: url,
      STILE_DATA: dataFolder,
      STILE_DRAIN: '0',
      LOG_LEVEL: 'fatal',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', chunk => {
    complaint += chunk;
  });
  await new Promise<void>((resolve, reject) => {
    createInterface(child.stdout).on('line', line => {
      if (line.includes(url)) resolve();
    });
    child.on('exit', status => reject(new Error(`the gateway ended with ${status}: ${complaint}`)));
  });
  return {
    url,
    process: child,
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const ended = once(child, 'exit');
      child.kill(signal);
      const [status] = await ended;
      return status;
    },
  };
}

/**
 * A free port below those that systems give to outgoing connections (from 32,768 on): a caller that tries again and
 * again to reach a port from among those may be given that very port, and then talks to itself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const server = createServer();
    const isFree = await new Promise<boolean>(resolve => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
