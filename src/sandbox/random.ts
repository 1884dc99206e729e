/** A small generator of pseudo-random numbers, so that the fictitious residents are the same on every machine. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number;
  /** One of the items, each as likely. */
  pick<T>(items: readonly T[]): T;
  /** True in this share of the cases. */
  chance(share: number): boolean;
}

/** Mulberry32: 32 bits of state, a period of 2^32, and enough for names and birthdays. Not for secrets. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    between,
    pick: items => items[between(0, items.length - 1)] as (typeof items)[number],
    chance: share => next() < share,
  };
}
