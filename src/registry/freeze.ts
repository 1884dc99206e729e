/** Freezing all the way down, so that no part can change what another reads. */

/** Freezes the value and everything it holds; a map's mutators are taken away, as freezing alone leaves its entries open. */
export function deepFreeze<T>(value: T, seen = new Set<unknown>()): T {
  if (typeof value !== 'object' || value === null || seen.has(value)) return value;
  seen.add(value);
  if (value instanceof Map) {
    for (const [key, held] of value) {
      deepFreeze(key, seen);
      deepFreeze(held, seen);
    }
    for (const mutator of ['set', 'delete', 'clear'] as const) {
      Object.defineProperty(value, mutator, { value: refuseChange });
    }
  } else {
    for (const held of Object.values(value)) deepFreeze(held, seen);
  }
  return Object.freeze(value);
}

function refuseChange(): never {
  throw new TypeError('the registry is frozen');
}
