/** Reads all of config/ and schemas/ at once: which files there are, which should not be there, and their digest. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Fault, type Finding, rule } from './fault.js';
import { forgetOthers, keptSource } from './kept.js';
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
  readonly contents: Contents;
  readonly faults: readonly Fault[];
}

/**
 * Reads both folders.
 *
 * @param given what is in them, in the place of what is on disk
 */
export function readFiles(configFolder: string, schemasFolder: string, given?: Contents): Files {
  const faults: Fault[] = [];
  const hash = createHash('sha256');
  const contents = new Map<string, Buffer>();
  const list = (folder: string, shownAs: string): string[] =>
    given === undefined ? listed(folder, faults) : pathsIn(given, shownAs);
  const read = (folder: string, path: string, shownAs: string): Source | undefined => {
    const note = (bytes: Buffer) => {
      contents.set(`${shownAs}/${path}`, bytes);
      hash.update(`${shownAs}/${path}\0${bytes.length}\0`).update(bytes);
    };
    return readFile(folder, path, faults, note, given?.get(`${shownAs}/${path}`));
  };

  const config: ConfigFile[] = [];
  for (const path of list(configFolder, 'config')) {
    if (!/\.(ya?ml|json)$/.test(path)) continue;
    const kind = kindOf(path);
    if (kind === undefined) {
      faults.push(fileUnknown(join(configFolder, path)));
      continue;
    }
    const source = read(configFolder, path, 'config');
    if (source === undefined) continue;
    config.push({ kind, source });
    faults.push(...schemaLine(source, kind));
  }
  for (const [kind, path] of [
    [fileKind.settings, 'stile.yaml'],
    [fileKind.purposes, 'purposes.yaml'],
  ] as const) {
    if (existsSync(configFolder) && !config.some(file => file.kind === kind)) {
      faults.push(fileMissing(join(configFolder, path)));
    }
  }
  const schemas = schemaFiles(list(schemasFolder, 'schemas'), path => read(schemasFolder, path, 'schemas'));
  forgetOthers(join(configFolder, '/'), new Set(config.map(({ source }) => source.file)));
  forgetOthers(join(schemasFolder, '/'), new Set(schemas.map(({ source }) => source.file)));
  return { config, schemas, digest: hash.digest('hex'), contents, faults };
}

/** Reads the folder of schemas alone. */
export function readSchemaFiles(folder: string): Pick<Files, 'schemas' | 'faults'> {
  const faults: Fault[] = [];
  return { schemas: schemaFiles(listed(folder, faults), path => readFile(folder, path, faults)), faults };
}

const pathsIn = (given: Contents, shownAs: string): string[] =>
  [...given.keys()]
    .filter(path => path.startsWith(`${shownAs}/`))
    .map(path => path.slice(shownAs.length + 1))
    .sort();

function schemaFiles(paths: readonly string[], read: (path: string) => Source | undefined): SchemaFile[] {
  return paths.flatMap(path => {
    const source = path.endsWith('.json') ? read(path) : undefined;
    return source === undefined ? [] : [{ path, source }];
  });
}

function readFile(
  folder: string,
  path: string,
  faults: Fault[],
  note?: (bytes: Buffer) => void,
  given?: Buffer,
): Source | undefined {
  const file = join(folder, path);
  let bytes: Buffer;
  try {
    bytes = given ?? readFileSync(file);
  } catch {
    faults.push(fileMissing(file));
    return undefined;
  }
  note?.(bytes);
  const source = keptSource(file, bytes);
  faults.push(...source.faults);
  return source;
}

/** Every file below the folder, sorted, with slashes. */
function listed(folder: string, faults: Fault[]): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map(path => path.replaceAll('\\', '/'))
      .filter(path => !path.split('/').some(part => part.startsWith('.')))
      .sort();
  } catch {
    faults.push(fileMissing(folder));
    return [];
  }
}

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
