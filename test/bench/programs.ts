/** The programs that benchmarks start, each a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../../src/root.js';

/** What the image gives Node.js; see the Dockerfile. */
export const inImage = ['--max-semi-space-size=64', '--min-semi-space-size=64', '--heap-growing-percent=50'];
export const program = (name: string) => join(root, 'build', 'test', 'bench', `${name}.js`);
export const stile = join(root, 'build', 'src', 'cli.js');

export interface Started {
  readonly child: ChildProcess;
  /** The line that said it was ready. */
  readonly line: string;
}

export function startProgram(
  parameters: readonly string[],
  environment: Record<string, string>,
  ready: RegExp,
): Promise<Started> {
  const child = spawn(process.execPath, parameters, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    createInterface(child.stdout).on('line', line => {
      if (ready.test(line)) resolve({ child, line });
    });
    child.on('error', reject).on('exit', status => reject(new Error(`${parameters.join(' ')} ended with ${status}`)));
  });
}

/** Runs `stile` to its end. @returns what it printed */
export function runStile(parameters: readonly string[], environment: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, [stile, ...parameters], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', chunk => {
    output += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', status => {
      if (status === 0) resolve(output);
      else reject(new Error(`stile ${parameters.join(' ')} ended with ${status}`));
    });
  });
}

export function stop(child: ChildProcess): Promise<void> {
  return new Promise(resolve => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.on('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
