/** Files below config/ that config names, such as a WSDL: part of the config, as what is checked against them passes or fails by them. */
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { ReadConfigFile } from '../../adapters/adapter.js';
import { configFile } from './config-file.js';
import { digestOf } from './file-digest.js';
import type { Contents, Files } from './files.js';
import { lazyMap } from './lazy-map.js';

/** SHA-256 of each file's bytes in base64, by its path below the config folder; undefined where there is none. */
export type NamedFiles = ReadonlyMap<string, string | undefined>;

/** @param given what is in the folders, in the place of what is on disk */
export const namedFileReader = (configFolder: string, given?: Contents): ReadConfigFile =>
  given === undefined ? path => configFile(configFolder, path) : path => given.get(shownAs(path));

const shownAs = (path: string): string => `config/${posix.normalize(path)}`;

/** Reads as the other does, and notes what it has read. */
export function noting(readFile: ReadConfigFile): { readonly readFile: ReadConfigFile; readonly noted: NamedFiles } {
  const noted = new Map<string, string | undefined>();
  return {
    noted,
    readFile(path) {
      const bytes = readFile(path);
      noted.set(path, bytes && digestOf(bytes));
      return bytes;
    },
  };
}

/** What the files are now. */
export const digestsOf = (paths: Iterable<string>, readFile: ReadConfigFile): readonly (string | undefined)[] =>
  [...paths].map(path => {
    const bytes = readFile(path);
    return bytes && digestOf(bytes);
  });

/** The files of config with those that they name. */
export function withNamed(files: Files, named: NamedFiles, readFile: ReadConfigFile): Files {
  if (named.size === 0) return files;
  const sorted = [...named].sort(([one], [other]) => (one < other ? -1 : 1));
  const hash = createHash('sha256').update(files.digest);
  for (const [path, digest] of sorted) hash.update(`\n${shownAs(path)}\0${digest ?? ''}`);
  return {
    ...files,
    digest: hash.digest('hex'),
    async contents() {
      const contents = await files.contents();
      const beside = new Map<string, Buffer>();
      for (const [path, digest] of sorted) {
        const bytes = readFile(path);
        if (bytes === undefined || digestOf(bytes) !== digest) return undefined;
        beside.set(shownAs(path), bytes);
      }
      return contents && withMore(contents, beside);
    },
  };
}

const withMore = (contents: Contents, beside: Contents): Contents => {
  const more = [...beside].filter(([path]) => !contents.has(path));
  return lazyMap<string, Buffer>({
    size: contents.size + more.length,
    get: path => beside.get(path) ?? contents.get(path),
    *entries() {
      yield* contents;
      yield* more;
    },
  });
};
