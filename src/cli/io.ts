/** What a command reads from and writes to: the process's own streams, or a test's. */
import type { Readable, Writable } from 'node:stream';

export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted when the user has had enough: Ctrl-C, or whoever read the output is gone. */
  readonly ended: AbortSignal;
}

/** The process's, until its end; a broken pipe, as after `| head`, ends a command and is no error. */
export function processIo(): Io {
  const controller = new AbortController();
  const end = () => controller.abort();
  process.once('SIGINT', end).once('SIGTERM', end);
  process.stdout.on('error', end);
  const { stdin, stdout, stderr, env: environment } = process;
  return { stdin, stdout, stderr, environment, ended: controller.signal };
}

export const printLines = (stream: Writable, lines: readonly string[]): void => {
  for (const line of lines) stream.write(`${line}\n`);
};
