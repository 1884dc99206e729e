/**
 * Whether a value has the shape that a schema of Stile's own asks for. Ajv says what is wrong with one that has not, and is asked only
 * then: to compile the schemas of config takes it longer than all the rest of a start.
 */
import { isDeepStrictEqual } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { shippedAdapters } from './adapter-kinds.js';
import { formats } from './formats.js';
import { holdsReference, isReference } from './reference.js';
import { dialect } from './schema-keywords.js';
import { annotations } from './schema-meaning.js';
import { isSchema, referred, type Schema } from './schema-store.js';
import type { Strings } from './shape.js';

/** @param kept absent below a condition, which goes by what a string says even where it still holds a reference */
type Judge = (value: unknown, kept: Strings | undefined) => boolean;

/** The schema that a keyword stands in. */
interface At {
  readonly schema: Schema;
  /** Address of its file. */
  readonly base: string;
  /** The whole file. */
  readonly root: Schema;
}

/** Where the schemas of config are taken to lie, whatever their `$id`, so that references by path lead where they do in the file tree. */
const home = 'https://stile.example/schemas/stile/';

const files = new Map<string, Schema>(
  shippedAdapters.flatMap(({ kind, settingsSchema, serviceSchema }) => [
    [`${home}adapters/${kind}-settings.json`, settingsSchema],
    [`${home}adapters/${kind}-service.json`, serviceSchema],
  ]),
);
for (const [id, meta] of Object.entries(new Ajv2020().schemas)) if (isSchema(meta?.schema)) files.set(id, meta.schema);
const addresses = new Map([...files].map(([address, schema]) => [schema, address]));

/** False also where only Ajv can tell: for lists of objects without repetition, and conditions on strings that still hold a reference. */
export function surelyFits(value: unknown, schema: Schema, kept: Strings): boolean {
  return rootJudge(schema)(value, kept);
}

/** Whether JSON Schema 2020-12 itself allows the schema; it demands no format. */
export const isSurelySchema = (schema: Schema): boolean => rootJudge(metaSchema)(schema, undefined);

const metaSchema: Schema = { $ref: dialect };

const known = new WeakMap<Schema, Judge>();

const rootJudge = (root: Schema): Judge => judgeOf(root, { schema: root, base: addresses.get(root) ?? home, root });

function judgeOf(schema: unknown, at: At): Judge {
  if (!isSchema(schema)) return () => schema !== false;
  const found = known.get(schema);
  if (found !== undefined) return found;
  const judges = Object.entries(schema).flatMap(([keyword, held]) => {
    const make = keywords[keyword];
    if (make === undefined && !silent.has(keyword)) throw new Error(`${at.base} has the unknown keyword ${keyword}`);
    return make === undefined ? [] : [make(held as never, { ...at, schema })];
  });
  const judge: Judge = (value, kept) => judges.every(fits => fits(value, kept));
  known.set(schema, judge);
  return judge;
}

const judgesOf = (schemas: Schema, at: At): Map<string, Judge> =>
  new Map(Object.entries(schemas).map(([name, schema]) => [name, judgeOf(schema, at)]));

/** Resolved when it is first needed, as a schema may refer to itself. */
function follow(reference: string, at: At): Judge {
  let target: Judge | undefined;
  return (value, kept) => {
    target ??= targetOf(reference, at);
    return target(value, kept);
  };
}

function targetOf(reference: string, { base, root }: At): Judge {
  const held = (id: string) => (id === base ? root : files.get(id));
  const target = referred(reference, base, held);
  const file = target && held(target.base);
  if (target === undefined || file === undefined) throw new Error(`${base} refers to the unknown ${reference}`);
  return judgeOf(target.schema, { ...target, root: file });
}

const isObject = isSchema;
const isScalar = (value: unknown): boolean => typeof value !== 'object' || value === null;
const sizeOf = (value: object): number => Object.keys(value).length;
const characters = (text: string): number => [...text].length;

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: value => typeof value === 'string',
  number: value => typeof value === 'number' && Number.isFinite(value),
  integer: value => Number.isInteger(value),
  boolean: value => typeof value === 'boolean',
  null: value => value === null,
  array: Array.isArray,
  object: isObject,
};

/** What judges by what a string says: of one that waits for what it refers to, nothing is demanded yet. */
const saying =
  (fits: (value: unknown) => boolean): Judge =>
  (value, kept) =>
    (kept === 'written' && holdsReference(value)) || fits(value);
const ofText = (fits: (text: string) => boolean): Judge => saying(value => typeof value !== 'string' || fits(value));
const ofNumber =
  (fits: (number: number) => boolean): Judge =>
  value =>
    typeof value !== 'number' || fits(value);
const ofList =
  (fits: (list: readonly unknown[], kept: Strings | undefined) => boolean): Judge =>
  (value, kept) =>
    !Array.isArray(value) || fits(value, kept);
const ofObject =
  (fits: (object: Schema, kept: Strings | undefined) => boolean): Judge =>
  (value, kept) =>
    !isObject(value) || fits(value, kept);

/** What a keyword comes to, by its value. */
const keywords: Readonly<Record<string, (held: never, at: At) => Judge>> = {
  $ref: follow,
  // As JSON Schema's own schemas use it: each of their parts means the whole.
  $dynamicRef: (_anchor: string, at) => follow(dialect, at),
  type: (names: string | string[]) => {
    const ofType = [names].flat().flatMap(name => types[name] ?? []);
    return value => ofType.some(is => is(value));
  },
  enum: (listed: readonly unknown[]) => saying(value => listed.some(each => isDeepStrictEqual(each, value))),
  const: (only: unknown) => saying(value => isDeepStrictEqual(only, value)),
  minLength: (least: number) => ofText(text => characters(text) >= least),
  maxLength: (most: number) => ofText(text => characters(text) <= most),
  pattern: (source: string) => {
    const expression = new RegExp(source, 'u');
    return ofText(text => expression.test(text));
  },
  format: (name: string) => ofText(text => formats[name]?.(text) !== false),
  'x-stile-secret': () => (value, kept) => kept === 'resolved' || isReference(value),
  minimum: (least: number) => ofNumber(number => number >= least),
  maximum: (most: number) => ofNumber(number => number <= most),
  exclusiveMinimum: (bound: number) => ofNumber(number => number > bound),
  exclusiveMaximum: (bound: number) => ofNumber(number => number < bound),
  minItems: (least: number) => ofList(list => list.length >= least),
  maxItems: (most: number) => ofList(list => list.length <= most),
  uniqueItems: (wanted: boolean) =>
    ofList(list => !wanted || (list.every(isScalar) && new Set(list).size === list.length)),
  items: (schema: unknown, at) => {
    const item = judgeOf(schema, at);
    return ofList((list, kept) => list.every(each => item(each, kept)));
  },
  minProperties: (least: number) => ofObject(object => sizeOf(object) >= least),
  maxProperties: (most: number) => ofObject(object => sizeOf(object) <= most),
  required: (names: readonly string[]) => ofObject(object => names.every(name => object[name] !== undefined)),
  properties: (schemas: Schema, at) => {
    const members = judgesOf(schemas, at);
    return ofObject((object, kept) =>
      Object.entries(object).every(([name, held]) => members.get(name)?.(held, kept) ?? true),
    );
  },
  additionalProperties: (schema: unknown, at) => {
    const other = judgeOf(schema, at);
    const own = new Set(Object.keys(at.schema.properties ?? {}));
    return ofObject((object, kept) =>
      Object.entries(object).every(([name, held]) => own.has(name) || other(held, kept)),
    );
  },
  propertyNames: (schema: unknown, at) => {
    const named = judgeOf(schema, at);
    return ofObject(object => Object.keys(object).every(name => named(name, undefined)));
  },
  allOf: (schemas: readonly unknown[], at) => {
    const all = schemas.map(schema => judgeOf(schema, at));
    return (value, kept) => all.every(fits => fits(value, kept));
  },
  anyOf: (schemas: readonly unknown[], at) => {
    const any = schemas.map(schema => judgeOf(schema, at));
    return value => any.some(fits => fits(value, undefined));
  },
  oneOf: (schemas: readonly unknown[], at) => {
    const each = schemas.map(schema => judgeOf(schema, at));
    return value => each.filter(fits => fits(value, undefined)).length === 1;
  },
  not: (schema: unknown, at) => {
    const forbidden = judgeOf(schema, at);
    return value => !forbidden(value, undefined);
  },
  if: (schema: unknown, at) => {
    const condition = judgeOf(schema, at);
    const [met, unmet] = [at.schema.then, at.schema.else].map(each => judgeOf(each ?? true, at));
    return (value, kept) => (condition(value, undefined) ? met : unmet)?.(value, kept) ?? true;
  },
};

/** Keywords that judge nothing by themselves. */
const silent = new Set([...annotations, '$schema', '$id', '$defs', '$vocabulary', '$dynamicAnchor', 'then', 'else']);
