/** The writer: leases a shard, commits what waits in groups, and finds out what became of a commit whose answer was lost. */
import { performance } from 'node:perf_hooks';
import type { Logger } from 'pino';
import type { LedgerSettings } from '../registry/registry.js';
import { type AppendAnswer, appendBatch, appendFault } from './append.js';
import { batchEntries, openBatchBuilder } from './batch.js';
import { appendChange, type Change, ChangeThrew } from './change.js';
import { clockIsOff } from './clock.js';
import { type Connection, ConnectionLost, connect } from './connection.js';
import { closeIntents, readIntents } from './intent.js';
import { type Hold, readHead, releaseLease, renewLease, takeShard } from './lease.js';
import { type Draft, LedgerError, type LedgerFault, ledgerFault, type Position } from './ledger.js';
import { openIntents } from './open-intents.js';
import type { PeriodKeys } from './period-keys.js';
import { type Job, openQueue, rejectJob, resolveJob } from './queue.js';
import { openStanding } from './standing.js';

/** Between two tries at a store that is away or has no free shard, or at a clock that is off; milliseconds. */
const retryPause = 250;

export interface WriterOptions {
  /** Connection string of the store. */
  readonly database: string;
  readonly keys: PeriodKeys;
  readonly settings: LedgerSettings;
  readonly logger: Logger;
  /** Names this writer in leases; differs from any other's. */
  readonly holder: string;
  /** This machine's clock, milliseconds since 1970 in UTC. */
  readonly now: () => number;
}

export interface WriterMetrics {
  readonly batches: number;
  readonly entries: number;
  /** Entries waiting now. */
  readonly queue: number;
  readonly shard: number | null;
  readonly lastFault: string | null;
}

export interface Writer {
  add(draft: Draft, change?: Change): Promise<Position>;
  fault(): LedgerFault | null;
  metrics(): WriterMetrics;
  /** Resolves once a shard is leased, or the first try at it has failed. */
  readonly started: Promise<void>;
  close(): Promise<void>;
}

export function startWriter(options: WriterOptions): Writer {
  const { settings, logger, now } = options;
  const queue = openQueue(settings.queue, settings.deadline);
  const builder = openBatchBuilder(options.keys);
  const standing = openStanding(logger);
  const intents = openIntents();

  let connection: Connection | null = null;
  let hold: Hold | null = null;
  /** Taken off the queue, and not known to be stored or not. */
  let inFlight: readonly Job[] = [];
  /** When the lease was last renewed, on the monotonic clock. */
  let renewed = 0;
  /** How often the connection was lost since anything went well. */
  let losses = 0;
  let batches = 0;
  let entries = 0;
  let closing = false;
  let announceStart = () => {};
  const started = new Promise<void>(resolve => {
    announceStart = resolve;
  });
  const done = work();

  async function work(): Promise<void> {
    while (!closing || queue.length > 0 || inFlight.some(job => !job.settled)) {
      try {
        await step();
        losses = 0;
        if (standing.fault !== null) await pause();
      } catch (error) {
        await lose(error);
      }
      announceStart();
    }
    await leave();
  }

  /** Does the one thing that is to be done next. */
  async function step(): Promise<void> {
    connection ??= await connect(options.database, `stile ledger ${options.holder}`, settings.statementDeadline);
    if (hold !== null && inFlight.length > 0) await reconcile(connection, hold);
    if (hold === null) return lease(connection);
    if (standing.fault !== null || renewalDue() <= 0) return renew(connection, hold);
    if (intents.forsaken.size > 0) return closeForsaken(connection, hold);
    if (queue.length > 0) return commit(connection, hold);
    await queue.filled(renewalDue());
  }

  const pause = () => new Promise(resolve => setTimeout(resolve, retryPause));
  /** An append renews the lease in passing; after a third of its life without one, the writer does. */
  const renewalDue = () => renewed + settings.lease / 3 - performance.now();

  async function lease(on: Connection): Promise<void> {
    const sent = now();
    const taken = await takeShard(on, options.holder, settings.lease);
    if (taken === null) return standing.fail(ledgerFault.unavailable, 'no shard is free');
    if (isClockOff(sent, taken.clock)) return releaseLease(on, taken.hold);
    for (const intent of await readIntents(on, taken.hold.shard)) {
      intents.opened(intent);
      intents.forsake(intent);
    }
    hold = taken.hold;
    renewed = performance.now();
    logger.info({ shard: hold.shard, epoch: hold.epoch, size: hold.range.size }, 'shard leased');
    standing.recover();
  }

  async function renew(on: Connection, known: Hold): Promise<void> {
    const sent = now();
    const renewal = await renewLease(on, known, settings.lease);
    if (renewal === null) return loseLease(known);
    hold = renewal.hold;
    renewed = performance.now();
    if (!isClockOff(sent, renewal.clock)) standing.recover();
  }

  function isClockOff(sent: number, clock: number): boolean {
    const isOff = clockIsOff(sent, clock, now());
    if (isOff) standing.fail(ledgerFault.clock, `the clock is ${sent - clock} ms ahead of the database's`);
    return isOff;
  }

  function loseLease(known: Hold): void {
    logger.warn({ shard: known.shard, epoch: known.epoch }, 'shard lost to another writer');
    hold = null;
    intents.leave();
  }

  async function closeForsaken(on: Connection, known: Hold): Promise<void> {
    const ids = [...intents.forsaken];
    const sent = now();
    const answer = await closeIntents(on, known, ids, builder, now, settings.lease);
    if (answer.fault !== null) return learn(on, known, answer, sent);
    hold = answer.hold;
    ids.forEach(intents.closed);
    logger.warn({ shard: known.shard, intents: ids.length }, 'intents closed as unknown');
  }

  async function commit(on: Connection, known: Hold): Promise<void> {
    const sent = now();
    inFlight = queue.take(batchEntries);
    let answer: AppendAnswer | null;
    try {
      answer = await send(on, known, sent);
    } catch (error) {
      if (error instanceof ConnectionLost) throw error;
      return refuse(error);
    }
    if (answer === null) return;
    if (answer.fault !== null) return learn(on, known, answer, sent);
    hold = answer.hold;
    renewed = performance.now();
    batches += 1;
    entries += answer.hold.range.size - known.range.size;
    inFlight.forEach((job, offset) => {
      stored(job, { shard: known.shard, index: known.range.size + offset });
    });
    inFlight = [];
  }

  /** @returns null when there was nothing to send after all */
  async function send(on: Connection, known: Hold, sent: number): Promise<AppendAnswer | null> {
    const [first] = inFlight;
    if (first?.change !== undefined) {
      return appendChange(on, known, builder, first.draft, first.change, now, settings.lease);
    }
    builder.begin(Math.max(sent, known.time));
    inFlight = fill(inFlight, known);
    return inFlight.length === 0 ? null : appendBatch(on, known, builder.finish(), sent, settings.lease);
  }

  /** Puts as many jobs as fit into the batch, and the others back; one that cannot be encoded is rejected alone. */
  function fill(jobs: readonly Job[], known: Hold): Job[] {
    const filled: Job[] = [];
    for (const [at, job] of jobs.entries()) {
      const { agreements, closesIntent } = job.draft;
      try {
        // The store compares the version that this writer knows, which may have moved on while the job waited.
        if (agreements !== undefined && agreements < known.agreements) throw moved();
        if (closesIntent !== undefined && !intents.isOpen(closesIntent)) {
          throw new LedgerError(ledgerFault.unavailable, 'the shard that its intent is in was lost');
        }
        if (!builder.add(job.draft)) {
          queue.putBack(jobs.slice(at));
          break;
        }
        filled.push(job);
      } catch (error) {
        rejectJob(job, error);
      }
    }
    return filled;
  }

  function stored(job: Job, position: Position): void {
    const { entry, opensIntent, closesIntent } = job.draft;
    if (closesIntent !== undefined) intents.closed(closesIntent);
    if (opensIntent) intents.opened(entry.id);
    // Whoever opened it was told in the meantime that it failed, and will not close it.
    if (opensIntent && job.settled) intents.forsake(entry.id);
    resolveJob(job, position);
  }

  /** Nothing was appended, for a reason that would stay. What a change threw is for its caller alone. */
  function refuse(error: unknown): void {
    let why = error;
    if (error instanceof ChangeThrew) why = error.cause;
    else if (!(error instanceof LedgerError)) {
      logger.error({ err: error }, 'a batch was refused');
      why = new LedgerError(ledgerFault.unavailable, 'the batch was refused', error);
    }
    for (const job of inFlight) rejectJob(job, why);
    inFlight = [];
  }

  /** Takes in what a failed comparison told; nothing was appended. */
  async function learn(on: Connection, known: Hold, answer: AppendAnswer, sent: number): Promise<void> {
    if (answer.fault === appendFault.agreements) {
      hold = answer.hold;
      for (const job of inFlight) {
        const { agreements } = job.draft;
        if (agreements !== undefined && agreements !== hold.agreements) rejectJob(job, moved());
      }
      returnInFlight();
    } else if (answer.fault === appendFault.clock) {
      isClockOff(sent, answer.clock);
      returnInFlight();
    } else {
      await reconcile(on, known);
    }
  }

  /**
   * Settles what is in flight by what the store holds. Absent entries go back to the queue: under the same epoch the next
   * append's comparison decides against a statement still running, and under a later one no such statement can succeed.
   */
  async function reconcile(on: Connection, known: Hold): Promise<void> {
    const { head, ids } = await readHead(on, known.shard, known.range.size, batchEntries);
    const offsets = new Map(ids.map((id, offset) => [id, offset]));
    const absent: Job[] = [];
    for (const job of inFlight) {
      const offset = offsets.get(job.draft.entry.id);
      if (offset === undefined) absent.push(job);
      else stored(job, { shard: known.shard, index: known.range.size + offset });
    }
    inFlight = absent;
    returnInFlight();
    if (head.epoch === known.epoch) hold = head;
    else loseLease(known);
  }

  function returnInFlight(): void {
    queue.putBack(inFlight);
    inFlight = [];
  }

  async function lose(error: unknown): Promise<void> {
    if (!(error instanceof ConnectionLost)) logger.error({ err: error }, 'the writer of the ledger is at fault');
    connection?.close().catch(() => {});
    connection = null;
    losses += 1;
    // The first time all wait for the second try, which follows at once.
    if (losses === 1 && hold !== null) return;
    standing.fail(ledgerFault.unavailable, String(error));
    await pause();
  }

  async function leave(): Promise<void> {
    try {
      if (connection !== null && hold !== null) await releaseLease(connection, hold);
      await connection?.close();
    } catch (error) {
      logger.warn({ err: error }, 'the shard could not be released; its lease will run out');
    }
  }

  function admit(draft: Draft, change: Change | undefined): Promise<Position> {
    const fault = closing ? ledgerFault.closed : standing.fault;
    if (fault !== null) return Promise.reject(new LedgerError(fault, `the ledger takes no entries: ${fault}`));
    if (draft.agreements !== undefined && hold !== null && draft.agreements < hold.agreements) {
      return Promise.reject(moved());
    }
    return queue.add(draft, change);
  }

  return {
    started,
    add(draft, change) {
      const admitted = admit(draft, change);
      const { closesIntent } = draft;
      if (closesIntent !== undefined) {
        admitted.catch(error => {
          if (!(error instanceof LedgerError && error.fault === ledgerFault.moved)) intents.forsake(closesIntent);
        });
      }
      return admitted;
    },
    fault() {
      if (closing) return ledgerFault.closed;
      return standing.fault ?? (queue.length >= settings.queue ? ledgerFault.full : null);
    },
    metrics: () => ({
      batches,
      entries,
      queue: queue.length,
      shard: hold?.shard ?? null,
      lastFault: standing.lastFault,
    }),
    async close() {
      closing = true;
      queue.wake();
      await done;
    },
  };
}

const moved = () => new LedgerError(ledgerFault.moved, "the agreements' version has moved");
