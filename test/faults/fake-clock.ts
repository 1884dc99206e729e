/** A clock that a test sets for the processes it starts: Debian's `faketime`, whose library reads the offset from a file at each look. */
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isInstalled } from '../installed.js';

const run = promisify(execFile);

export interface FakeClock {
  /** For the processes that shall go by it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Sets it so many seconds ahead of the right one; negative: back. */
  set(seconds: number): Promise<void>;
}

type Test = Parameters<typeof isInstalled>[0] & { teardown(done: () => Promise<void>): unknown };

export const canFakeClock = (t: Test): boolean => isInstalled(t, ['faketime', '--version']);

/** A clock that is right at first. */
export async function openFakeClock(t: Test): Promise<FakeClock> {
  const folder = await mkdtemp(join(tmpdir(), 'stile-clock-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await chmod(folder, 0o755);
  const file = join(folder, 'offset');
  const set = (seconds: number) => writeFile(file, `${seconds < 0 ? '' : '+'}${seconds}\n`);
  await set(0);
  // The program knows where its library is.
  const { stdout } = await run('faketime', ['-f', '+0', 'printenv', 'LD_PRELOAD']);
  return {
    environment: {
      LD_PRELOAD: stdout.trim(),
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      // Whoever sets a machine's clock leaves its monotonic one alone (clock_settime(2)).
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    set,
  };
}
