/** Whether a program that a test needs is on this machine: without it the test says loudly that it tried nothing. */
import { spawnSync } from 'node:child_process';

interface Speaking {
  comment(text: string): void;
  fail(text: string): unknown;
}

/**
 * @param command what runs the program to its end and shows that it is there, such as `['wrk', '--version']`
 * @returns false when the test cannot be run; with STILE_CI set, that is a failure
 */
export function isInstalled(t: Speaking, [program = '', ...args]: readonly string[]): boolean {
  const { error, status } = spawnSync(program, args, { stdio: 'ignore' });
  if (error === undefined && status !== 127) return true;
  const text = `NOT TRIED: ${program} is not installed`;
  if (process.env.STILE_CI) t.fail(text);
  else t.comment(text);
  return false;
}
