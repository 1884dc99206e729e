/** One config file on its way into the registry: its shape checked, its references resolved, its defaults filled. */
import { basename } from 'node:path';
import type { ReadConfigFile } from '../../adapters/adapter.js';
import type { DepartmentFile } from '../../schemas/stile/department.js';
import { withDefaults } from './defaults.js';
import { departmentFindings } from './department.js';
import { below, type Fault, type Finding, rule, tokens, valueAt } from './fault.js';
import { type ConfigFile, type FileKind, fileKind, schemaLine } from './files.js';
import { sourceOf } from './found-file.js';
import { type NamedFiles, noting } from './named-files.js';
import { privateKeyFindings } from './private-key.js';
import { type Environment, holdsReference, referencesIn, resolveReferences, wrongReferences } from './reference.js';
import { isSchema as isObject, type Schema } from './schema-store.js';
import { type Strings, shapeFindings, strings } from './shape.js';
import type { Source } from './source.js';
import { stileSchema } from './stile-schema.js';

export interface Document {
  readonly kind: FileKind;
  readonly source: Source;
  /** As written, less the parts whose shape is wrong; undefined when too little is left to go on with. */
  readonly written: unknown;
  /** The same with references resolved and defaults filled. */
  readonly value: unknown;
  /** What its checks have read below the config folder. */
  readonly named: NamedFiles;
  readonly faults: readonly Fault[];
}

/**
 * @param environment what references are resolved with; absent: they stay as written
 * @param folder where relative paths of `${file:…}` begin
 * @param readFile reads what settings name, below the config folder
 */
export function readDocument(
  file: ConfigFile,
  environment: Environment | undefined,
  folder: string,
  readFile: ReadConfigFile,
): Document {
  const { kind } = file;
  const source = sourceOf(file);
  if (source.value === undefined) {
    return {
      kind,
      source,
      written: undefined,
      value: undefined,
      named: new Map(),
      faults: [...source.faults, ...schemaLine(source, kind)],
    };
  }
  const written = readWritten(kind, source, readFile);
  if (environment === undefined || kind === fileKind.agreements || referencesIn(written.written).length === 0) {
    return written;
  }
  return resolve(written, environment, folder, readFile);
}

function readWritten(kind: FileKind, source: Source, read: ReadConfigFile): Document {
  const { readFile, noted } = noting(read);
  const references = kind !== fileKind.agreements;
  const shape = shapeFindings(source.value, stileSchema(kind), references ? strings.written : strings.plain).filter(
    isDecided,
  );
  const written = remains(source, kind, shape);
  const secret = privateKeyFindings(source.value);
  const findings = [
    ...shape.filter(found => !secret.some(other => other.pointer === found.pointer)).map(sharpen),
    ...secret,
    ...(references ? wrongReferences(source.value) : []),
    ...(kind === fileKind.department ? nameFindings(source) : []),
    ...partFindings(kind, written, source, strings.written, readFile),
  ];
  const faults = [...schemaLine(source, kind), ...findings.map(source.fault)];
  return documentOf({ kind, source, written, named: noted, faults }, written);
}

/** The same with its references resolved. */
function resolve(document: Document, environment: Environment, folder: string, readFile: ReadConfigFile): Document {
  const { kind, source, written, named, faults } = document;
  const resolved = resolveReferences(written, environment, folder);
  const judged = [
    ...shapeFindings(resolved.value, stileSchema(kind), strings.resolved).filter(isDecided),
    ...partFindings(kind, resolved.value, source, strings.resolved, readFile),
  ];
  const missing = new Set(resolved.findings.map(({ pointer }) => pointer));
  const due = ({ pointer }: Finding): boolean => holdsReference(valueAt(written, pointer)) && !missing.has(pointer);
  const more = [...resolved.findings, ...judged.filter(due)].map(source.fault);
  return documentOf({ kind, source, written, named, faults: [...faults, ...more] }, resolved.value);
}

/** Defaults are filled when they are first asked for: most documents are read and not gone on with. */
function documentOf(document: Omit<Document, 'value'>, held: unknown): Document {
  let value: unknown;
  return {
    ...document,
    get value() {
      value ??= withDefaults(held, stileSchema(document.kind));
      return value;
    },
  };
}

/** For editors, the schema offers what any adapter may be asked with; here the service's own adapter decides. */
const isDecided = ({ pointer }: Finding): boolean => !/^\/services\/[^/]+\/ask\//.test(pointer);

const partFindings = (
  kind: FileKind,
  value: unknown,
  source: Source,
  kept: Strings,
  readFile: ReadConfigFile,
): Finding[] =>
  kind === fileKind.department && value !== undefined
    ? departmentFindings(value as DepartmentFile, source.value, kept, readFile)
    : [];

/** What of the file can be gone on with; a department is known by its file's name, whatever its id says. */
function remains(source: Source, kind: FileKind, shape: readonly Finding[]): unknown {
  const rest = without(source.value, shape);
  const id = basename(source.file, '.yaml');
  return kind === fileKind.department && rest !== undefined && rest.id !== id ? { ...rest, id } : rest;
}

/**
 * The value without what the findings blame, so that the rest can still be checked: an unknown key is left out alone,
 * anything else with the whole client, adapter, service, purpose or agreement it is in.
 */
function without(value: unknown, findings: readonly Finding[]): Schema | undefined {
  if (!isObject(value)) return undefined;
  if (findings.length === 0) return value;
  const copy = structuredClone(value);
  for (const { rule: which, pointer } of findings) {
    const path = tokens(pointer);
    const cut = which === rule.unknownKey ? path : path.slice(0, 2);
    const name = cut.pop() ?? '';
    const holder = valueAt(copy, below('', ...cut));
    if (Array.isArray(holder)) holder[Number(name)] = undefined;
    else if (isObject(holder)) delete (holder as Record<string, unknown>)[name];
  }
  return copy;
}

/** Says by its own name what a schema can only call a missing key. */
function sharpen(finding: Finding): Finding {
  if (finding.rule !== rule.missingKey || !/^\/purposes\/[^/]+\/basis$/.test(finding.pointer)) return finding;
  return {
    ...finding,
    rule: rule.purposeWithoutBasis,
    message: { zh: '用途没有法律依据', en: 'the purpose has no legal basis' },
    fix: {
      zh: '加上 basis: { zh, en }，写明法规与条款',
      en: 'add basis: { zh, en }, naming the law and its article',
    },
  };
}

/** `staff/…` are the ids of staff, and no client's may look like one. */
const reserved = 'staff';

const taken: Finding = {
  rule: rule.wrongValue,
  pointer: '/id',
  message: { zh: '部门不能叫 staff，它留给人员', en: 'no department may be called staff, which is kept for people' },
  fix: { zh: '换一个编号', en: 'choose another id' },
};

function nameFindings(source: Source): Finding[] {
  const name = basename(source.file, '.yaml');
  if (name === reserved) return [taken];
  const id = valueAt(source.value, '/id');
  if (typeof id !== 'string' || id === name) return [];
  return [
    {
      rule: rule.idNotFileName,
      pointer: '/id',
      message: { zh: `编号 ${id} 与文件名不同`, en: `the id ${id} is not the file's name` },
      fix: { zh: `写 ${name}，或改文件名`, en: `write ${name}, or rename the file` },
    },
  ];
}
