/** The writer: leases a shard, commits what waits in groups, and finds out what became of a commit whose answer was lost. */
import type { Logger } from 'pino';
import type { LedgerSettings } from '../registry/registry.js';
import { type AppendAnswer, appendBatch, appendFault, type BatchEntry, batchBytes, batchEntries } from './batch.js';
import { appendChange, type ChangeAnswer } from './change.js';
import { clockIsOff } from './clock.js';
import { type Connection, ConnectionLost, connect } from './connection.js';
import { encodeEntry } from './entry.js';
import { type Clocked, type Hold, readHead, releaseLease, renewLease, takeShard } from './lease.js';
import { type Draft, LedgerError, type LedgerFault, ledgerFault, type Query } from './ledger.js';
import { type PeriodKeys, periodOf } from './period-keys.js';
import { type Committed, type Job, openQueue, rejectJob, resolveJob } from './queue.js';

/** Between two tries at a store that is away or has no free shard, milliseconds. */
const retryPause = 250;

export interface WriterOptions {
  /** Connection string of the store. */
  readonly database: string;
  readonly keys: PeriodKeys;
  readonly settings: LedgerSettings;
  readonly logger: Logger;
  /** Names this writer in leases; differs from any other's. */
  readonly holder: string;
  /** Milliseconds since 1970 in UTC. */
  readonly now: () => number;
}

/** What the writer has done so far. */
export interface WriterMetrics {
  batches: number;
  entries: number;
  /** Entries waiting now. */
  queue: number;
  shard: number | null;
  lastFault: string | null;
}

export interface Writer {
  add(draft: Draft, change?: Job['change'], further?: Job['further']): Promise<Committed>;
  fault(): LedgerFault | null;
  readonly metrics: Readonly<WriterMetrics>;
  /** Resolves once a shard is leased, or the first try at it has failed. */
  readonly started: Promise<void>;
  close(): Promise<void>;
}

export function startWriter(options: WriterOptions): Writer {
  const { settings, logger, now, keys } = options;
  const queue = openQueue(settings.queue, settings.deadline);
  const metrics = { batches: 0, entries: 0, lastFault: null as string | null };

  let connection: Connection | null = null;
  let hold: Hold | null = null;
  /** Sent, and not known to be stored or not. */
  let inFlight: readonly Job[] = [];
  let renewed = 0;
  let losses = 0;
  let fault: LedgerFault | null = ledgerFault.unavailable;
  let closing = false;
  let announce = () => {};
  const started = new Promise<void>(resolve => {
    announce = resolve;
  });

  async function work(): Promise<void> {
    while (!closing || queue.length > 0 || inFlight.some(job => !job.settled)) {
      try {
        if (!(await isReady())) await pause();
        else if (queue.length > 0) await commit(queue.take(batchEntries));
        else if (renewalDue() <= 0) await renew();
        else await queue.filled(renewalDue());
      } catch (error) {
        await lose(error);
      }
    }
    await leave();
  }

  const renewalDue = () => renewed + settings.lease / 3 - performance.now();

  /** Connects, settles what is in flight, and leases a shard, as far as that is to do. */
  async function isReady(): Promise<boolean> {
    if (connection === null) {
      connection = await connect(options.database, `stile ledger ${options.holder}`, settings.statementDeadline);
      if (hold !== null) await reconcile(connection, hold);
    }
    if (hold === null) await lease(connection);
    else if (fault === ledgerFault.clock) await renew();
    if (fault === ledgerFault.unavailable && hold !== null) changeFault(null);
    losses = 0;
    announce();
    return fault === null;
  }

  async function lease(on: Connection): Promise<void> {
    const sent = now();
    const taken = await takeShard(on, options.holder, settings.lease);
    if (taken === null) {
      changeFault(ledgerFault.unavailable, 'no shard is free');
      return;
    }
    hold = taken.found;
    renewed = performance.now();
    logger.info({ shard: hold.shard, epoch: hold.epoch, size: hold.range.size }, 'shard leased');
    compareClocks(sent, taken);
  }

  async function renew(): Promise<void> {
    if (connection === null || hold === null) return;
    const sent = now();
    const renewal = await renewLease(connection, hold, settings.lease);
    if (renewal === null) {
      loseLease(hold);
      return;
    }
    renewed = performance.now();
    compareClocks(sent, renewal);
  }

  function compareClocks(sent: number, answer: Clocked<unknown>): void {
    if (clockIsOff(sent, answer.clock, now())) {
      changeFault(ledgerFault.clock, `the clock is ${Math.round(sent - answer.clock)} ms off the database's`);
    } else if (fault === ledgerFault.clock) changeFault(null);
  }

  function loseLease(lost: Hold): void {
    logger.warn({ shard: lost.shard, epoch: lost.epoch }, 'shard lost to another writer');
    hold = null;
  }

  /**
   * Settles what is in flight by what the store holds. Absent entries go back to the queue: under the same epoch the next
   * append's comparison decides against a statement still running, and under a later one no such statement can succeed.
   */
  async function reconcile(on: Connection, known: Hold): Promise<void> {
    const { head, ids } = await readHead(on, known.shard, known.range.size, batchEntries);
    const offsets = new Map(ids.map((id, offset) => [id, offset]));
    for (const job of inFlight) {
      const offset = offsets.get(job.draft.entry.id);
      if (offset === undefined) continue;
      // A later change may have moved the version on; whoever waits for it has then waited for this one too.
      const changed = job.change && { result: job.result, version: head.agreements };
      resolveJob(job, { shard: known.shard, index: known.range.size + offset, ...(changed && { changed }) });
    }
    returnInFlight();
    if (head.epoch === known.epoch) hold = head;
    else loseLease(known);
  }

  function returnInFlight(): void {
    queue.putBack(inFlight);
    inFlight = [];
  }

  async function commit(jobs: Job[]): Promise<void> {
    if (connection === null || hold === null) throw new Error('a commit without a shard');
    const sent = now();
    const time = Math.max(sent, hold.time);
    const batch = encodeJobs(jobs, time);
    const [first] = batch;
    inFlight = first?.job.change === undefined ? batch.map(entry => entry.job) : [first.job];
    if (first === undefined) return;
    let answer: AppendAnswer | ChangeAnswer;
    try {
      const { job } = first;
      const { change } = job;
      const keeping = async (query: Query) => {
        job.result = await change?.(query);
        return job.result;
      };
      answer =
        change === undefined
          ? await appendBatch(connection, hold, batch, time, sent, settings.lease)
          : await appendChange(connection, hold, batch, keeping, time, sent, settings.lease);
    } catch (error) {
      if (error instanceof ConnectionLost) throw error;
      refuse(first.job, error);
      return;
    }
    await settle(batch, answer, hold, sent);
  }

  /** Nothing was done: what a change threw goes to its caller as it is, what the store said goes to the log. */
  function refuse(first: Job, error: unknown): void {
    const failed = inFlight;
    inFlight = [];
    if (first.change !== undefined) {
      rejectJob(first, error);
      return;
    }
    logger.error({ err: error }, 'the store refused a batch');
    metrics.lastFault = String(error);
    for (const job of failed) {
      rejectJob(job, new LedgerError(ledgerFault.unavailable, 'the store refused the batch', error));
    }
  }

  async function settle(
    batch: readonly (BatchEntry & { job: Job })[],
    answer: AppendAnswer | ChangeAnswer,
    known: Hold,
    sent: number,
  ): Promise<void> {
    switch (answer.fault) {
      case null:
        hold = answer.hold;
        renewed = performance.now();
        metrics.batches += 1;
        metrics.entries += batch.length;
        inFlight = [];
        batch.forEach(({ job }, offset) => {
          const index = known.range.size + offset;
          const changed = 'result' in answer ? { result: answer.result, version: answer.hold.agreements } : undefined;
          resolveJob(job, { shard: known.shard, index, ...(changed && { changed }) });
        });
        return;
      case appendFault.agreements:
        hold = answer.hold;
        for (const { job } of batch) {
          const decidedUnder = job.draft.agreements;
          if (decidedUnder !== undefined && decidedUnder !== hold.agreements) {
            rejectJob(job, new LedgerError(ledgerFault.moved, "the agreements' version has moved"));
          }
        }
        return returnInFlight();
      case appendFault.clock:
        returnInFlight();
        return compareClocks(sent, { found: null, clock: answer.clock });
      default:
        if (connection !== null) await reconcile(connection, known);
    }
  }

  /** As many as fit in a batch; the others go back. One that cannot be encoded is rejected alone. */
  function encodeJobs(jobs: readonly Job[], time: number): (BatchEntry & { job: Job })[] {
    const key = keys.keyOf(periodOf(time));
    const batch: (BatchEntry & { job: Job })[] = [];
    let bytes = 0;
    for (const [number, job] of jobs.entries()) {
      try {
        const entries = [job.draft, ...job.further].map(draft => ({
          job,
          draft,
          encoded: encodeEntry(draft, time, key),
        }));
        bytes += entries.reduce((sum, { encoded }) => sum + encoded.bytes, 0);
        if (bytes > batchBytes && batch.length > 0) {
          queue.putBack(jobs.slice(number));
          break;
        }
        batch.push(...entries);
      } catch (error) {
        rejectJob(job, error);
      }
    }
    return batch;
  }

  async function lose(error: unknown): Promise<void> {
    if (!(error instanceof ConnectionLost)) logger.error({ err: error }, 'the ledger writer is at fault');
    void connection?.close();
    connection = null;
    losses += 1;
    // A single loss is tried again at once, with everyone waiting.
    if (losses > 1 || hold === null) {
      changeFault(ledgerFault.unavailable, String(error));
      announce();
      await pause();
    }
  }

  function changeFault(next: LedgerFault | null, why?: string): void {
    if (next === fault) return;
    fault = next;
    if (next === null) logger.info('the ledger takes entries');
    else {
      metrics.lastFault = `${next}: ${why}`;
      logger.error({ fault: next, why }, 'the ledger takes no entries');
    }
  }

  const pause = () => new Promise(resolve => setTimeout(resolve, retryPause));

  async function leave(): Promise<void> {
    try {
      if (connection !== null && hold !== null) await releaseLease(connection, hold);
      await connection?.close();
    } catch (error) {
      logger.warn({ err: error }, 'the shard could not be released; its lease will run out');
    }
  }

  const done = work();

  return {
    started,
    add(draft, change, further) {
      const refused = closing ? ledgerFault.closed : fault;
      if (refused !== null) return Promise.reject(new LedgerError(refused, `the ledger takes no entries: ${refused}`));
      const known = hold?.agreements ?? 0;
      if (draft.agreements !== undefined && draft.agreements < known) {
        return Promise.reject(new LedgerError(ledgerFault.moved, "the agreements' version has moved"));
      }
      return queue.add(draft, change, further);
    },
    fault: () => (closing ? ledgerFault.closed : (fault ?? (queue.length >= settings.queue ? ledgerFault.full : null))),
    get metrics() {
      return { ...metrics, queue: queue.length, shard: hold?.shard ?? null };
    },
    async close() {
      closing = true;
      queue.wake();
      await done;
    },
  };
}
