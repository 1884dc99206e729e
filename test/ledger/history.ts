/** A history made of a seed: what happens to three replicas and two shards, step by step, so that it can be told and run again. */

/** Which replica is meant, 0 to 2. */
type Replica = number;

export type Step = {
  /** Before the next step, milliseconds. */
  readonly pause: number;
} & (
  | { readonly does: 'append'; readonly replica: Replica; readonly count: number; readonly decided: boolean }
  | { readonly does: 'change'; readonly replica: Replica }
  | { readonly does: 'intend'; readonly replica: Replica }
  | { readonly does: 'conclude'; readonly replica: Replica }
  /** Cuts its connections. */
  | { readonly does: 'cut'; readonly replica: Replica }
  /** Cuts the one that appends next: before the server hears of it, or once it has answered. */
  | { readonly does: 'cut-before'; readonly replica: Replica }
  | { readonly does: 'cut-after'; readonly replica: Replica }
  /** Cuts it on the replica's side alone; the server hears of the append when `deliver` comes. */
  | { readonly does: 'cut-late'; readonly replica: Replica }
  | { readonly does: 'deliver' }
  /** Stops the replica short, and lets it go on. */
  | { readonly does: 'pause'; readonly replica: Replica }
  | { readonly does: 'resume'; readonly replica: Replica }
  /** Ends the replica for good, with nothing said to anyone, and starts another in its place. */
  | { readonly does: 'crash'; readonly replica: Replica }
  /** The lease of a shard runs out, so that any other replica may take it over. */
  | { readonly does: 'expire'; readonly shard: number }
  /** Another session locks the head of a shard: commits take their time. Milliseconds. */
  | { readonly does: 'lock'; readonly shard: number; readonly time: number }
  | { readonly does: 'read' }
);

export const replicas = 3;
export const shards = 2;
const length = 45;

/** Appends outnumber the rest, so that there is something to lose. */
const weighted = [
  ...Array<'append'>(10).fill('append'),
  'change',
  'intend',
  'conclude',
  'cut',
  'cut-before',
  'cut-after',
  'cut-late',
  'deliver',
  'pause',
  'resume',
  'resume',
  'crash',
  'expire',
  'expire',
  'lock',
  'lock',
  'read',
  'read',
] as const;

/** Numbers that look random, the same for a seed each time (Numerical Recipes, "quick and dirty" generator). */
export function openRandom(seed: number): (below: number) => number {
  let state = Math.imul(seed, 2_654_435_761) >>> 0;
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export function planHistory(seed: number): readonly Step[] {
  const random = openRandom(seed);
  return Array.from({ length }, () => {
    const does = weighted[random(weighted.length)] ?? 'append';
    const pause = random(3) === 0 ? random(25) : 0;
    if (does === 'deliver' || does === 'read') return { does, pause };
    if (does === 'expire') return { does, pause, shard: random(shards) };
    if (does === 'lock') return { does, pause, shard: random(shards), time: 50 + random(300) };
    const replica = random(replicas);
    if (does === 'append') return { does, pause, replica, count: 1 + random(6), decided: random(2) === 0 };
    return { does, pause, replica };
  });
}
