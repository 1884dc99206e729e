/** Finds one entry in an archived month by its position, reading a few lines of it however long it is. */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { archiveFolder } from './archive-folder.js';
import { type ArchivedEntry, readEntryLine } from './archive-line.js';
import { logFiles } from './archive-manifest.js';
import type { Position } from './ledger.js';

/** No line is longer: an entry has at most 65,535 bytes, and what stands around it fewer than 200. */
const lineBytes = 66_000;

/**
 * The entry as the archive has it, which is to be believed only once it is shown to be its leaf.
 *
 * @param folder of all archives
 * @param month `YYYY-MM`
 * @returns null when the archive is not there or has no such entry
 * @throws {SyntaxError} when a line that is looked at is none of an archive
 */
export async function archivedEntry(folder: string, month: string, position: Position): Promise<string | null> {
  const file = await open(join(archiveFolder(folder, month), logFiles(position.shard).entries)).catch(ignoreMissing);
  if (file === null) return null;
  try {
    let [low, high] = [0, (await file.stat()).size];
    // Between low and high begins the line that is looked for; low is always the beginning of one.
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const start = middle === low ? low : await lineAfter(file, middle, high);
      const line = start < high ? await lineAt(file, start) : null;
      if (line === null || line.archived.index > position.index) {
        high = middle;
      } else if (line.archived.index === position.index) {
        return line.archived.entry;
      } else {
        low = line.end;
      }
    }
    return null;
  } finally {
    await file.close();
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

/** Where the first line after a place begins; the limit when none does before it. */
async function lineAfter(file: FileHandle, place: number, limit: number): Promise<number> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(lineBytes), 0, lineBytes, place - 1);
  const newline = buffer.subarray(0, bytesRead).indexOf('\n');
  return newline === -1 ? limit : Math.min(place + newline, limit);
}

async function lineAt(
  file: FileHandle,
  start: number,
): Promise<{ readonly archived: ArchivedEntry; readonly end: number }> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(lineBytes), 0, lineBytes, start);
  const newline = buffer.subarray(0, bytesRead).indexOf('\n');
  const archived = readEntryLine(buffer.toString('utf8', 0, Math.max(newline, 0)));
  return { archived, end: start + newline + 1 };
}
