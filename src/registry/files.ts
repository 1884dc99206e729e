/** Reads all of config/ and schemas/ at once: which files there are, which should not be there, and their digest. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Fault, type Finding, rule } from './fault.js';
import { forgetOthers, keptBytes, keptFile, type ReadFile, sameBytes } from './kept.js';
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

export interface ConfigFile {
  readonly kind: FileKind;
  readonly source: Source;
}

export interface SchemaFile {
  /** Within the schemas folder, with slashes. */
  readonly path: string;
  readonly source: Source;
}

/** Files by their path below `config/` and `schemas/`, whichever folders these are. */
export type Contents = ReadonlyMap<string, Buffer>;

export interface Files {
  readonly config: readonly ConfigFile[];
  readonly schemas: readonly SchemaFile[];
  /** SHA-256 in hex over every file's path and bytes. */
  readonly digest: string;
  /** All that was read, which is read once more for that; undefined where it is no longer there as it was. */
  contents(): Promise<Contents | undefined>;
  readonly faults: readonly Fault[];
}

/** Where a file is, and its bytes where these are given. */
interface Found {
  readonly file: string;
  readonly path: string;
  readonly bytes: Buffer | undefined;
}

/** What a file was when it was read. */
interface Noted {
  readonly file: string;
  readonly digest: string;
}

/**
 * Reads both folders.
 *
 * @param given what is in them, in the place of what is on disk
 */
export async function readFiles(configFolder: string, schemasFolder: string, given?: Contents): Promise<Files> {
  const faults: Fault[] = [];
  const hash = createHash('sha256');
  const read = new Map<string, Noted>();
  const list = async (folder: string, shownAs: string): Promise<Found[]> => {
    const paths = given === undefined ? await listed(folder, faults) : pathsIn(given, shownAs);
    return paths.map(path => ({ file: join(folder, path), path, bytes: given?.get(`${shownAs}/${path}`) }));
  };
  const take = (found: Found, shownAs: string): Source | undefined => {
    const known = readFile(found, faults);
    if (known === undefined) return undefined;
    const path = `${shownAs}/${found.path}`;
    read.set(path, { file: found.file, digest: known.digest });
    hash.update(`${path}\0${known.digest}\n`);
    return known.source;
  };

  const config: ConfigFile[] = [];
  await inSlices(await list(configFolder, 'config'), found => {
    if (!/\.(ya?ml|json)$/.test(found.path)) return;
    const kind = kindOf(found.path);
    if (kind === undefined) {
      faults.push(fileUnknown(found.file));
      return;
    }
    const source = take(found, 'config');
    if (source === undefined) return;
    config.push({ kind, source });
    faults.push(...schemaLine(source, kind));
  });
  for (const [kind, path] of [
    [fileKind.settings, 'stile.yaml'],
    [fileKind.purposes, 'purposes.yaml'],
  ] as const) {
    if (existsSync(configFolder) && !config.some(file => file.kind === kind)) {
      faults.push(fileMissing(join(configFolder, path)));
    }
  }
  const schemas = await schemaFiles(await list(schemasFolder, 'schemas'), found => take(found, 'schemas'));
  forgetOthers(join(configFolder, '/'), new Set(config.map(({ source }) => source.file)));
  forgetOthers(join(schemasFolder, '/'), new Set(schemas.map(({ source }) => source.file)));
  return { config, schemas, digest: hash.digest('hex'), contents: async () => given ?? readAgain(read), faults };
}

async function readAgain(read: ReadonlyMap<string, Noted>): Promise<Contents | undefined> {
  const contents = new Map<string, Buffer>();
  await inSlices(read, ([path, { file, digest }]) => {
    const bytes = sameBytes(file, digest);
    if (bytes !== undefined) contents.set(path, bytes);
  });
  return contents.size === read.size ? contents : undefined;
}

/** Reads the folder of schemas alone. */
export async function readSchemaFiles(folder: string): Promise<Pick<Files, 'schemas' | 'faults'>> {
  const faults: Fault[] = [];
  const found = (await listed(folder, faults)).map(path => ({ file: join(folder, path), path, bytes: undefined }));
  return { schemas: await schemaFiles(found, each => readFile(each, faults)?.source), faults };
}

const pathsIn = (given: Contents, shownAs: string): string[] =>
  [...given.keys()]
    .filter(path => path.startsWith(`${shownAs}/`))
    .map(path => path.slice(shownAs.length + 1))
    .sort();

const schemaFiles = (files: readonly Found[], read: (found: Found) => Source | undefined): Promise<SchemaFile[]> =>
  gathered(files, found => {
    const source = found.path.endsWith('.json') ? read(found) : undefined;
    return source === undefined ? [] : [{ path: found.path, source }];
  });

function readFile({ file, bytes }: Found, faults: Fault[]): ReadFile | undefined {
  try {
    const read = bytes === undefined ? keptFile(file) : keptBytes(file, bytes);
    faults.push(...read.source.faults);
    return read;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    faults.push(fileMissing(file));
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
function schemaLine({ file, firstLine }: Source, kind: FileKind): Fault[] {
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
