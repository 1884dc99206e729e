/** Compiles schemas into what checks values by them: when it is asked for, and once for those that say the same. */
import { createHash } from 'node:crypto';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { formats } from './formats.js';
import { ownKeywords } from './schema-keywords.js';
import type { Schema } from './schema-store.js';

export interface Validators {
  /** For the hot path: stops at the first error, tells nothing. */
  quick(): ValidateFunction;
  /** For telling what is wrong: all errors, with the schema beside each. */
  thorough(): ValidateFunction;
}

/** What the schema says, whatever it is called: references to the file itself are the same wherever it lies. */
const wordsOf = (schema: Schema): string =>
  JSON.stringify(schema, (key, held: unknown) => {
    if (key === '$id') return undefined;
    const isNear = typeof held !== 'string' || held.startsWith('#');
    return key === '$ref' && !isNear ? new URL(held, String(schema.$id)).href : held;
  });

interface Compiler {
  readonly ajv: Ajv2020;
  /** What it compiled and somebody still uses, by the digest of its words. */
  readonly known: Map<string, WeakRef<ValidateFunction>>;
}

/** One pair for all schemas that refer to the same shared ones. */
export interface Compilers {
  readonly quick: Compiler;
  readonly thorough: Compiler;
}

export const openCompilers = (): Compilers => ({ quick: openCompiler(false), thorough: openCompiler(true) });

/**
 * Compiles when asked to.
 *
 * @param closure the schemas that are referred to, the one to be compiled first
 * @param passing those that the compilers are not to keep, as another may come under their `$id`
 */
export function validatorsOf(
  { quick, thorough }: Compilers,
  closure: readonly Schema[],
  passing: readonly Schema[] = [],
): Validators {
  const made: { quick?: ValidateFunction; thorough?: ValidateFunction } = {};
  return {
    quick() {
      made.quick ??= validatorOf(quick, closure, passing);
      return made.quick;
    },
    thorough() {
      made.thorough ??= validatorOf(thorough, closure, passing);
      return made.thorough;
    },
  };
}

function validatorOf(
  { ajv, known }: Compiler,
  closure: readonly Schema[],
  passing: readonly Schema[],
): ValidateFunction {
  const [schema] = closure;
  if (schema === undefined) throw new Error('no schema to compile');
  const words = createHash('sha256').update(wordsOf(schema));
  for (const each of passing) if (each !== schema) words.update(`${each.$id} ${wordsOf(each)}`);
  const digest = words.digest('base64');
  const before = known.get(digest)?.deref();
  if (before !== undefined) return before;
  try {
    const validate = required(ajv, String(schema.$id), closure);
    known.set(digest, new WeakRef(validate));
    return validate;
  } finally {
    for (const { $id } of passing) ajv.removeSchema(String($id));
  }
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
export function required(ajv: Ajv2020, reference: string, referred: readonly Schema[]): ValidateFunction {
  for (const schema of referred) {
    const id = String(schema.$id);
    if (ajv.schemas[id] === undefined && ajv.refs[id] === undefined) ajv.addSchema(schema, id, undefined, false);
  }
  const validate = ajv.getSchema(reference);
  if (validate === undefined) throw new Error(`no schema ${reference}`);
  return validate;
}
