/** Freezing all the way down, so that no part can change what another reads. */

/** What is frozen all the way down, or is about to be. */
const frozen = new WeakSet<object>();

/** Freezes the value and everything it holds; a map's mutators are taken away, as freezing alone leaves its entries open. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || frozen.has(value)) return value;
  frozen.add(value);
  if (value instanceof Map) {
    for (const [key, held] of value) {
      deepFreeze(key);
      deepFreeze(held);
    }
    for (const mutator of ['set', 'delete', 'clear'] as const) {
      Object.defineProperty(value, mutator, { value: refuseChange });
    }
  } else {
    for (const held of Object.values(value)) deepFreeze(held);
  }
  return Object.freeze(value);
}

function refuseChange(): never {
  throw new TypeError('the registry is frozen');
}
