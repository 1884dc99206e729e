/** Files that a command makes for somebody to go on from: all of them, or none where one would take another's place. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeSecretFile } from '../secret-file.js';

export interface PlannedFile {
  readonly file: string;
  readonly text: string;
  /** For its owner alone. */
  readonly secret?: true;
  /** A copy of one of Stile's own files, of no interest by itself. */
  readonly copy?: true;
}

export interface Made {
  /** Those that were not there. */
  readonly made: readonly string[];
  /** Those that are there with something else in them; then nothing is made. */
  readonly inTheWay: readonly string[];
}

/** Makes the files; one that is there just so already is left alone. */
export function makeFiles(files: readonly PlannedFile[]): Made {
  const missing = files.filter(({ file }) => !existsSync(file));
  const inTheWay = files.filter(planned => !missing.includes(planned) && !isJustSo(planned)).map(({ file }) => file);
  if (inTheWay.length > 0) return { made: [], inTheWay };
  for (const { file, text, secret } of missing) {
    mkdirSync(dirname(file), { recursive: true });
    if (secret) writeSecretFile(file, text);
    else writeFileSync(file, text, { flag: 'wx' });
  }
  return { made: missing.map(({ file }) => file), inTheWay: [] };
}

/** A secret is never just so: nobody could tell by whom it was made. */
function isJustSo({ file, text, secret }: PlannedFile): boolean {
  try {
    return !secret && readFileSync(file, 'utf8') === text;
  } catch {
    return false;
  }
}
