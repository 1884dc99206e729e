/** The configs that were in force, kept under the data folder so that the one before can be again: files as they were, no resolved secret. */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Contents } from '../registry/files.js';
import { writeSecretFile } from '../secret-file.js';
import { packContents, unpackContents } from './archive.js';

export interface KeptConfigs {
  /** Keeps a config and remembers that it came into force after all others. */
  keep(registry: string, contents: Contents, now: number): Promise<void>;
  /** Its files; undefined when it is not kept. */
  read(registry: string): Promise<Contents | undefined>;
  /** Its files as one, see `unpackContents`. */
  archive(registry: string): Promise<Buffer | undefined>;
  /** Digest of the one that was in force before; undefined when none is kept. */
  before(registry: string): Promise<string | undefined>;
}

/** How many times back it can be gone. */
const most = 20;

/** `<time>.<digest>`: one for each time that a config came into force. Names are never written twice, so replicas may share the folder. */
const mark = /^[0-9TZ]+\.([0-9a-f]{64})$/;

/** @param folder for the gateway alone */
export function openKeptConfigs(folder: string): KeptConfigs {
  const fileOf = (registry: string): string => join(folder, `${registry}.gz`);

  async function marks(): Promise<string[]> {
    const names = await readdir(folder).catch(() => []);
    return names.filter(name => mark.test(name)).sort();
  }

  async function archive(registry: string): Promise<Buffer | undefined> {
    return readFile(fileOf(registry)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
  }

  return {
    archive,
    async keep(registry, contents, now) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const known = await marks();
      if (known.at(-1) !== undefined && digestIn(known.at(-1)) === registry) return;
      writeSecretFile(fileOf(registry), await packContents(contents));
      const name = `${new Date(now).toISOString().replace(/[-:.]/g, '')}.${registry}`;
      writeSecretFile(join(folder, name), '');
      const all = [...known, name].sort();
      const gone = all.slice(0, Math.max(0, all.length - most));
      const stay = new Set(all.slice(gone.length).map(digestIn));
      for (const each of gone) {
        await rm(join(folder, each), { force: true });
        const digest = digestIn(each);
        if (!stay.has(digest)) await rm(fileOf(digest), { force: true });
      }
    },
    async read(registry) {
      const found = await archive(registry);
      return found && unpackContents(found);
    },
    async before(registry) {
      const digests = (await marks()).map(digestIn);
      const at = digests.lastIndexOf(registry);
      return (at < 0 ? digests : digests.slice(0, at)).findLast(each => each !== registry);
    },
  };
}

const digestIn = (name: string | undefined): string => mark.exec(name ?? '')?.[1] ?? '';
