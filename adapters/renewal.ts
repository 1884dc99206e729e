/** Keeps one secret that its issuer lends for a while at hand, for all calls of an adapter: a token, a secret to sign with. */
import { type AdapterContext, type Failure, failure } from './adapter.js';

export interface Lent {
  readonly value: string;
  /** On the monotonic clock, milliseconds: from then on a new one is fetched while this one is still used. */
  readonly staleAt: number;
  readonly expiresAt: number;
}

/** Whoever lends them. */
export interface Issuer {
  /** What it lends, for the log. */
  readonly what: string;
  fetch(): Promise<Lent | Failure>;
  close(): Promise<void>;
}

/** Longest wait for an issuer, milliseconds; a call whose own deadline is sooner does not wait for it. */
export const fetchTime = 10_000;

/** Part of its life after which the next is fetched. */
const freshPart = 0.8;

/** Wait before the renewal of one that is still good is tried again, milliseconds. */
const renewPause = 5_000;

/**
 * What was lent just now.
 *
 * @param asked when it was asked for, on the monotonic clock
 * @param life milliseconds
 */
export const lentFor = (value: string, asked: number, life: number): Lent => ({
  value,
  staleAt: asked + life * freshPart,
  expiresAt: asked + life,
});

/** Fetches ahead of the end, one request at a time however many calls wait. */
export class Renewal {
  readonly #issuer: Issuer;
  readonly #context: AdapterContext;
  #held: Lent | undefined;
  #fetching: Promise<Lent | Failure> | undefined;

  constructor(issuer: Issuer, context: AdapterContext) {
    this.#issuer = issuer;
    this.#context = context;
  }

  /** @param time milliseconds the caller can wait, unless the signal ends it sooner */
  async current(time: number, signal?: AbortSignal): Promise<string | Failure> {
    const now = performance.now();
    const held = this.#held;
    if (held !== undefined && now < held.expiresAt) {
      if (now >= held.staleAt) {
        this.#fetch().catch(bug => this.#context.logger.error(bug, `${this.#issuer.what} not renewed`));
      }
      return held.value;
    }
    const late: Failure = { failure: failure.timeout, detail: `no ${this.#issuer.what} in time` };
    const found = await within(this.#fetch(), late, time, signal);
    return 'value' in found ? found.value : found;
  }

  /** Forgets one that the department has refused, unless another has taken its place. */
  refused(value: string): void {
    if (this.#held?.value === value) this.#held = undefined;
  }

  close(): Promise<void> {
    return this.#issuer.close();
  }

  #fetch(): Promise<Lent | Failure> {
    this.#fetching ??= this.#renew().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #renew(): Promise<Lent | Failure> {
    const found = await this.#issuer.fetch();
    if ('value' in found) this.#held = found;
    else {
      this.#context.logger.warn(found, `no ${this.#issuer.what}`);
      if (this.#held !== undefined) this.#held = { ...this.#held, staleAt: performance.now() + renewPause };
    }
    return found;
  }
}

/** What is found in time, or else what is late. */
async function within<T>(found: Promise<T>, late: Failure, time: number, signal?: AbortSignal): Promise<T | Failure> {
  let giveUp = (): void => undefined;
  const waited = new Promise<Failure>(resolve => {
    giveUp = () => resolve(late);
  });
  const timer = setTimeout(giveUp, time);
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([found, waited]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}
