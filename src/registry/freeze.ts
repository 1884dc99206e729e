/** Freezing all the way down, so that no part can change what another reads. */

/**
 * Freezes the value and everything it holds; a map's mutators are taken away, as freezing alone leaves its entries open. What is frozen
 * already is taken to be so all the way down.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (!(value instanceof Map)) {
    Object.freeze(value);
    for (const held of Object.values(value)) deepFreeze(held);
    return value;
  }
  for (const mutator of ['set', 'delete', 'clear'] as const) {
    Object.defineProperty(value, mutator, { value: refuseChange });
  }
  Object.freeze(value);
  for (const [key, held] of value) {
    deepFreeze(key);
    deepFreeze(held);
  }
  return value;
}

function refuseChange(): never {
  throw new TypeError('the registry is frozen');
}
