/** The keys of the UTC months, files outside the database, so that a restored backup brings no deleted key back. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

const keyLength = 32;

export interface PeriodKeys {
  /** The period's key, made when there is none yet. Blocks for a few milliseconds the first time. */
  keyOf(period: string): Buffer;
  /** Every period that has a key, oldest first, with its key; made by whichever replica. */
  all(): ReadonlyMap<string, Buffer>;
}

/** The period a time falls in: its UTC month, `YYYY-MM`. */
export const periodOf = (time: number): string => new Date(time).toISOString().slice(0, 7);

/**
 * Opens the folder that holds one file a period, `YYYY-MM.key` with 32 random bytes. Replicas must share it, or a person's
 * entries could not be found.
 *
 * @param folder made when it is missing, for the owner alone
 */
export function openPeriodKeys(folder: string): PeriodKeys {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const known = new Map<string, Buffer>();

  function keyOf(period: string): Buffer {
    let key = known.get(period);
    if (key === undefined) {
      key = readKey(folder, period) ?? makeKey(folder, period);
      known.set(period, key);
    }
    return key;
  }

  function all(): ReadonlyMap<string, Buffer> {
    const periods = readdirSync(folder).flatMap(name => /^(\d{4}-\d{2})\.key$/.exec(name)?.[1] ?? []);
    return new Map(periods.sort().map(period => [period, keyOf(period)]));
  }

  return { keyOf, all };
}

function readKey(folder: string, period: string): Buffer | null {
  let key: Buffer;
  try {
    key = readFileSync(join(folder, `${period}.key`));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  if (key.length !== keyLength)
    throw new Error(`the key file of ${period} has ${key.length} bytes instead of ${keyLength}`);
  return key;
}

/** Writes the key beside its place and links it there, so that no other replica can ever read half of it. */
function makeKey(folder: string, period: string): Buffer {
  const draft = join(folder, `.${period}.${randomBytes(8).toString('hex')}`);
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeSync(file, randomBytes(keyLength));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(draft, join(folder, `${period}.key`));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
  syncFolder(folder);
  const key = readKey(folder, period);
  if (key === null) throw new Error(`the key file of ${period} vanished`);
  return key;
}

/** A new name in a folder is durable once the folder is. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
