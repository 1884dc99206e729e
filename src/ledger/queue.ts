/** What waits for a commit: bounded, in the order of arrival, each with a deadline, so that no caller ever waits for ever. */
import { performance } from 'node:perf_hooks';
import type { Change } from './change.js';
import { type Draft, LedgerError, ledgerFault, type Position } from './ledger.js';

/** A draft on its way into the ledger. */
export interface Job {
  readonly draft: Draft;
  /** Runs in the transaction of the append; a job that has one is committed alone. */
  readonly change: Change | undefined;
  /** On the monotonic clock, milliseconds. */
  readonly expires: number;
  settled: boolean;
  readonly resolve: (position: Position) => void;
  readonly reject: (error: unknown) => void;
}

export interface Queue {
  readonly length: number;
  /** Whether anyone still waits for an answer, taken jobs included. */
  isUnsettled(): boolean;
  /** Rejects with a {@link LedgerError}: `full`, `deadline`, or what the writer rejects the job with. */
  add(draft: Draft, change?: Change): Promise<Position>;
  /** Takes the next jobs off, at most so many; one with a change comes alone. They still expire. */
  take(count: number): readonly Job[];
  /** Puts taken jobs back to the front; settled ones are dropped. */
  putBack(jobs: readonly Job[]): void;
  /** Removes those that wait and of which the given function says so. */
  remove(isDone: (job: Job) => boolean): void;
  /** Resolves when something waits, when the time is over, or when woken. */
  filled(milliseconds: number): Promise<void>;
  wake(): void;
}

/**
 * @param limit most jobs that may wait
 * @param deadline of each job, milliseconds
 */
export function openQueue(limit: number, deadline: number): Queue {
  let waiting: Job[] = [];
  let taken: readonly Job[] = [];
  let timer: NodeJS.Timeout | null = null;
  let wake = () => {};

  function add(draft: Draft, change?: Change): Promise<Position> {
    if (waiting.length >= limit) {
      return Promise.reject(new LedgerError(ledgerFault.full, `${limit} entries are waiting already`));
    }
    if (timer === null) timer = setTimeout(expire, deadline).unref();
    return new Promise((resolve, reject) => {
      waiting.push({ draft, change, expires: performance.now() + deadline, settled: false, resolve, reject });
      wake();
    });
  }

  /** One timer serves all: they may all wait equally long, so the oldest goes first. */
  function expire(): void {
    const now = performance.now();
    const unsettled = [...taken, ...waiting].filter(isUnsettled);
    const next = unsettled.find(job => job.expires > now);
    for (const job of unsettled) {
      if (job === next) break;
      rejectJob(job, new LedgerError(ledgerFault.deadline, `not durable within ${deadline} ms`));
    }
    waiting = waiting.filter(isUnsettled);
    timer = next === undefined ? null : setTimeout(expire, next.expires - now).unref();
  }

  function take(count: number): readonly Job[] {
    const change = waiting.findIndex(job => job.change !== undefined);
    taken = waiting.splice(0, change < 0 ? count : Math.min(count, Math.max(change, 1)));
    return taken;
  }

  function putBack(jobs: readonly Job[]): void {
    waiting.unshift(...jobs.filter(isUnsettled));
  }

  function remove(isDone: (job: Job) => boolean): void {
    waiting = waiting.filter(job => !isDone(job));
  }

  function filled(milliseconds: number): Promise<void> {
    if (waiting.length > 0) return Promise.resolve();
    return new Promise(resolve => {
      const over = setTimeout(() => wake(), milliseconds);
      wake = () => {
        clearTimeout(over);
        wake = () => {};
        resolve();
      };
    });
  }

  return {
    get length() {
      return waiting.length;
    },
    isUnsettled: () => [...taken, ...waiting].some(isUnsettled),
    add,
    take,
    putBack,
    remove,
    filled,
    wake: () => wake(),
  };
}

const isUnsettled = (job: Job) => !job.settled;

export function resolveJob(job: Job, position: Position): void {
  if (job.settled) return;
  job.settled = true;
  job.resolve(position);
}

export function rejectJob(job: Job, error: unknown): void {
  if (job.settled) return;
  job.settled = true;
  job.reject(error);
}
