/** `stile witness` as another department runs it: a process of its own, over real HTTP. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../src/root.js';
import { makeWitnessKey, witnessVerifierKey } from '../../src/witness/witness-key.js';
import { freePort } from '../faults/gateway-process.js';

export interface WitnessProcess {
  readonly url: string;
  readonly verifierKey: string;
  readonly keyFile: string;
  readonly stateFolder: string;
  /** What it wrote to stderr so far. */
  said(): string;
  post(body: string | Buffer): Promise<WitnessReply>;
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again, at the same address and with the same key and state. */
  restart(): Promise<void>;
}

export interface WitnessReply {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
}

interface Tap {
  teardown(done: () => unknown): unknown;
}

export async function startWitness(
  t: Tap,
  logs: readonly string[],
  name = 'witness.example/one',
): Promise<WitnessProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'stile-witness-'));
  const keyFile = join(folder, 'key');
  const stateFolder = join(folder, 'state');
  const verifierKey = witnessVerifierKey(makeWitnessKey(keyFile, name));
  const address = `127.0.0.1:${await freePort()}`;
  let child: ChildProcess | undefined;
  let said = '';

  async function start(): Promise<void> {
    const words = ['witness', '--key', keyFile, '--log', ...logs, '--listen', address, '--state', stateFolder];
    const started = spawn(process.execPath, [join(root, 'build', 'src', 'cli.js'), ...words], {
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    started.stderr.on('data', chunk => {
      said += chunk;
    });
    const ended = once(started, 'exit').then(([code]) => {
      throw new Error(`the witness ended with ${code}: ${said}`);
    });
    ended.catch(() => undefined);
    await Promise.race([once(started.stdout, 'data'), ended]);
  }

  async function kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  t.teardown(async () => {
    await kill();
    rmSync(folder, { recursive: true });
  });
  await start();
  return {
    url: `http://${address}`,
    verifierKey,
    keyFile,
    stateFolder,
    said: () => said,
    async post(body) {
      const response = await fetch(`http://${address}/add-checkpoint`, { method: 'POST', body });
      return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
    },
    kill,
    restart: start,
  };
}
