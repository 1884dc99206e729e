/** Lets so many questions be asked of a department's system at a time, and so many more wait: one that hangs holds up only its own callers. */
import { type Answer, type Call, type Failure, failure, type JsonObject } from '../../adapters/adapter.js';
import type { Resilience } from '../registry/registry.js';
import type { RawCall } from './call.js';

/** Who waits. */
export type Caller = Pick<RawCall, 'onGone'>;

/** Places, and a queue before them. */
export class Bulkhead {
  readonly concurrency: number;
  readonly queue: number;
  /** Those who wait for their turn, oldest first. */
  readonly #waiting = new Set<() => void>();
  #active = 0;

  constructor({ concurrency, queue }: Pick<Resilience, 'concurrency' | 'queue'>) {
    this.concurrency = concurrency;
    this.queue = queue;
  }

  /** Questions being asked. */
  get active(): number {
    return this.#active;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Takes a place where one is free; it must be left again. While anybody waits, none is. */
  enter(): boolean {
    if (this.#active >= this.concurrency) return false;
    this.#active++;
    return true;
  }

  /**
   * Waits for a place where none is free.
   *
   * @param time milliseconds
   * @returns undefined when too many wait already; false when the turn did not come in time, or the caller hung up
   */
  wait(time: number, caller: Caller): Promise<boolean> | undefined {
    if (this.#waiting.size >= this.queue) return undefined;
    return new Promise(resolve => {
      const settle = (came: boolean): void => {
        clearTimeout(timer);
        forget();
        this.#waiting.delete(come);
        resolve(came);
      };
      const come = (): void => settle(true);
      const giveUp = (): void => settle(false);
      const timer = setTimeout(giveUp, time);
      const forget = caller.onGone(giveUp);
      this.#waiting.add(come);
    });
  }

  /** Hands the place to whoever has waited longest. */
  leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#active--;
    else next();
  }
}

export type Asking = (request: JsonObject, call: Call) => Promise<Answer | Failure>;

/** The same, through the bulkhead: the wait is part of the call's deadline. */
export function throughBulkhead(
  bulkhead: Bulkhead,
  ask: Asking,
): (...asked: [...Parameters<Asking>, Caller]) => ReturnType<Asking> {
  return async (request, call, caller) => {
    let { deadline } = call;
    if (!bulkhead.enter()) {
      const since = performance.now();
      const turn = bulkhead.wait(deadline, caller);
      if (turn === undefined) return full(bulkhead);
      if (!(await turn)) return late;
      deadline -= performance.now() - since;
    }
    try {
      if (deadline <= 0) return late;
      return await ask(request, deadline === call.deadline ? call : { ...call, deadline });
    } finally {
      bulkhead.leave();
    }
  };
}

const late: Failure = {
  failure: failure.timeout,
  detail: 'its turn did not come in time',
  notActed: true,
  notAsked: true,
};

const full = ({ concurrency, queue }: Bulkhead): Failure => ({
  failure: failure.busy,
  detail: `${concurrency} questions under way, and ${queue} waiting`,
  notActed: true,
  notAsked: true,
});
