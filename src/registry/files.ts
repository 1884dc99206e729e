/** Looks at all of config/ and schemas/ at once: which files there are, which should not be there, and their digest. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Fault, type Finding, rule } from './fault.js';
import { digestOf, forgetFiles, isSame, keptDigest, keptFiles } from './file-digest.js';
import { bytesOf, type FoundFile, nameOf } from './found-file.js';
import { lazyMap } from './lazy-map.js';
import { gathered, inSlices } from './slices.js';
import type { Source } from './source.js';

/** The kinds of config file, each named as its schema under schemas/stile/. */
export const fileKind = {
  settings: 'stile',
  purposes: 'purposes',
  department: 'department',
  agreements: 'agreements',
} as const;
export type FileKind = (typeof fileKind)[keyof typeof fileKind];

export interface ConfigFile extends FoundFile {
  readonly kind: FileKind;
}

/** Files by their path below `config/` and `schemas/`, whichever folders these are. */
export type Contents = ReadonlyMap<string, Buffer>;

export interface Files {
  readonly config: readonly ConfigFile[];
  readonly schemas: readonly FoundFile[];
  /** SHA-256 in hex over every file's path and bytes. */
  readonly digest: string;
  /** All that was read, which is read once more for that; undefined where it is no longer there as it was. */
  contents(): Promise<Contents | undefined>;
  readonly faults: readonly Fault[];
}

/**
 * Looks at both folders.
 *
 * @param given what is in them, in the place of what is on disk
 */
export async function readFiles(configFolder: string, schemasFolder: string, given?: Contents): Promise<Files> {
  const faults: Fault[] = [];
  const hash = createHash('sha256');
  const folderOf = { config: configFolder, schemas: schemasFolder };
  const inFolder = async (shownAs: 'config' | 'schemas', work: (path: string) => void): Promise<void> =>
    inSlices(given === undefined ? await listed(folderOf[shownAs], faults) : pathsIn(given, shownAs), work);
  const take = (shownAs: 'config' | 'schemas', path: string): FoundFile | undefined => {
    const found = foundFile(folderOf[shownAs], path, faults, given?.get(`${shownAs}/${path}`));
    if (found !== undefined) hash.update(`${shownAs}/${path}\0${found.digest}\n`);
    return found;
  };

  const config: ConfigFile[] = [];
  await inFolder('config', path => {
    if (!/\.(ya?ml|json)$/.test(path)) return;
    const kind = kindOf(path);
    if (kind === undefined) {
      faults.push(fileUnknown(join(configFolder, path)));
      return;
    }
    const found = take('config', path);
    if (found !== undefined) config.push({ ...found, kind });
  });
  for (const [kind, path] of [
    [fileKind.settings, 'stile.yaml'],
    [fileKind.purposes, 'purposes.yaml'],
  ] as const) {
    if (existsSync(configFolder) && !config.some(file => file.kind === kind)) {
      faults.push(fileMissing(join(configFolder, path)));
    }
  }
  const schemas: FoundFile[] = [];
  await inFolder('schemas', path => {
    const found = path.endsWith('.json') ? take('schemas', path) : undefined;
    if (found !== undefined) schemas.push(found);
  });
  if (given === undefined) forgetOthers([config, schemas]);
  const contents = async () => given ?? contentsOf({ config, schemas });
  return { config, schemas, digest: hash.digest('hex'), contents, faults };
}

/** Files that are gone need not be known; most often none is. */
function forgetOthers(there: readonly (readonly FoundFile[])[]): void {
  if (keptFiles() <= there.reduce((sum, files) => sum + files.length, 0)) return;
  for (const files of there) {
    const folder = join(files[0]?.folder ?? '', '/');
    const paths = new Set(files.map(({ path }) => path));
    forgetFiles(name => files.length > 0 && name.startsWith(folder) && !paths.has(name.slice(folder.length)));
  }
}

/** Undefined where not all are as they were; each is read when it is asked for, so that they are never in memory together. */
async function contentsOf(files: Pick<Files, 'config' | 'schemas'>): Promise<Contents | undefined> {
  const named = new Map<string, FoundFile>();
  let isStill = true;
  for (const shownAs of ['config', 'schemas'] as const) {
    await inSlices(files[shownAs], found => {
      isStill &&= isSame(nameOf(found), found.digest);
      named.set(`${shownAs}/${found.path}`, found);
    });
  }
  if (!isStill) return undefined;
  return lazyMap<string, Buffer>({
    size: named.size,
    get(path) {
      const found = named.get(path);
      return found && bytesOf(found);
    },
    *entries() {
      for (const [path, found] of named) yield [path, bytesOf(found)];
    },
  });
}

/** Looks at the folder of schemas alone. */
export async function readSchemaFiles(folder: string): Promise<Pick<Files, 'schemas' | 'faults'>> {
  const faults: Fault[] = [];
  const schemas = await gathered(await listed(folder, faults), path =>
    path.endsWith('.json') ? [foundFile(folder, path, faults) ?? []].flat() : [],
  );
  return { schemas, faults };
}

const pathsIn = (given: Contents, shownAs: string): string[] =>
  [...given.keys()]
    .filter(path => path.startsWith(`${shownAs}/`))
    .map(path => path.slice(shownAs.length + 1))
    .sort();

function foundFile(folder: string, path: string, faults: Fault[], given?: Buffer): FoundFile | undefined {
  if (given !== undefined) return { folder, path, digest: digestOf(given), given };
  try {
    return { folder, path, digest: keptDigest(join(folder, path)) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    faults.push(fileMissing(join(folder, path)));
    return undefined;
  }
}

/** Everything below the folder, sorted, with slashes; links are followed. */
async function listed(folder: string, faults: Fault[]): Promise<string[]> {
  const folders = [''];
  const paths: string[] = [];
  try {
    // A list that grows while it is gone through.
    await inSlices(folders, within => {
      for (const entry of readdirSync(join(folder, within), { withFileTypes: true })) {
        if (entry.name.startsWith('.')) continue;
        const path = within + entry.name;
        paths.push(path);
        if (entry.isDirectory() || (entry.isSymbolicLink() && isFolder(join(folder, path)))) folders.push(`${path}/`);
      }
    });
    return paths.sort();
  } catch {
    faults.push(fileMissing(folder));
    return [];
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

function kindOf(path: string): FileKind | undefined {
  if (path === 'stile.yaml') return fileKind.settings;
  if (path === 'purposes.yaml') return fileKind.purposes;
  if (/^departments\/[^/]+\.yaml$/.test(path)) return fileKind.department;
  if (/^agreements\/[^/]+\.yaml$/.test(path)) return fileKind.agreements;
  return undefined;
}

const atStart = (file: string) => ({ file, line: 1, column: 1, pointer: '' });

/** The fault of a file or folder that is not there. */
export const fileMissing = (file: string): Fault => ({
  ...atStart(file),
  rule: rule.fileMissing,
  message: { zh: '没有这个文件或目录，或读不到', en: 'there is no such file or folder, or it cannot be read' },
  fix: { zh: '建立它，或检查读权限', en: 'make it, or check the right to read it' },
});

const fileUnknown = (file: string): Fault => ({
  ...atStart(file),
  rule: rule.fileUnknown,
  message: { zh: '这个文件不会被读取', en: 'nothing reads this file' },
  fix: {
    zh: '应为 stile.yaml、purposes.yaml、departments/<id>.yaml 或 agreements/<名称>.yaml',
    en: 'there are stile.yaml, purposes.yaml, departments/<id>.yaml and agreements/<name>.yaml',
  },
});

/** Editors find a file's schema by its first line; without it nobody is helped while typing. */
export function schemaLine({ file, firstLine }: Source, kind: FileKind): Fault[] {
  if (firstLine === undefined) return [];
  const [, path] = /^# yaml-language-server: \$schema=(\S+)\s*$/.exec(firstLine) ?? [];
  const name = `stile/${kind}.json`;
  if (path?.endsWith(`/${name}`) && existsSync(resolve(dirname(file), path))) return [];
  const finding: Finding = {
    rule: rule.schemaLine,
    pointer: '',
    message:
      path === undefined
        ? { zh: '首行没有指明模式', en: 'the first line does not name the schema' }
        : { zh: '首行指的不是该类文件的模式', en: 'the first line does not name the schema of this kind of file' },
    fix: {
      zh: `首行写 # yaml-language-server: $schema=…/schemas/${name}（相对路径）`,
      en: `begin with # yaml-language-server: $schema=…/schemas/${name}, a relative path`,
    },
  };
  return [{ ...finding, ...atStart(file) }];
}
