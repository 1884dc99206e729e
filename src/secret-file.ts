/** Secrets that the gateway makes itself live in files of the data folder: made once, by whichever replica comes first. */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Bytes of a secret. */
export const secretLength = 32;

/**
 * Reads a secret, and makes it when there is none yet. Blocks for a few milliseconds the first time.
 *
 * @param folder made when it is missing, for the owner alone
 * @throws when the file is there but is no secret of ours
 */
export function secretFile(folder: string, name: string): Buffer {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, name);
  return readSecret(path) ?? makeSecret(path);
}

function readSecret(path: string): Buffer | null {
  let secret: Buffer;
  try {
    secret = readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  if (secret.length !== secretLength) throw new Error(`${path} has ${secret.length} bytes instead of ${secretLength}`);
  return secret;
}

function makeSecret(path: string): Buffer {
  writeSecretFile(path, randomBytes(secretLength));
  const secret = readSecret(path);
  if (secret === null) throw new Error(`${path} vanished`);
  return secret;
}

/**
 * Writes a file for the owner alone, unless it is there already; durable when this returns.
 *
 * It is written beside its place and linked there: as exclusive as O_EXCL, and no other replica can ever read half of it.
 *
 * @returns false when the file was there
 */
export function writeSecretFile(path: string, content: Buffer | string): boolean {
  const folder = dirname(path);
  const draft = join(folder, `.${randomBytes(8).toString('hex')}`);
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  let made = true;
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    made = false;
  } finally {
    rmSync(draft);
  }
  syncFolder(folder);
  return made;
}

/** Deletes a file; it stays deleted whatever happens once this returns. */
export function deleteSecretFile(path: string): void {
  rmSync(path, { force: true });
  syncFolder(dirname(path));
}

/** What changes in a folder is durable once the folder is. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
