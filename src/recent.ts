/** What was made lately stays at hand, and what was not asked for in a long while is made again. */

export interface Recent<Key extends object, Value> {
  get(key: Key): Value;
  /** What is at hand; undefined where it would have to be made. */
  find(key: Key): Value | undefined;
  /** Puts the value at hand that `get` would make, where somebody has it already. */
  keep(key: Key, value: Value): void;
}

/**
 * Makes a value for a key once, and again where others came between.
 *
 * @param least how many of the last keys asked for are surely at hand; at most twice as many are
 */
export function recent<Key extends object, Value>(least: number, make: (key: Key) => Value): Recent<Key, Value> {
  let young = new Map<Key, Value>();
  let old = new Map<Key, Value>();
  function keep(key: Key, value: Value): void {
    young.set(key, value);
    if (young.size < least) return;
    old = young;
    young = new Map();
  }
  function find(key: Key): Value | undefined {
    const known = young.get(key);
    if (known !== undefined) return known;
    const before = old.get(key);
    if (before !== undefined) keep(key, before);
    return before;
  }
  return {
    keep,
    find,
    get(key) {
      const known = find(key);
      if (known !== undefined) return known;
      const value = make(key);
      keep(key, value);
      return value;
    },
  };
}
