/** The roll's last signed checkpoint, in a file beside the keys: so that a database put back to an earlier day shows. */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseCheckpoint } from './checkpoint.js';
import { emptyRange, rootOf } from './merkle.js';
import { parseNote } from './note.js';
import type { TreeHead } from './proof.js';

const fileName = 'signed-roll.txt';

/** What the file says was signed last; the empty tree where there is none yet. */
export function readSignedRoll(folder: string): TreeHead {
  let note: string;
  try {
    note = readFileSync(join(folder, fileName), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { size: 0, root: rootOf(emptyRange) };
  }
  const { size, root } = parseCheckpoint(parseNote(note).text);
  return { size, root };
}

/** Durable when this returns: whoever is shown a signature may hold us to it. */
export function writeSignedRoll(folder: string, note: string): void {
  // Where config names the keys there is no folder of them.
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, fileName);
  const draft = `${path}.${process.pid}`;
  const file = openSync(draft, 'w', 0o600);
  try {
    writeSync(file, note);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
