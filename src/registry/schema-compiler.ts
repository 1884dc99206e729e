/** Compiles every schema file of schemas/ but Stile's own, and holds each to its examples. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { below, type Fault, type Finding, rule, valueAt } from './fault.js';
import type { SchemaFile } from './files.js';
import { formats } from './formats.js';
import { ownKeywords } from './schema-keywords.js';
import { type Linted, lintSchema } from './schema-lint.js';
import { isSchema, type Schema, type SchemaStore, schemaStore } from './schema-store.js';
import type { Source } from './source.js';
import { violations } from './violation.js';

export interface CompiledFile {
  readonly source: Source;
  readonly id: string;
  readonly schema: Schema;
  /** The files it refers to, by `$id`, itself included. */
  readonly closure: ReadonlyMap<string, Schema>;
  /** For the hot path: stops at the first error, tells nothing. */
  readonly quick: ValidateFunction;
  /** For telling what is wrong: all errors, with the schema beside each. */
  readonly thorough: ValidateFunction;
}

export interface CompiledSchemas {
  /** By path within the schemas folder; only those without faults, theirs or of what they refer to. */
  readonly byPath: ReadonlyMap<string, CompiledFile>;
  readonly store: SchemaStore;
  readonly faults: readonly Fault[];
}

/** Compiles the files; those under stile/ are left to the check of config. */
export function compileSchemas(files: readonly SchemaFile[]): CompiledSchemas {
  const faults: Fault[] = [];
  const own = files.filter(({ path }) => !path.startsWith('stile/'));
  const named = own.filter(({ path, source }) => {
    const findings = source.value === undefined ? [] : idFindings(path, source.value);
    faults.push(...findings.map(source.fault));
    return source.value !== undefined && findings.length === 0;
  });
  const store = schemaStore(named.map(({ source }) => source));
  const linted = new Map<string, Linted>();
  for (const { source } of named) {
    const schema = source.value as Schema;
    const found = lintSchema({ schema, source, pointer: '', base: String(schema.$id) }, store);
    faults.push(...found.findings.map(source.fault));
    linted.set(String(schema.$id), found);
  }
  const quick = openAjv(store, linted, false);
  const thorough = openAjv(store, linted, true);
  const byPath = new Map<string, CompiledFile>();
  for (const { path, source } of named) {
    const schema = source.value as Schema;
    const id = String(schema.$id);
    const closure = closureOf(id, linted);
    if (closure.some(each => linted.get(each)?.findings.length !== 0)) continue;
    try {
      const referred = new Map(closure.map(each => [each, store.byId.get(each)?.value as Schema]));
      const compiled = { quick: required(quick, id), thorough: required(thorough, id) };
      byPath.set(path, { source, id, schema, closure: referred, ...compiled });
      for (const pointer of linted.get(id)?.exemplified ?? []) {
        faults.push(...exampleFindings(thorough, id, schema, pointer).map(source.fault));
      }
    } catch (cause) {
      faults.push(source.fault(notCompiled(cause)));
    }
  }
  return { byPath, store, faults };
}

function openAjv(store: SchemaStore, linted: ReadonlyMap<string, Linted>, thorough: boolean): Ajv2020 {
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
  for (const [id, { value }] of store.byId) {
    if (linted.get(id)?.findings.length === 0 && isSchema(value)) ajv.addSchema(value, id, undefined, false);
  }
  return ajv;
}

function required(ajv: Ajv2020, reference: string): ValidateFunction {
  const validate = ajv.getSchema(reference);
  if (validate === undefined) throw new Error(`no schema ${reference}`);
  return validate;
}

function closureOf(id: string, linted: ReadonlyMap<string, Linted>, seen = new Set<string>()): string[] {
  if (seen.has(id)) return [];
  seen.add(id);
  return [id, ...[...(linted.get(id)?.refersTo ?? [])].flatMap(each => closureOf(each, linted, seen))];
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

function exampleFindings(ajv: Ajv2020, id: string, whole: Schema, pointer: string): Finding[] {
  const validate = required(ajv, pointer === '' ? id : `${id}#${encodeURI(pointer)}`);
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
