/** Compiles a service's contract: request and reply, checked by our own Ajv without coercion, removal or defaults. */
import { createHash } from 'node:crypto';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { canonicalText } from '../ledger/canonical.js';
import { type PlacedFinding, walkFields } from './contract-fields.js';
import { lintSchema } from './contract-lint.js';
import { below, rule } from './fault.js';
import { formats } from './formats.js';
import type { CompiledSchema, Contract } from './registry.js';
import { isSchema, type Place, type Schema, type SchemaStore } from './schema-store.js';
import type { Source } from './source.js';
import { violations } from './violation.js';

export interface ContractCompiler {
  /** Compiles what the two files hold; without faults there is a contract. */
  compile(
    request: Source,
    reply: Source,
  ): { readonly contract?: Contract; readonly findings: readonly PlacedFinding[] };
}

const text = { type: 'string', minLength: 1 };
const keywords = [
  { keyword: 'x-title', metaSchema: { type: 'object', properties: { zh: text, en: text }, required: ['zh', 'en'] } },
  { keyword: 'x-stile-subject', metaSchema: { enum: ['asked', 'related'] } },
  { keyword: 'x-stile-identifier', metaSchema: { enum: ['resident', 'organisation'] } },
  { keyword: 'x-stile-sensitivity', metaSchema: { enum: ['public', 'internal', 'personal', 'sensitive'] } },
];

function openAjv(store: SchemaStore, allErrors: boolean): Ajv2020 {
  const ajv = new Ajv2020({
    strict: true,
    strictTypes: true,
    allowUnionTypes: true,
    allErrors,
    verbose: allErrors,
    messages: false,
    ownProperties: true,
    addUsedSchema: false,
    formats,
  });
  for (const keyword of keywords) ajv.addKeyword(keyword);
  for (const source of store.byId.values()) {
    if (isSchema(source.value)) ajv.addSchema(source.value, undefined, undefined, false);
  }
  return ajv;
}

/** A compiler over the schemas of one store. */
export function contractCompiler(store: SchemaStore): ContractCompiler {
  const hot = openAjv(store, false);
  const telling = openAjv(store, true);
  return {
    compile(request, reply) {
      const asked = compileSchema(request, store, hot, telling);
      const answered = compileSchema(reply, store, hot, telling);
      const findings = [...asked.findings, ...answered.findings];
      if (findings.length > 0 || asked.compiled === undefined || answered.compiled === undefined) return { findings };
      const [example] = asked.compiled.schema.examples as readonly unknown[];
      const schemas = { request: asked.compiled.schema, reply: answered.compiled.schema };
      const digest = createHash('sha256').update(canonicalText(schemas)).digest('hex');
      return { contract: { digest, request: asked.compiled, reply: answered.compiled, example }, findings };
    },
  };
}

interface Compiled {
  readonly compiled?: CompiledSchema;
  readonly findings: readonly PlacedFinding[];
}

function compileSchema(source: Source, store: SchemaStore, hot: Ajv2020, telling: Ajv2020): Compiled {
  if (!isSchema(source.value)) return { findings: [] };
  const schema = source.value;
  const place: Place = { schema, source, pointer: '', base: String(schema.$id) };
  const lint = lintSchema(place, store);
  if (lint.length > 0) return { findings: lint };
  const walked = walkFields(place, store);
  if (walked.findings.length > 0) return { findings: walked.findings };
  let quick: ValidateFunction;
  let thorough: ValidateFunction;
  try {
    quick = required(hot, place.base);
    thorough = required(telling, place.base);
  } catch (cause) {
    return { findings: [{ source, finding: notCompiled(cause) }] };
  }
  const check: CompiledSchema['check'] = value => {
    if (quick(value)) return null;
    thorough(value);
    return violations(thorough.errors ?? quick.errors ?? []);
  };
  const findings = exampleFindings(source, schema, thorough);
  return { compiled: { schema, check, subjects: walked.subjects, fields: walked.fields }, findings };
}

function required(ajv: Ajv2020, id: string): ValidateFunction {
  const validate = ajv.getSchema(id);
  if (validate === undefined) throw new Error(`no schema ${id}`);
  return validate;
}

/** Ajv's own words are kept: they name keywords of the schema, never data. */
const notCompiled = (cause: unknown): PlacedFinding['finding'] => ({
  rule: rule.contractInvalid,
  pointer: '',
  message: { zh: `契约无法编译：${reason(cause)}`, en: `the contract does not compile: ${reason(cause)}` },
  fix: { zh: '改成合法的 JSON Schema 2020-12', en: 'make it valid JSON Schema 2020-12' },
});

const reason = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

function exampleFindings(source: Source, schema: Schema, validate: ValidateFunction): PlacedFinding[] {
  const examples = schema.examples;
  if (!Array.isArray(examples) || examples.length === 0) {
    return [
      {
        source,
        finding: {
          rule: rule.contractExample,
          pointer: '',
          message: { zh: '没有示例', en: 'there is no example' },
          fix: { zh: '加上 examples，至少一例', en: 'add examples, one at least' },
        },
      },
    ];
  }
  return examples.flatMap((example, index) => {
    if (validate(example)) return [];
    return violations((validate.errors ?? []) as ErrorObject[]).map(violation => ({
      source,
      finding: {
        rule: rule.contractExample,
        pointer: below('/examples', index) + violation.pointer,
        message: {
          zh: `示例不符合契约：${violation.message.zh}`,
          en: `the example does not fit: ${violation.message.en}`,
        },
        fix: { zh: '改示例或改契约', en: 'mend the example or the contract' },
      },
    }));
  });
}
