/** What is below a folder: as long as the file system shows the same of a folder, it need not be listed to know that it holds the same. */
import { readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { tellsChanges } from './file-digest.js';
import { inSlices } from './slices.js';

type Shown = Pick<Stats, 'dev' | 'ino' | 'mtimeMs' | 'ctimeMs'>;

/** The names in one folder. */
interface Names {
  readonly files: readonly string[];
  readonly folders: readonly string[];
  /** What a link leads to may become another without the folder showing it. */
  readonly hasLinks: boolean;
}

/** With what the file system showed of the folder before it was listed. */
interface Listing extends Omit<Shown, 'ino'> {
  readonly names: Names;
}

/** By the folder that was asked for and by inode: the paths of tens of thousands would take more memory than all else. */
const kept = new Map<string, ReadonlyMap<number, Listing>>();

/**
 * Paths of all that is below the folder, folders included, in no order; links are followed, and what begins with a dot is left out.
 *
 * @param look what the file system shows of a folder
 * @throws where the folder or one below it cannot be listed
 */
export async function listed(folder: string, look: (folder: string) => Shown = statSync): Promise<string[]> {
  const before = kept.get(folder);
  const next = new Map<number, Listing>();
  const alike = new Map<string, Names>();
  const folders = [''];
  const paths: string[] = [];
  // A list that grows while it is gone through.
  await inSlices(folders, within => {
    const name = join(folder, within);
    // Looked at before it is listed: what comes or goes in between shows at the next load.
    const { dev, ino, mtimeMs, ctimeMs } = look(name);
    const isLasting = tellsChanges({ mtimeMs, ctimeMs });
    const known = before?.get(ino);
    const isStill = known?.dev === dev && known.mtimeMs === mtimeMs && known.ctimeMs === ctimeMs;
    const listing = isStill ? known : { dev, mtimeMs, ctimeMs, names: namesIn(name, alike) };
    const { names } = listing;
    if (isLasting && !names.hasLinks) next.set(ino, listing);
    for (const file of names.files) paths.push(within + file);
    for (const each of names.folders) {
      paths.push(within + each);
      folders.push(`${within}${each}/`);
    }
  });
  kept.set(folder, next);
  return paths;
}

/** @param alike names by what they are: thousands of folders hold the same */
function namesIn(folder: string, alike: Map<string, Names>): Names {
  const files: string[] = [];
  const folders: string[] = [];
  let hasLinks = false;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const { name } = entry;
    if (name.startsWith('.')) continue;
    const isLink = entry.isSymbolicLink();
    hasLinks ||= isLink;
    const isFolder = entry.isDirectory() || (isLink && leadsToFolder(join(folder, name)));
    (isFolder ? folders : files).push(name);
  }
  const found = { files, folders, hasLinks };
  const key = JSON.stringify(found);
  const names = alike.get(key) ?? found;
  alike.set(key, names);
  return names;
}

const leadsToFolder = (link: string): boolean => statSync(link, { throwIfNoEntry: false })?.isDirectory() ?? false;
