/** A file of config/ or schemas/ as a load has found it: little, as there may be ten thousands of them, and read when it is needed. */
import { join } from 'node:path';
import { sameBytes } from './file-digest.js';
import { readSource, type Source } from './source.js';

export interface FoundFile {
  /** As the operator would type it. */
  readonly folder: string;
  /** Within the folder, with slashes. */
  readonly path: string;
  /** SHA-256 of its bytes, in base64. */
  readonly digest: string;
  /** Its bytes, where they are not to be read. */
  readonly given?: Buffer;
}

/** A file that was found, and holds something else or nothing when it is read: what was found is no config any more. */
export class FileMoved extends Error {
  readonly file: string;

  constructor(file: string) {
    super(`${file} has changed since it was looked at`);
    this.file = file;
  }
}

/** The file's path as the operator would type it. */
export const nameOf = ({ folder, path }: FoundFile): string => join(folder, path);

/** @throws FileMoved when it says something else by now */
export function bytesOf(found: FoundFile): Buffer {
  const bytes = found.given ?? sameBytes(nameOf(found), found.digest);
  if (bytes === undefined) throw new FileMoved(nameOf(found));
  return bytes;
}

/**
 * What the file says; who needs it twice holds it.
 *
 * @throws FileMoved when it says something else by now
 */
export function sourceOf(found: FoundFile): Source {
  const name = nameOf(found);
  return readSource(name, bytesOf(found), () => found.given ?? sameBytes(name, found.digest));
}

/** Says where in the file things stand: at its beginning, where it says something else by now. */
export function placesIn(found: FoundFile): Pick<Source, 'fault' | 'place'> {
  const places = (): Pick<Source, 'fault' | 'place'> => {
    try {
      return sourceOf(found);
    } catch (error) {
      if (!(error instanceof FileMoved)) throw error;
      const begin = { file: error.file, line: 1, column: 1 };
      return { fault: ({ at: _at, ...finding }) => ({ ...finding, ...begin }), place: () => begin };
    }
  };
  return { fault: finding => places().fault(finding), place: pointer => places().place(pointer) };
}
