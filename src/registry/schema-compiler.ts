/** Compiles every schema file of schemas/ but Stile's own, and holds each to its examples. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { below, type Fault, type Finding, rule, valueAt } from './fault.js';
import type { SchemaFile } from './files.js';
import { formats } from './formats.js';
import { type PlainSchemas, plainSchemas } from './plain-schema.js';
import { ownKeywords } from './schema-keywords.js';
import { type Linted, lintSchema } from './schema-lint.js';
import { isSchema, type Place, type Schema, type SchemaStore, schemaStore } from './schema-store.js';
import { inSlices } from './slices.js';
import type { Source } from './source.js';
import { violations } from './violation.js';

export interface CompiledFile {
  readonly source: Source;
  readonly id: string;
  readonly schema: Schema;
  /** The files it refers to, itself first. */
  readonly closure: readonly Source[];
  /** Compiled when they are first asked for; files that say the same share them. */
  readonly validators: Validators;
}

export interface Validators {
  /** For the hot path: stops at the first error, tells nothing. */
  quick(): ValidateFunction;
  /** For telling what is wrong: all errors, with the schema beside each. */
  thorough(): ValidateFunction;
}

export interface CompiledSchemas {
  /** By path within the schemas folder; only those without faults, theirs or of what they refer to. */
  readonly byPath: ReadonlyMap<string, CompiledFile>;
  readonly store: SchemaStore;
  readonly faults: readonly Fault[];
}

/** Compiles the files; those under stile/ are left to the check of config. */
export async function compileSchemas(files: readonly SchemaFile[]): Promise<CompiledSchemas> {
  const faults: Fault[] = [];
  const named: SchemaFile[] = [];
  await inSlices(files, file => {
    const { path, source } = file;
    // One without a value has told its faults.
    if (path.startsWith('stile/') || source.value === undefined) return;
    const findings = idFindings(path, source.value);
    faults.push(...findings.map(source.fault));
    if (findings.length === 0) named.push(file);
  });
  const store = schemaStore(named.map(({ source }) => source));
  const compile = compiler(store);
  const byPath = new Map<string, CompiledFile>();
  await inSlices(named, ({ path, source }) => {
    const known = compiledFiles.get(source);
    if (known?.closure.every(each => store.byId.get(idOf(each)) === each)) {
      byPath.set(path, known);
      return;
    }
    const { compiled, findings } = compile(source);
    faults.push(...findings.map(source.fault));
    if (compiled === undefined) return;
    byPath.set(path, compiled);
    if (findings.length === 0) compiledFiles.set(source, compiled);
  });
  return { byPath, store, faults };
}

/** Those without a finding: good as long as the files they refer to are the same. */
const compiledFiles = new WeakMap<Source, CompiledFile>();

const idOf = ({ value }: Source): string => String((value as Schema).$id);

interface Compiled {
  /** Absent where it does not compile, or refers to what does not. */
  readonly compiled?: CompiledFile;
  readonly findings: readonly Finding[];
}

/** Compiles files of the store; what several of them share is worked out once. */
function compiler(store: SchemaStore): (source: Source) => Compiled {
  const linted = new Map<string, Linted>();
  const lintOf = (id: string): Linted => {
    const source = store.byId.get(id);
    if (source === undefined) throw new Error(`no schema ${id}`);
    const found =
      linted.get(id) ?? lintSchema({ schema: source.value as Schema, source, pointer: '', base: id }, store);
    linted.set(id, found);
    return found;
  };
  const compilers = { quick: openCompiler(false), thorough: openCompiler(true) };
  const judgeOf = plainSchemas(store);
  return source => {
    const schema = source.value as Schema;
    const id = idOf(source);
    const { findings, exemplified } = lintOf(id);
    const ids = closureOf(id, lintOf);
    if (ids.some(each => lintOf(each).findings.length > 0)) return { findings };
    const closure = ids.flatMap(each => store.byId.get(each) ?? []);
    const place: Place = { schema, source, pointer: '', base: id };
    const validators = lazily(compilers, id, closure);
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

/** What the schema says, whatever it is called: references to the file itself are the same wherever it lies. */
const wordsOf = (schema: Schema, id: string): string =>
  JSON.stringify(schema, (key, held: unknown) => {
    if (key === '$id') return undefined;
    return key === '$ref' && typeof held === 'string' && !held.startsWith('#') ? new URL(held, id).href : held;
  });

interface Compiler {
  readonly ajv: Ajv2020;
  /** What it compiled, by its words. */
  readonly known: Map<string, ValidateFunction>;
}

function lazily(
  { quick, thorough }: Readonly<Record<'quick' | 'thorough', Compiler>>,
  id: string,
  referred: readonly Source[],
): Validators {
  const made: { quick?: ValidateFunction; thorough?: ValidateFunction } = {};
  return {
    quick() {
      made.quick ??= validatorOf(quick, id, referred);
      return made.quick;
    },
    thorough() {
      made.thorough ??= validatorOf(thorough, id, referred);
      return made.thorough;
    },
  };
}

function validatorOf({ ajv, known }: Compiler, id: string, referred: readonly Source[]): ValidateFunction {
  const words = wordsOf(referred[0]?.value as Schema, id);
  const validate = known.get(words) ?? required(ajv, id, referred);
  known.set(words, validate);
  return validate;
}

function examplesPass(place: Place, pointer: string, judgeOf: PlainSchemas): boolean {
  const schema = valueAt(place.schema, pointer);
  const judge = isSchema(schema) ? judgeOf({ ...place, schema, pointer }) : undefined;
  return judge !== undefined && isSchema(schema) && [schema.examples ?? []].flat().every(judge);
}

function openCompiler(thorough: boolean): Compiler {
  const ajv = new Ajv2020({
    strict: true,
    allowUnionTypes: true,
    allErrors: thorough,
    verbose: thorough,
    messages: false,
    formats,
    logger: false,
  });
  for (const keyword of ownKeywords.keys()) ajv.addKeyword(keyword);
  return { ajv, known: new Map() };
}

/** @param referred what the schema refers to, itself included: handed to the compiler when it is first needed */
function required(ajv: Ajv2020, reference: string, referred: readonly Source[]): ValidateFunction {
  for (const source of referred) {
    const id = idOf(source);
    if (ajv.schemas[id] === undefined && ajv.refs[id] === undefined) {
      ajv.addSchema(source.value as Schema, id, undefined, false);
    }
  }
  const validate = ajv.getSchema(reference);
  if (validate === undefined) throw new Error(`no schema ${reference}`);
  return validate;
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
  const right = `https://stile.example/schemas/${path}`;
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
  referred: readonly Source[],
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
