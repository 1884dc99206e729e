/** How long a department's system takes: quantiles of the last minutes, in a fixed and small memory. */

/** Milliseconds. */
export interface Quantiles {
  /** How many times were measured. */
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** Steps of a doubling: a time is told within 5 %. */
const steps = 8;
/** The least time told apart, as a power of two: 1/16 ms. */
const least = -4;
/** Up to 2¹⁷ ms, a little more than the longest deadline. */
const size = (17 - least) * steps;
/** Milliseconds after which counting begins anew; the span before is still told. */
const span = 5 * 60_000;

/** Counts times in buckets whose width grows with them. */
export class Latency {
  #counts = new Uint32Array(size);
  #before = new Uint32Array(size);
  #since: number;

  /** @param now on the monotonic clock, milliseconds */
  constructor(now: number) {
    this.#since = now;
  }

  /** @param time milliseconds */
  add(time: number, now: number): void {
    this.#turn(now);
    const at = Math.floor((Math.log2(time) - least) * steps);
    const bucket = at > 0 ? Math.min(at, size - 1) : 0;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
  }

  /** Of the last five to ten minutes; undefined when nothing was measured in them. */
  quantiles(now: number): Quantiles | undefined {
    this.#turn(now);
    const counts = this.#counts.map((count, bucket) => count + (this.#before[bucket] ?? 0));
    const count = counts.reduce((sum, each) => sum + each, 0);
    if (count === 0) return undefined;
    return { count, p50: at(counts, count * 0.5), p90: at(counts, count * 0.9), p99: at(counts, count * 0.99) };
  }

  #turn(now: number): void {
    const spans = Math.floor((now - this.#since) / span);
    if (spans < 1) return;
    [this.#counts, this.#before] = [this.#before, this.#counts];
    this.#counts.fill(0);
    if (spans > 1) this.#before.fill(0);
    this.#since += spans * span;
  }
}

/** The middle of the bucket in which so many have been counted, to three digits. */
function at(counts: Uint32Array, rank: number): number {
  let sum = 0;
  const bucket = counts.findIndex(count => {
    sum += count;
    return sum >= rank;
  });
  return Number((2 ** ((bucket + 0.5) / steps + least)).toPrecision(3));
}
