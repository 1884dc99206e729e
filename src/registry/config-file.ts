/** Reads a file that config names by a path, if it lies below the config folder: links out of it are not followed. */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';

/** Bytes; a description of a system is smaller. */
const mostBytes = 16 * 1024 * 1024;

/** @returns nothing where there is no such file, or it is none of the folder's */
export function configFile(folder: string, path: string): Buffer | undefined {
  try {
    const file = realpathSync(join(folder, path));
    if (!file.startsWith(realpathSync(folder) + sep) || statSync(file).size > mostBytes) return undefined;
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
