/** Finds entries in archived months by the same filters as in the store, from the files alone. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArchiveError, archiveFault } from './archive-fault.js';
import { digestFile, linesOf } from './archive-folder.js';
import { type ArchivedEntry, readEntryLine, readSubjectsLine } from './archive-line.js';
import { logFiles, type Manifest, manifestName, parseManifest } from './archive-manifest.js';
import { type Columns, columnsOf } from './columns.js';
import type { EntryFilter } from './entry-filter.js';
import { type EntryBody, rollShard } from './ledger.js';
import { monthSpan } from './month.js';
import { parseNote } from './note.js';

/**
 * What a filter finds, newest first: by time, shard and index, all descending. Nothing is verified but that the files are
 * those the manifest names; whose signature it bears is for `stile ledger verify`.
 *
 * @param folder of one month, or of all
 * @param limit most entries returned
 * @throws {ArchiveError} when a file is not as the manifest has it, or side rows are needed and not there
 */
export async function searchArchive(
  folder: string,
  filter: EntryFilter,
  limit: number,
): Promise<{ readonly entries: readonly ArchivedEntry[]; readonly more: boolean }> {
  const found: ArchivedEntry[] = [];
  for (const month of monthFolders(folder)) {
    const manifest = readManifest(month);
    const { begins, ends } = monthSpan(manifest.month);
    if ((filter.from ?? begins) >= ends || (filter.until ?? ends) <= begins) continue;
    for (const { shard } of manifest.logs) {
      // The roll's entries tell of the ledger itself: no search is for them.
      if (shard !== rollShard) found.push(...(await searchLog(month, manifest, shard, filter, limit + 1)));
    }
    if (found.length > limit) break;
  }
  found.sort((one, other) => other.time - one.time || other.shard - one.shard || other.index - one.index);
  return { entries: found.slice(0, limit), more: found.length > limit };
}

/** Those of an archive, the newest month first. */
function monthFolders(folder: string): readonly string[] {
  if (existsSync(join(folder, manifestName))) return [folder];
  const months = readdirSync(folder)
    .filter(name => /^\d{4}-\d{2}$/.test(name))
    .sort()
    .reverse();
  if (months.length === 0) throw new ArchiveError(archiveFault.missing, join(folder, manifestName));
  return months.map(name => join(folder, name));
}

function readManifest(folder: string): Manifest {
  if (!existsSync(join(folder, manifestName))) throw new ArchiveError(archiveFault.missing, join(folder, manifestName));
  try {
    return parseManifest(parseNote(readFileSync(join(folder, manifestName))).text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new ArchiveError(archiveFault.malformed, join(folder, manifestName));
    throw error;
  }
}

/** The newest that a filter finds in one log of a month. */
async function searchLog(
  folder: string,
  manifest: Manifest,
  shard: number,
  filter: EntryFilter,
  limit: number,
): Promise<readonly ArchivedEntry[]> {
  const { entries, subjects } = logFiles(shard);
  await requireWhole(folder, manifest, entries);
  if (filter.tags !== undefined) await requireWhole(folder, manifest, subjects);
  const wanted = new Set(filter.tags?.map(({ tag }) => tag.toString('hex')));
  const sideRows = linesOf(folder, subjects);
  let found: ArchivedEntry[] = [];
  try {
    for await (const line of linesOf(folder, entries)) {
      const archived = readEntryLine(line);
      if (filter.tags !== undefined) {
        const { value } = await sideRows.next();
        const side = readSubjectsLine(value ?? '');
        if (side.index !== archived.index) throw new SyntaxError('the side rows are of other entries');
        if (!side.subjects.some(({ tag }) => wanted.has(tag))) continue;
      }
      if (!isWithin(archived.time, filter)) continue;
      if (!satisfies(columnsOf(JSON.parse(archived.entry) as EntryBody), filter)) continue;
      found.push(archived);
      if (found.length >= 2 * limit) found = found.slice(-limit);
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw new ArchiveError(archiveFault.malformed, join(folder, entries));
    throw error;
  }
  return found.slice(-limit);
}

async function requireWhole(folder: string, { files }: Manifest, name: string): Promise<void> {
  if (!existsSync(join(folder, name))) throw new ArchiveError(archiveFault.missing, join(folder, name));
  const { digest } = await digestFile(folder, name);
  if (files.find(file => file.name === name)?.digest !== digest)
    throw new ArchiveError(archiveFault.altered, join(folder, name));
}

const isWithin = (time: number, { from, until }: EntryFilter): boolean =>
  time >= (from ?? Number.NEGATIVE_INFINITY) && time < (until ?? Number.POSITIVE_INFINITY);

/** Whether an entry's columns satisfy every list of a filter. */
function satisfies(columns: Columns, { from: _from, until: _until, tags: _tags, ...lists }: EntryFilter): boolean {
  return Object.entries(lists).every(([name, allowed]) => {
    const column = columns[name as keyof typeof lists];
    return allowed === undefined || (column !== undefined && allowed.includes(column));
  });
}
