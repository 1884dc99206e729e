/** Digests of files: as long as the file system shows the same of one, it need not be read to know that it is. */
import { hash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, type Stats, statSync } from 'node:fs';

type Shown = Pick<Stats, 'ino' | 'size' | 'mtimeMs' | 'ctimeMs'>;

/** By file: its digest and what the file system showed, in one text, as there may be ten thousands of them. */
const files = new Map<string, string>();

/**
 * Milliseconds within which a file may change twice and show the same time: those of the coarsest file systems. A file as young
 * as that is read again at the next load.
 */
const coarse = 2000;

/**
 * The file's digest. It is not even read where the file system shows the same file of the same size, last written and last altered
 * at the same time.
 *
 * @param look what the file system shows of it
 * @throws where it cannot be read
 */
export function keptDigest(file: string, look: (file: string) => Shown = statSync): string {
  // Looked at before it is read: what is written in between shows at the next load.
  const { ino, size, mtimeMs, ctimeMs } = look(file);
  const known = files.get(file);
  const stamp = ` ${ino} ${size} ${mtimeMs} ${ctimeMs}`;
  if (known?.endsWith(stamp)) return known.slice(0, -stamp.length);
  const isOld = Date.now() - Math.max(mtimeMs, ctimeMs) > coarse;
  const digest = digestOf(bytesFor(file, size));
  // While it is too young for the file system to tell, it is read each time.
  if (isOld) files.set(file, digest + stamp);
  else files.delete(file);
  return digest;
}

/** Where files are read of which nothing but the digest is wanted: a place for each would be garbage by the ten thousand. */
const passing = Buffer.allocUnsafeSlow(256 * 1024);

/** The file's bytes, good until the next are read. */
function bytesFor(file: string, size: number): Buffer {
  // One that says it is empty may be none that knows its size.
  if (size === 0 || size >= passing.length) return readFileSync(file);
  const opened = openSync(file, 'r');
  try {
    let length = 0;
    for (let read = -1; read !== 0 && length < passing.length; length += read) {
      read = readSync(opened, passing, length, passing.length - length, null);
    }
    return length === passing.length ? readFileSync(file) : passing.subarray(0, length);
  } finally {
    closeSync(opened);
  }
}

/** Whether the file holds the same bytes still. */
export function isSame(file: string, digest: string): boolean {
  try {
    return digestOf(bytesFor(file, statSync(file).size)) === digest;
  } catch {
    return false;
  }
}

/** The file's bytes; undefined where it holds something else by now. */
export function sameBytes(file: string, digest: string): Buffer | undefined {
  try {
    const bytes = readFileSync(file);
    return digestOf(bytes) === digest ? bytes : undefined;
  } catch {
    return undefined;
  }
}

export const digestOf = (bytes: Buffer): string => hash('sha256', bytes, 'base64');

/** How many files are known. */
export const keptFiles = (): number => files.size;

/** Forgets files that are there no more. */
export function forgetFiles(isGone: (file: string) => boolean): void {
  for (const file of files.keys()) if (isGone(file)) files.delete(file);
}
