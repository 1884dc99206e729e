/** A server whose disk fails, waits, or kills the process that uses it, when a test says so: a library preloaded into PostgreSQL. */
import { execFile } from 'node:child_process';
import { chmod, open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../src/root.js';
import { isInstalled } from '../installed.js';
import { isServerInstalled, makeFolder, openServer, own, type Server, type ServerOptions } from './server.js';

const run = promisify(execFile);

/** The files that it is of, and the call; what happens, and its errno or milliseconds. See disk-fault.c. */
export type DiskFault = readonly [
  files: 'wal' | 'data',
  call: 'write' | 'sync',
  effect: 'fail' | 'delay' | 'kill-before' | 'kill-after',
  number: number,
];

export interface FaultyServer extends Server {
  /** From now on; null: no more. */
  set(fault: DiskFault | null): Promise<void>;
  /** False once a fault that kills has done so. */
  isSet(): Promise<boolean>;
}

/** As in disk-fault.c. */
const controlLength = 64;

type Test = Parameters<typeof openServer>[0];

/** Whether what it takes is on this machine; see {@link isInstalled}. */
export const canBreakDisk = (t: Test): boolean => isServerInstalled(t) && isInstalled(t, ['gcc', '--version']);

export async function openFaultyServer(t: Test, options: ServerOptions = {}): Promise<FaultyServer> {
  const folder = await makeFolder(t);
  const library = join(folder, 'disk-fault.so');
  const source = join(root, 'test', 'faults', 'disk-fault.c');
  await run('gcc', ['-Wall', '-Wextra', '-Werror', '-O1', '-shared', '-fPIC', '-o', library, source, '-ldl']);
  await chmod(library, 0o755);
  const path = join(folder, 'control');
  const control = await open(path, 'w+');
  t.teardown(() => control.close());
  await control.write(Buffer.alloc(controlLength), 0, controlLength, 0);
  await own(path);
  const server = await openServer(t, {
    ...options,
    environment: { ...options.environment, LD_PRELOAD: library, DISK_FAULT: path },
  });
  return {
    ...server,
    async set(fault) {
      const line = Buffer.alloc(controlLength);
      line.write(fault?.join(' ') ?? '');
      await control.write(line, 0, controlLength, 0);
    },
    async isSet() {
      const { buffer } = await control.read(Buffer.alloc(1), 0, 1, 0);
      return buffer[0] !== 0;
    },
  };
}
