/** What is known of a value once it has passed some schemas: its types, its bounds, its members, its items. */
import { isSchema, type Schema } from '../schema-store.js';

/** A schema of 2020-12: `false` passes nothing. What always passes is no schema at all. */
export type Known = Schema | false;

/** The types of JSON Schema, numbers parted in two: an integer passes `number`, a fraction no `integer`. */
export const everyType = ['null', 'boolean', 'integer', 'fraction', 'string', 'array', 'object'] as const;
export type Type = (typeof everyType)[number];

/** The schema and all that `allOf` says besides it. */
export function flat(schema: unknown): Known[] {
  if (schema === false) return [false];
  if (!isSchema(schema)) return [];
  return [schema, ...listed(schema, 'allOf').flatMap(flat)];
}

/** The schemas of a keyword that holds a list of them. */
export function listed(schema: Schema, keyword: string): readonly unknown[] {
  const held = schema[keyword];
  return Array.isArray(held) ? held : [];
}

/** The schemas by name of a keyword that holds a map of them. */
export function mapped(schema: Schema, keyword: string): Readonly<Record<string, unknown>> {
  const held = schema[keyword];
  return isSchema(held) ? held : {};
}

/** The types that may pass all of them. */
export function typesOf(known: readonly Known[]): ReadonlySet<Type> {
  let types = new Set<Type>(everyType);
  for (const schema of known) {
    const its = typesOfOne(schema);
    types = new Set([...types].filter(type => its.has(type)));
  }
  return types;
}

/** Asked of the same schemas again and again; no schema changes. */
const typesKnown = new WeakMap<Schema, ReadonlySet<Type>>();

function typesOfOne(schema: Known): ReadonlySet<Type> {
  if (schema === false) return new Set();
  const types = typesKnown.get(schema) ?? readTypes(schema);
  typesKnown.set(schema, types);
  return types;
}

function readTypes(schema: Schema): ReadonlySet<Type> {
  let types = new Set<Type>('type' in schema ? [schema.type].flat().flatMap(typesNamed) : everyType);
  if (isSchema(schema.not) && Object.keys(schema.not).join() === 'type') {
    const others = new Set([schema.not.type].flat().flatMap(typesNamed));
    types = new Set([...types].filter(type => !others.has(type)));
  }
  const values = valuesOf(schema);
  if (values !== undefined) types = new Set(values.map(typeOf).filter(type => types.has(type)));
  for (const keyword of ['anyOf', 'oneOf']) {
    const branches = listed(schema, keyword);
    if (branches.length === 0) continue;
    const either = new Set(branches.flatMap(branch => [...typesOf(flat(branch))]));
    types = new Set([...types].filter(type => either.has(type)));
  }
  return types;
}

const typesNamed = (name: unknown): Type[] =>
  name === 'number' ? ['integer', 'fraction'] : everyType.filter(type => type === name);

/** The type of a value that JSON can hold. */
export function typeOf(value: unknown): Type {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'fraction';
  if (typeof value === 'boolean') return 'boolean';
  return typeof value === 'string' ? 'string' : 'object';
}

/** The values that the schema lists. */
function valuesOf(schema: Schema): readonly unknown[] | undefined {
  if ('const' in schema) return [schema.const];
  return Array.isArray(schema.enum) ? schema.enum : undefined;
}

/** The values that may pass, where they can be counted up. */
export function countable(known: readonly Known[]): readonly unknown[] | undefined {
  for (const schema of known) {
    const values = schema === false ? [] : valuesOf(schema);
    if (values !== undefined) return values;
  }
  const types = typesOf(known);
  if ([...types].some(type => type !== 'null' && type !== 'boolean')) return undefined;
  return [...types].flatMap(type => (type === 'null' ? [null] : [true, false]));
}

/** All numbers that a keyword gives. */
export const numbers = (known: readonly Known[], keyword: string): number[] =>
  known.flatMap(schema => {
    const held = schema === false ? undefined : schema[keyword];
    return typeof held === 'number' ? [held] : [];
  });

/** What is known of the member with the name. */
export function memberOf(known: readonly Known[], name: string): Known[] {
  return known.flatMap(schema => {
    if (schema === false) return [false];
    const named = Object.hasOwn(mapped(schema, 'properties'), name) ? [mapped(schema, 'properties')[name]] : [];
    const patterned = Object.entries(mapped(schema, 'patternProperties')).flatMap(([pattern, held]) =>
      matches(pattern, name) ? [held] : [],
    );
    const found = [...named, ...patterned];
    if (found.length === 0 && 'additionalProperties' in schema) found.push(schema.additionalProperties);
    if ('unevaluatedProperties' in schema && evaluated(schema)?.has(name) === false) {
      found.push(schema.unevaluatedProperties);
    }
    return found.flatMap(flat);
  });
}

/** What is known of a member that no schema names. */
export const otherMember = (known: readonly Known[]): Known[] =>
  known.flatMap(schema => (schema === false || 'patternProperties' in schema ? [] : flat(schema.additionalProperties)));

/** Whether a member's name matches the pattern, read as Ajv reads it. */
export const matches = (pattern: string, name: string): boolean => new RegExp(pattern, 'u').test(name);

/** The names a member may have; undefined when there is no end to them. */
export function namesOf(known: readonly Known[]): ReadonlySet<string> | undefined {
  const closings = known.flatMap(schema => closing(schema) ?? []);
  const [first, ...rest] = closings;
  return first && new Set([...first].filter(name => rest.every(each => each.has(name))));
}

function closing(schema: Known): ReadonlySet<string> | undefined {
  if (schema === false) return undefined;
  if (schema.additionalProperties === false && !('patternProperties' in schema)) {
    return new Set(Object.keys(mapped(schema, 'properties')));
  }
  return schema.unevaluatedProperties === false ? evaluated(schema) : undefined;
}

const perhaps = ['allOf', 'anyOf', 'oneOf'];
const conditional = ['if', 'then', 'else'];

/** Names of members that the schema or one that applies beside it may speak of; undefined when it may speak of any. */
export function evaluated(schema: unknown, own = true): ReadonlySet<string> | undefined {
  if (!isSchema(schema)) return new Set();
  if ('patternProperties' in schema) return undefined;
  if ('additionalProperties' in schema && schema.additionalProperties !== false) return undefined;
  if (!own && 'unevaluatedProperties' in schema && schema.unevaluatedProperties !== false) return undefined;
  const names = new Set(Object.keys(mapped(schema, 'properties')));
  const branches = [...perhaps.flatMap(each => listed(schema, each)), ...conditional.map(each => schema[each])];
  for (const branch of branches) {
    const within = evaluated(branch, false);
    if (within === undefined) return undefined;
    for (const name of within) names.add(name);
  }
  return names;
}

/** Names of members that are there whatever passes. */
export const requiredOf = (known: readonly Known[]): ReadonlySet<string> =>
  new Set(known.flatMap(schema => (schema === false ? [] : listed(schema, 'required').map(String))));

/** What is known of the item at the index. */
export const itemAt = (known: readonly Known[], index: number): Known[] =>
  known.flatMap(schema => {
    if (schema === false) return [false];
    const placed = listed(schema, 'prefixItems');
    return flat(index < placed.length ? placed[index] : schema.items);
  });

/** How many items there may be. */
export const mostItems = (known: readonly Known[]): number =>
  Math.min(
    ...numbers(known, 'maxItems'),
    ...known.flatMap(schema =>
      schema !== false && schema.items === false ? [listed(schema, 'prefixItems').length] : [],
    ),
  );

/** How many items have a schema of their own. */
export const placedItems = (known: readonly Known[]): number =>
  Math.max(0, ...known.map(schema => (schema === false ? 0 : listed(schema, 'prefixItems').length)));
