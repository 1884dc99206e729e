/** Follows a schema through `$ref` and the keywords that combine schemas: all that applies to one place of a value. */
import { below } from './fault.js';
import { isSchema, type Place, type Schema, type SchemaStore } from './schema-store.js';

/** The schema itself and all that applies in the same place: through `$ref`, allOf and the conditional keywords. */
export function appliedTo(place: Place, store: SchemaStore, seen = new Set<unknown>()): Place[] {
  if (seen.has(place.schema)) return [];
  seen.add(place.schema);
  return [place, ...branches(place, store).flatMap(branch => appliedTo(branch, store, seen))];
}

function referred(place: Place, store: SchemaStore): Place[] {
  const { $ref } = place.schema;
  const target = typeof $ref === 'string' ? store.resolve($ref, place) : undefined;
  return target === undefined ? [] : [target];
}

function branches(place: Place, store: SchemaStore): Place[] {
  const perhaps = [
    ...(['anyOf', 'oneOf'] as const).flatMap(keyword => listed(place, keyword)),
    ...(['then', 'else'] as const).flatMap(keyword => single(place, keyword)),
  ];
  return [
    ...referred(place, store),
    ...listed(place, 'allOf'),
    ...perhaps.map(branch => ({ ...branch, conditional: true })),
  ];
}

/**
 * Whether whatever passes the places, which say something of the same value, has passed a schema with the property:
 * one of those that always apply, or each of the alternatives.
 */
export function demands(places: readonly Place[], store: SchemaStore, property: (schema: Schema) => boolean): boolean {
  const sure = places.filter(place => place.conditional !== true);
  if (sure.length > 0) return some(sure, store, property, new Set());
  return places.every(place => some([place], store, property, new Set()));
}

function some(
  places: readonly Place[],
  store: SchemaStore,
  property: (schema: Schema) => boolean,
  seen: ReadonlySet<unknown>,
): boolean {
  return places.some(place => {
    if (seen.has(place.schema)) return false;
    if (property(place.schema)) return true;
    const within = new Set(seen).add(place.schema);
    if (some([...referred(place, store), ...listed(place, 'allOf')], store, property, within)) return true;
    return (['anyOf', 'oneOf'] as const).some(keyword => {
      const alternatives = listed(place, keyword);
      return alternatives.length > 0 && alternatives.every(each => some([each], store, property, within));
    });
  });
}

/** Every member the schemas name, each with all that is said of it. */
export function membersOf(applied: readonly Place[]): Map<string, Place[]> {
  const found = new Map<string, Place[]>();
  for (const place of applied) {
    for (const [name, member] of named(place, 'properties')) found.set(name, [...(found.get(name) ?? []), member]);
  }
  return found;
}

/** What is said of an array's items. */
export const itemsOf = (place: Place): Place[] => [...single(place, 'items'), ...listed(place, 'prefixItems')];

function single(place: Place, keyword: string): Place[] {
  const schema = place.schema[keyword];
  return isSchema(schema) ? [{ ...place, schema, pointer: below(place.pointer, keyword) }] : [];
}

function listed(place: Place, keyword: string): Place[] {
  const schemas = place.schema[keyword];
  if (!Array.isArray(schemas)) return [];
  return schemas.flatMap((schema, index) =>
    isSchema(schema) ? [{ ...place, schema, pointer: below(place.pointer, keyword, index) }] : [],
  );
}

function named(place: Place, keyword: string): [string, Place][] {
  const schemas = place.schema[keyword];
  if (!isSchema(schemas)) return [];
  return Object.entries(schemas).flatMap(([name, schema]): [string, Place][] =>
    isSchema(schema) ? [[name, { ...place, schema, pointer: below(place.pointer, keyword, name) }]] : [],
  );
}
