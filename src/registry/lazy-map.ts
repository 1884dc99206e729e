/** A map whose values are read when they are asked for. */

export interface LazyEntries<Key, Value> {
  readonly size: number;
  get(key: Key): Value | undefined;
  entries(): Iterable<[Key, Value]>;
}

/** Nothing of it is held but what gives the entries. */
export function lazyMap<Key, Value>({ size, get, entries }: LazyEntries<Key, Value>): ReadonlyMap<Key, Value> {
  const map: ReadonlyMap<Key, Value> = {
    size,
    get,
    has: key => get(key) !== undefined,
    entries: () => each(entries(), entry => entry),
    keys: () => each(entries(), ([key]) => key),
    values: () => each(entries(), ([, value]) => value),
    [Symbol.iterator]: () => map.entries(),
    forEach(told) {
      for (const [key, value] of entries()) told(value, key, map);
    },
  };
  return map;
}

function* each<Item, Made>(items: Iterable<Item>, make: (item: Item) => Made): Generator<Made, undefined> {
  for (const item of items) yield make(item);
  return undefined;
}
