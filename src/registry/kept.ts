/**
 * What a load made of a file stays for the next one, as long as all that it was made of is the same: a reload then costs what has changed.
 * Nothing with a fault is kept, so that each load tells its faults anew.
 */
import { createHash } from 'node:crypto';
import { readFileSync, type Stats, statSync } from 'node:fs';
import { readSource, type Source } from './source.js';

/** A file as it was read. */
export interface ReadFile {
  readonly source: Source;
  /** SHA-256 of its bytes, in base64. */
  readonly digest: string;
}

interface KeptFile extends ReadFile {
  /** What the file system said of it; absent while it was too young for that to tell. */
  readonly stamp: string | undefined;
}

type Shown = Pick<Stats, 'ino' | 'size' | 'mtimeMs' | 'ctimeMs'>;

const files = new Map<string, KeptFile>();

/**
 * Milliseconds within which a file may change twice and show the same time: those of the coarsest file systems. A file as young
 * as that is read again at the next load.
 */
const coarse = 2000;

/**
 * The file's source: the same object as last time where its bytes are the same. It is not even read where the file system shows the
 * same file of the same size, last written and last altered at the same time.
 *
 * @param look what the file system shows of it
 * @throws where it cannot be read
 */
export function keptFile(file: string, look: (file: string) => Shown = statSync): ReadFile {
  // Looked at before it is read: what is written in between shows at the next load.
  const { ino, size, mtimeMs, ctimeMs } = look(file);
  const known = files.get(file);
  const stamp = `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
  if (known?.stamp === stamp) return known;
  const isOld = Date.now() - Math.max(mtimeMs, ctimeMs) > coarse;
  const bytes = readFileSync(file);
  const digest = digestOf(bytes);
  const again = () => sameBytes(file, digest);
  return kept(file, digest, () => readSource(file, bytes, again), isOld ? stamp : undefined);
}

/** The same of bytes that were read elsewhere. */
export const keptBytes = (file: string, bytes: Buffer): ReadFile =>
  kept(file, digestOf(bytes), () => readSource(file, bytes), undefined);

function kept(file: string, digest: string, read: () => Source, stamp: string | undefined): ReadFile {
  const known = files.get(file);
  const source = known?.digest === digest ? known.source : read();
  const found = { source, digest, stamp };
  if (source.faults.length === 0) files.set(file, found);
  return found;
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

export const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64');

/** Forgets the files of a folder that are there no more. */
export function forgetOthers(folder: string, there: ReadonlySet<string>): void {
  for (const file of files.keys()) if (file.startsWith(folder) && !there.has(file)) files.delete(file);
}

/** Keeps one value for each object that it was made of, and gives it back while everything else is the same too. */
export interface Keeper<Of extends object, Made> {
  get(of: Of, beside: readonly unknown[]): Made | undefined;
  keep(of: Of, beside: readonly unknown[], made: Made): Made;
}

/** The value goes when the object does. */
export function keeper<Of extends object, Made>(): Keeper<Of, Made> {
  const known = new WeakMap<Of, { readonly beside: readonly unknown[]; readonly made: Made }>();
  return {
    get(of, beside) {
      const found = known.get(of);
      const same = found?.beside.length === beside.length && found.beside.every((each, at) => each === beside[at]);
      return same ? found?.made : undefined;
    },
    keep(of, beside, made) {
      known.set(of, { beside, made });
      return made;
    },
  };
}
