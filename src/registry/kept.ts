/**
 * What a load made of a file stays for the next one, as long as all that it was made of is the same: a reload then costs what has changed.
 * Nothing with a fault is kept, so that each load tells its faults anew.
 */
import { createHash } from 'node:crypto';
import { readSource, type Source } from './source.js';

interface KeptSource {
  readonly digest: string;
  readonly source: Source;
}

const sources = new Map<string, KeptSource>();

/** The file's source: the same object as last time where its bytes are the same. */
export function keptSource(file: string, bytes: Buffer): Source {
  const digest = createHash('sha256').update(bytes).digest('base64');
  const known = sources.get(file);
  if (known?.digest === digest) return known.source;
  const source = readSource(file, bytes);
  if (source.faults.length === 0) sources.set(file, { digest, source });
  return source;
}

/** Forgets the files of a folder that are there no more. */
export function forgetOthers(folder: string, files: ReadonlySet<string>): void {
  for (const file of sources.keys()) if (file.startsWith(folder) && !files.has(file)) sources.delete(file);
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
