/** What waits for a commit: bounded, in the order of arrival, each with a deadline, so that no caller ever waits for ever. */
import { performance } from 'node:perf_hooks';
import { type Draft, LedgerError, ledgerFault, type Query } from './ledger.js';

/** A draft on its way into the ledger. */
export interface Job {
  readonly draft: Draft;
  /** Drafts that follow it in the same append; only a job with a change has any. */
  readonly further: readonly Draft[];
  /** Runs in the transaction of the append; then the job is committed alone. */
  readonly change: ((query: Query) => Promise<unknown>) | undefined;
  /** On the monotonic clock, milliseconds. */
  readonly expires: number;
  settled: boolean;
  /** What the change returned when it last ran. */
  result: unknown;
  readonly resolve: (committed: Committed) => void;
  readonly reject: (error: unknown) => void;
}

/** Where a job's entry is stored. */
export interface Committed {
  readonly shard: number;
  readonly index: number;
  /** What the job's change returned, and the agreements' version it made. */
  readonly changed?: { readonly result: unknown; readonly version: number };
}

export interface Queue {
  readonly length: number;
  /** @throws {LedgerError} `full` */
  add(draft: Draft, change?: Job['change'], further?: Job['further']): Promise<Committed>;
  /** Takes the next jobs off, at most so many; one with a change comes alone. They still expire. */
  take(count: number): Job[];
  /** Puts jobs that were taken back to where they were; settled ones are dropped. */
  putBack(jobs: readonly Job[]): void;
  /** Resolves when something waits, or when the time is over. */
  filled(milliseconds: number): Promise<void>;
  /** Ends a wait in {@link filled}. */
  wake(): void;
}

/**
 * @param limit most jobs that may wait
 * @param deadline of each job, milliseconds
 */
export function openQueue(limit: number, deadline: number): Queue {
  let waiting: Job[] = [];
  let taken: readonly Job[] = [];
  let timer: NodeJS.Timeout | undefined;
  let wake = () => {};

  function add(draft: Draft, change?: Job['change'], further: Job['further'] = []): Promise<Committed> {
    if (waiting.length >= limit) {
      return Promise.reject(new LedgerError(ledgerFault.full, `${limit} entries are waiting already`));
    }
    if (timer === undefined) timer = setTimeout(expire, deadline).unref();
    return new Promise((resolve, reject) => {
      const expires = performance.now() + deadline;
      waiting.push({ draft, further, change, expires, settled: false, result: undefined, resolve, reject });
      wake();
    });
  }

  /** One timer serves all: jobs are in the order of arrival and all may wait equally long. */
  function expire(): void {
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    for (const job of [...taken, ...waiting]) {
      if (job.settled) continue;
      if (job.expires > now) {
        next = job.expires;
        break;
      }
      rejectJob(job, new LedgerError(ledgerFault.deadline, `not durable within ${deadline} ms`));
    }
    waiting = waiting.filter(job => !job.settled);
    timer = next === Number.POSITIVE_INFINITY ? undefined : setTimeout(expire, next - now).unref();
  }

  function take(count: number): Job[] {
    let end = waiting.findIndex((job, index) => index === count || (index > 0 && job.change !== undefined));
    if (end < 0) end = waiting.length;
    if (waiting[0]?.change !== undefined) end = 1;
    const jobs = waiting.splice(0, end);
    taken = jobs;
    return jobs;
  }

  function putBack(jobs: readonly Job[]): void {
    waiting.unshift(...jobs.filter(job => !job.settled));
  }

  function filled(milliseconds: number): Promise<void> {
    if (waiting.length > 0) return Promise.resolve();
    return new Promise(resolve => {
      const over = setTimeout(() => wake(), Math.max(0, milliseconds));
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
    add,
    take,
    putBack,
    filled,
    wake: () => wake(),
  };
}

export function resolveJob(job: Job, committed: Committed): void {
  if (job.settled) return;
  job.settled = true;
  job.resolve(committed);
}

export function rejectJob(job: Job, error: unknown): void {
  if (job.settled) return;
  job.settled = true;
  job.reject(error);
}
