/** A folder of this machine, or one that is mounted: its plain files, and no link out of it. */
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Drop, DropError, type Dropped } from './file-drop.js';

/** A link is refused, and a pipe is not waited for. */
const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

export function openFolder(folder: string): Drop {
  return {
    async list() {
      const names = await readdir(folder);
      const found = await Promise.all(names.map(name => droppedIn(folder, name)));
      return found.filter(one => one !== undefined);
    },
    async open(name, limit) {
      const file = await openPlain(join(folder, name));
      const { size } = await file.stat();
      if (size <= limit) return file;
      await file.close();
      throw new DropError(`it has more than ${limit} bytes`);
    },
    close: async () => undefined,
  };
}

async function droppedIn(folder: string, name: string): Promise<Dropped | undefined> {
  // One that has gone meanwhile is none.
  const found = await lstat(join(folder, name)).catch(() => undefined);
  if (found?.isFile() !== true) return undefined;
  return { name, size: found.size, modified: Math.floor(found.mtimeMs), id: `${found.dev}:${found.ino}` };
}

async function openPlain(path: string): Promise<FileHandle> {
  const file = await open(path, flags).catch((error: NodeJS.ErrnoException) => {
    throw new DropError(error.code === 'ELOOP' ? 'it is a link' : `it cannot be opened: ${error.code}`);
  });
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new DropError('it is no plain file');
}
