/** `stile start --sandbox` as somebody at a terminal starts it, for tests that look at the whole process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Test } from 'tap';
import { root } from '../src/root.js';
import { freePort } from './faults/gateway-process.js';

export interface SandboxProcess {
  readonly process: ChildProcess;
  readonly url: string;
  /** What it has printed up to the line that says how to stop it. */
  readonly printed: string;
  /** Sends a signal and resolves with the exit code, or with the signal that ended it. */
  end(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

export type Variables = Readonly<Record<string, string>>;

interface Spawned {
  readonly child: ChildProcess;
  readonly url: string;
  /** stdout and stderr so far. */
  output(): { readonly out: string; readonly err: string };
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** Starts one that must become ready. */
export async function startSandbox(t: Test, dataFolder: string, variables: Variables = {}): Promise<SandboxProcess> {
  const spawned = await spawnSandbox(t, dataFolder, variables);
  const { child, ended, output, url } = spawned;
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', () => output().out.includes('Ctrl-C') && resolve());
    ended.then(how => reject(new Error(`it ended with ${how}: ${output().err}`)));
  });
  return {
    process: child,
    url,
    printed: output().out,
    async end(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}

/** Starts one that must not become ready, and returns what it said on stderr. */
export async function refusalOf(t: Test, dataFolder: string, variables: Variables = {}) {
  const { ended, output } = await spawnSandbox(t, dataFolder, variables);
  const how = await ended;
  return { how, ...output() };
}

async function spawnSandbox(t: Test, dataFolder: string, variables: Variables): Promise<Spawned> {
  const port = variables.PORT ?? String(await freePort());
  const child = spawn(process.execPath, [join(root, 'build', 'src', 'cli.js'), 'start', '--sandbox'], {
    cwd: root,
    env: { ...process.env, LC_ALL: 'C', STILE_DATA: dataFolder, ...variables, PORT: port },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', chunk => {
    out += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', chunk => {
    err += chunk;
  });
  const ended = once(child, 'close').then(([code, signal]) => signal ?? code);
  t.teardown(() => child.kill('SIGKILL'));
  return { child, url: `http://127.0.0.1:${port}`, output: () => ({ out, err }), ended };
}

/** The call it prints for pasting. */
export const curlOf = ({ printed }: SandboxProcess): string => /^curl .*$/m.exec(printed)?.[0] ?? '';

/** Sends a printed `curl` command as curl would, so that the suite needs none installed. */
export async function runCurl(command: string): Promise<Response> {
  const url = /^curl (\S+)/.exec(command)?.[1] ?? '';
  const headers = [...command.matchAll(/ -H '([^:']+): ([^']*)'/g)].map(([, name = '', value = '']) => [name, value]);
  const body = / -d '([^']*)'$/.exec(command)?.[1] ?? '';
  return fetch(url, { method: 'POST', headers: Object.fromEntries(headers), body });
}
