/** Compiles the schema files of schemas/, group by group, and holds each to its examples. */
import type { Ajv2020 } from 'ajv/dist/2020.js';
import { below, type Fault, type Finding, rule, valueAt } from './fault.js';
import { type FoundFile, sourceOf } from './found-file.js';
import { type KnownJudges, type PlainSchemas, plainSchemas } from './plain-schema.js';
import { type Linted, lintSchema } from './schema-lint.js';
import {
  isSchema,
  type Place,
  type Schema,
  type SchemaStore,
  schemaId,
  schemaPath,
  schemaStore,
} from './schema-store.js';
import type { Source } from './source.js';
import { type Compilers, openCompilers, required, type Validators, validatorsOf } from './validators.js';
import { violations } from './violation.js';

export interface CompiledFile {
  readonly source: Source;
  readonly id: string;
  readonly schema: Schema;
  /** The schemas it refers to, itself first. */
  readonly closure: readonly Schema[];
  /** Compiled when they are first asked for; files that say the same share them. */
  readonly validators: Validators;
}

/** Files that are checked together: one department's, or those that all share. */
export interface CompiledGroup {
  /** By path within the schemas folder; only those without faults, theirs or of what they refer to. */
  readonly byPath: ReadonlyMap<string, CompiledFile>;
  readonly store: SchemaStore;
  readonly faults: readonly Fault[];
  /** Paths of the files of other groups that these refer to. */
  readonly refersTo: ReadonlySet<string>;
}

/** Compiles group after group. */
export interface GroupCompiler {
  /** The files that all others may refer to. */
  shared(): CompiledGroup;
  /** Compiles files, less those under stile/, which are left to the check of config. */
  compile(files: readonly FoundFile[]): CompiledGroup;
}

/**
 * @param all by path within the schemas folder: what any may refer to
 * @param shared those of them that are compiled once for all groups
 */
export function groupCompiler(all: ReadonlyMap<string, FoundFile>, shared: readonly FoundFile[] = []): GroupCompiler {
  const compilers = openCompilers();
  const judges: KnownJudges = new WeakMap();
  const ofAll = emptyGroup();
  const surroundings = { all, compilers, judges };
  let compiledShared: CompiledGroup | undefined;
  function sharedGroup(): CompiledGroup {
    compiledShared ??= compileGroup(shared, ofAll, [], surroundings);
    return compiledShared;
  }
  return {
    shared: sharedGroup,
    compile(files) {
      sharedGroup();
      return compileGroup(files, emptyGroup(), [ofAll], surroundings);
    },
  };
}

/** What is known of a group's files, and of the few files of others that they refer to. */
interface Group {
  /** By path; undefined for what no reference can lead to. */
  readonly sources: Map<string, Source | undefined>;
  /** By `$id`. */
  readonly linted: Map<string, Linted>;
}

const emptyGroup = (): Group => ({ sources: new Map(), linted: new Map() });

interface Surroundings {
  readonly all: ReadonlyMap<string, FoundFile>;
  readonly compilers: Compilers;
  readonly judges: KnownJudges;
}

function compileGroup(
  files: readonly FoundFile[],
  group: Group,
  above: readonly Group[],
  { all, compilers, judges }: Surroundings,
): CompiledGroup {
  const faults: Fault[] = [];
  const named: { readonly path: string; readonly source: Source }[] = [];
  for (const file of files) {
    const { path } = file;
    const source = sourceOf(file);
    faults.push(...source.faults);
    // One without a value has told its faults.
    if (path.startsWith(ownFolder) || source.value === undefined) continue;
    const findings = idFindings(path, source.value);
    faults.push(...findings.map(source.fault));
    group.sources.set(path, findings.length === 0 ? source : undefined);
    if (findings.length === 0) named.push({ path, source });
  }
  const store = schemaStore(id => {
    const path = schemaPath(id);
    if (path === undefined || path.startsWith(ownFolder)) return undefined;
    const holder = [group, ...above].find(({ sources }) => sources.has(path));
    if (holder !== undefined) return holder.sources.get(path);
    const file = all.get(path);
    const source = file && sourceOf(file);
    const usable = source?.value !== undefined && idFindings(path, source.value).length === 0 ? source : undefined;
    group.sources.set(path, usable);
    return usable;
  });
  const lintOf = (id: string): Linted => {
    const known = [group, ...above].find(({ linted }) => linted.has(id))?.linted.get(id);
    if (known !== undefined) return known;
    const source = store.get(id);
    if (source === undefined) throw new Error(`no schema ${id}`);
    const found = lintSchema({ schema: source.value as Schema, source, pointer: '', base: id }, store);
    group.linted.set(id, found);
    return found;
  };
  const compile = compiler(store, lintOf, compilers, plainSchemas(store, judges));
  const byPath = new Map<string, CompiledFile>();
  for (const { path, source } of named) {
    const { compiled, findings } = compile(source);
    faults.push(...findings.map(source.fault));
    if (compiled !== undefined) byPath.set(path, compiled);
  }
  const own = new Set(files.map(({ path }) => path));
  const closures = [...byPath.values()].flatMap(({ closure }) =>
    closure.map(({ $id }) => schemaPath(String($id)) ?? ''),
  );
  return { byPath, store, faults, refersTo: new Set(closures.filter(path => !own.has(path))) };
}

/** Schemas of Stile's own config: no contract may refer to them. */
const ownFolder = 'stile/';

const idOf = ({ value }: Source): string => String((value as Schema).$id);

interface Compiled {
  /** Absent where it does not compile, or refers to what does not. */
  readonly compiled?: CompiledFile;
  readonly findings: readonly Finding[];
}

/** Compiles files of the store; what several of them share is worked out once. */
function compiler(
  store: SchemaStore,
  lintOf: (id: string) => Linted,
  compilers: Compilers,
  judgeOf: PlainSchemas,
): (source: Source) => Compiled {
  return source => {
    const schema = source.value as Schema;
    const id = idOf(source);
    const { findings, exemplified } = lintOf(id);
    const ids = closureOf(id, lintOf);
    if (ids.some(each => lintOf(each).findings.length > 0)) return { findings };
    const closure = ids.map(each => store.get(each)?.value).filter(isSchema);
    const place: Place = { schema, source, pointer: '', base: id };
    const validators = validatorsOf(compilers, closure);
    try {
      // A plain schema surely compiles, so that this can wait until the first exchange needs it.
      if (judgeOf(place) === undefined) validators.thorough();
      const wrong = exemplified.flatMap(pointer =>
        examplesPass(place, pointer, judgeOf)
          ? []
          : exampleFindings(compilers.thorough.ajv, id, schema, pointer, closure),
      );
      return { compiled: { source, id, schema, closure, validators }, findings: wrong };
    } catch (cause) {
      return { findings: [notCompiled(cause)] };
    }
  };
}

function examplesPass(place: Place, pointer: string, judgeOf: PlainSchemas): boolean {
  const schema = valueAt(place.schema, pointer);
  const judge = isSchema(schema) ? judgeOf({ ...place, schema, pointer }) : undefined;
  return judge !== undefined && isSchema(schema) && [schema.examples ?? []].flat().every(judge);
}

function closureOf(id: string, lintOf: (id: string) => Linted, seen = new Set<string>()): string[] {
  if (seen.has(id)) return [];
  seen.add(id);
  return [id, ...[...lintOf(id).refersTo].flatMap(each => closureOf(each, lintOf, seen))];
}

/** The file's `$id` ends with its path, so that relative references mean the same in the file tree and in `$id`s. */
function idFindings(path: string, schema: unknown): Finding[] {
  if (!isSchema(schema)) {
    return [
      {
        rule: rule.contractInvalid,
        pointer: '',
        message: { zh: '这不是一个模式', en: 'this is no schema' },
        fix: { zh: '写成 JSON 对象', en: 'write a JSON object' },
      },
    ];
  }
  const right = schemaId(path);
  if (schema.$id === right) return [];
  return [
    {
      rule: rule.contractId,
      pointer: '/$id',
      message: { zh: '$id 与文件路径不符', en: "the $id does not follow from the file's path" },
      fix: { zh: `写 "$id": "${right}"`, en: `write "$id": "${right}"` },
    },
  ];
}

/** Ajv's own words are kept, as they speak of the schema and never of data; most end with the place. */
function notCompiled(cause: unknown): Finding {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const [, place = ''] = /#(\/[^"]*)"/.exec(reason) ?? [];
  const said = reason.replace(/^strict mode: /, '').replace(/ at "[^"]*".*$/, '');
  return {
    rule: rule.contractInvalid,
    pointer: decodeURIComponent(place),
    message: { zh: `模式无法编译：${said}`, en: `the schema does not compile: ${said}` },
    fix: { zh: '改成严格的 JSON Schema 2020-12', en: 'make it strict JSON Schema 2020-12' },
  };
}

function exampleFindings(
  ajv: Ajv2020,
  id: string,
  whole: Schema,
  pointer: string,
  referred: readonly Schema[],
): Finding[] {
  const validate = required(ajv, pointer === '' ? id : `${id}#${encodeURI(pointer)}`, referred);
  const schema = valueAt(whole, pointer);
  const examples = isSchema(schema) && Array.isArray(schema.examples) ? schema.examples : [];
  return examples.flatMap((example, index) => {
    if (validate(example)) return [];
    return violations(validate.errors ?? []).map(violation => ({
      rule: rule.contractExample,
      pointer: below(pointer, 'examples', index) + violation.pointer,
      message: { zh: `示例不符：${violation.message.zh}`, en: `the example does not fit: ${violation.message.en}` },
      fix: { zh: '改示例，或改模式', en: 'mend the example or the schema' },
    }));
  });
}
