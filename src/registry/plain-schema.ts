/**
 * Knows schemas so plain that they surely compile, and judges values by them without compiling: most contracts are, and compiling
 * some ten thousand takes a minute. Whatever is not plain is left to the compiler, and so is telling what is wrong with a value.
 */
import { formats } from './formats.js';
import { ownKeywords, rootKeywords } from './schema-keywords.js';
import { annotations } from './schema-meaning.js';
import { isSchema, type Place, type Schema, type SchemaStore } from './schema-store.js';

/** Whether a value passes. */
export type Judge = (value: unknown) => boolean;

/** @returns the judge of a schema that passed the lint, or undefined where it is not plain */
export type PlainSchemas = (place: Place) => Judge | undefined;

/** Keywords of plain schemas by type, besides those of all. */
const keywordsOf: Readonly<Record<string, ReadonlySet<string>>> = {
  string: new Set(['minLength', 'maxLength', 'format', 'pattern']),
  number: new Set(['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum']),
  integer: new Set(['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum']),
  boolean: new Set(),
  object: new Set(['properties', 'required', 'additionalProperties']),
  array: new Set(['items', 'minItems', 'maxItems']),
};
const ofAnyScalar = new Set(['enum', 'const']);
const silent = new Set([...annotations, ...ownKeywords.keys(), ...rootKeywords]);

/** Judges by the schema; undefined of one that is not plain. */
export type KnownJudges = WeakMap<Schema, { readonly judge: Judge | undefined }>;

/** @param known judges are kept for what several schemas refer to */
export function plainSchemas(store: SchemaStore, known: KnownJudges = new WeakMap()): PlainSchemas {
  const judgeOf: PlainSchemas = place => {
    const { schema } = place;
    const before = known.get(schema);
    if (before !== undefined) return before.judge;
    // What refers to itself finds nothing here, and so is not plain.
    known.set(schema, { judge: undefined });
    const judge = typeof schema.$ref === 'string' ? ofReference(place) : ofType(place);
    known.set(schema, { judge });
    return judge;
  };
  const ofReference = (place: Place): Judge | undefined => {
    if ('type' in place.schema || !onlyHas(place.schema, new Set(['$ref']))) return undefined;
    const target = store.resolve(String(place.schema.$ref), place);
    return target === undefined ? undefined : judgeOf(target);
  };
  const ofType = (place: Place): Judge | undefined => {
    const { type } = place.schema;
    if (type === 'object') return ofObject(place);
    if (type === 'array') return ofArray(place);
    return ofScalar(place.schema);
  };
  const ofObject = (place: Place): Judge | undefined => {
    const { properties = {}, required = [], additionalProperties = true } = place.schema;
    if (!onlyHas(place.schema, keywordsOf.object) || typeof additionalProperties !== 'boolean') return undefined;
    if (!isSchema(properties) || !Array.isArray(required)) return undefined;
    const members = new Map<string, Judge>();
    for (const [name, schema] of Object.entries(properties)) {
      const judge = isSchema(schema) ? judgeOf({ ...place, schema }) : undefined;
      if (judge === undefined || name === '__proto__') return undefined;
      members.set(name, judge);
    }
    if (!required.every(name => members.has(name))) return undefined;
    return value =>
      isSchema(value) &&
      required.every(name => Object.hasOwn(value, name)) &&
      Object.entries(value).every(([name, held]) => members.get(name)?.(held) ?? additionalProperties);
  };
  const ofArray = (place: Place): Judge | undefined => {
    const { items, minItems = 0, maxItems = Number.POSITIVE_INFINITY } = place.schema;
    if (!onlyHas(place.schema, keywordsOf.array) || !isSchema(items)) return undefined;
    const judge = judgeOf({ ...place, schema: items });
    if (judge === undefined) return undefined;
    const fits = (count: number) => count >= Number(minItems) && count <= Number(maxItems);
    return value => Array.isArray(value) && fits(value.length) && value.every(judge);
  };
  return judgeOf;
}

const onlyHas = (schema: Schema, keywords: ReadonlySet<string> | undefined): boolean =>
  Object.keys(schema).every(keyword => keyword === 'type' || keywords?.has(keyword) || silent.has(keyword));

/** A listed value needs no type; all else does. */
function ofScalar(schema: Schema): Judge | undefined {
  const { type, const: only } = schema;
  const listed = 'const' in schema ? [only] : schema.enum;
  const isOfType = type === undefined ? () => Array.isArray(listed) : typeJudges[String(type)];
  const own = keywordsOf[String(type)] ?? new Set<string>();
  if (isOfType === undefined || (type === undefined && !Array.isArray(listed))) return undefined;
  if (!onlyHas(schema, new Set([...own, ...ofAnyScalar])) || ('const' in schema && 'enum' in schema)) return undefined;
  if (Array.isArray(listed) && listed.some(item => typeof item === 'object')) return undefined;
  const bounds = boundsOf(schema);
  return value =>
    isOfType(value) && (!Array.isArray(listed) || listed.includes(value)) && bounds.every(fits => fits(value));
}

const typeJudges: Readonly<Record<string, Judge>> = {
  string: value => typeof value === 'string',
  number: value => typeof value === 'number' && Number.isFinite(value),
  integer: value => Number.isInteger(value),
  boolean: value => typeof value === 'boolean',
};

function boundsOf(schema: Schema): Judge[] {
  const judges: Judge[] = [];
  const bound = (
    keyword: string,
    measure: (value: unknown) => number,
    fits: (size: number, limit: number) => boolean,
  ) => {
    if (keyword in schema) judges.push(value => fits(measure(value), Number(schema[keyword])));
  };
  const characters = (value: unknown) => [...String(value)].length;
  bound('minLength', characters, (size, limit) => size >= limit);
  bound('maxLength', characters, (size, limit) => size <= limit);
  bound('minimum', Number, (size, limit) => size >= limit);
  bound('maximum', Number, (size, limit) => size <= limit);
  bound('exclusiveMinimum', Number, (size, limit) => size > limit);
  bound('exclusiveMaximum', Number, (size, limit) => size < limit);
  const { format, pattern } = schema;
  if (typeof format === 'string') judges.push(value => formats[format]?.(String(value)) === true);
  if (typeof pattern === 'string') {
    const expression = new RegExp(pattern, 'u');
    judges.push(value => expression.test(String(value)));
  }
  return judges;
}
