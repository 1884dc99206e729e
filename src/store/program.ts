/** Runs one of PostgreSQL's programs to its end, as the user that the embedded server belongs to. */
import { spawn } from 'node:child_process';
import type { Identity } from './placement.js';

export interface Ended {
  /** Exit code; 1 when a signal ended it. */
  readonly code: number;
  /** What it wrote to stdout and stderr, in English. */
  readonly output: string;
}

/**
 * @param folder the working folder: the gateway's own may be closed to the user the program runs as
 * @throws when the program cannot be started at all
 */
export function runProgram(
  program: string,
  args: readonly string[],
  folder: string,
  identity: Identity | undefined,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...identity,
      cwd: folder,
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk;
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', code => resolve({ code: code ?? 1, output: output.trim() }));
  });
}
