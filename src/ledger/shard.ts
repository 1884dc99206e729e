/** A shard while its writer holds it: what goes into it, and what became of a commit whose answer was lost. */
import { performance } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type AppendAnswer, appendBatch, appendFault } from './append.js';
import { type BatchBuilder, batchEntries } from './batch.js';
import { appendChange, ChangeThrew } from './change.js';
import { type Connection, ConnectionLost } from './connection.js';
import { closeIntents, readIntents } from './intent.js';
import { confirmHead, type Hold, readHead, renewLease } from './lease.js';
import { type Draft, LedgerError, ledgerFault } from './ledger.js';
import { hasMonth, monthMissing } from './month.js';
import type { OpenIntents } from './open-intents.js';
import { type Job, type Queue, rejectJob, resolveJob } from './queue.js';
import type { Standing } from './standing.js';

/** What a shard needs of its writer. */
export interface ShardContext {
  readonly queue: Queue;
  readonly builder: BatchBuilder;
  readonly intents: OpenIntents;
  readonly standing: Standing;
  readonly logger: Logger;
  /** Life of a lease, milliseconds. */
  readonly life: number;
  /** This machine's clock, milliseconds since 1970 in UTC. */
  readonly now: () => number;
}

/** A method that meets a lost connection throws `ConnectionLost`; then it may be unsure what was stored. */
export interface Shard {
  readonly hold: Hold;
  /** False once another writer has taken the shard over; then nothing is in flight. */
  readonly isHeld: boolean;
  /** Whether entries were sent that are not known to be stored or not. */
  readonly isUnsure: boolean;
  /** Milliseconds until the lease is to be renewed; every append does so in passing. */
  renewalDue(): number;
  renew(connection: Connection): Promise<void>;
  /**
   * Appends what waits, as much as fits into one group commit.
   *
   * @returns how many entries were appended
   */
  commit(connection: Connection): Promise<number>;
  /**
   * Settles what is in flight by what the store holds. Absent entries go back to the queue: under the same epoch the next
   * append's comparison decides against a statement still running, and under a later one no such statement can succeed.
   */
  reconcile(connection: Connection): Promise<void>;
  closeForsaken(connection: Connection): Promise<void>;
}

/** @param taken the shard as it was leased just now */
export function holdShard(taken: Hold, context: ShardContext): Shard {
  const { queue, builder, intents, standing, logger, life, now } = context;
  let hold = taken;
  let isHeld = true;
  let inFlight: readonly Job[] = [];
  let renewed = performance.now();

  async function renew(connection: Connection): Promise<void> {
    const sent = now();
    const renewal = await renewLease(connection, hold, life);
    // A statement that was given up on has committed since its entries were looked up; they wait to be sent again.
    if (renewal === null || renewal.hold.range.size !== hold.range.size) return reconcile(connection);
    hold = renewal.hold;
    renewed = performance.now();
    if (standing.isClockOff(sent, renewal.clock)) return;
    if (standing.fault !== null && !(await hasMonth(connection, nextTime()))) return lackMonth();
    standing.recover();
  }

  /** Of what would be appended now. */
  const nextTime = () => Math.max(now(), hold.time);
  const lackMonth = () => standing.fail(ledgerFault.unavailable, monthMissing(nextTime()));

  function lose(): void {
    logger.warn({ shard: hold.shard, epoch: hold.epoch }, 'shard lost to another writer');
    isHeld = false;
    intents.leave();
  }

  async function commit(connection: Connection): Promise<number> {
    const { size } = hold.range;
    // What arrives in the same turn of the event loop goes together: batches are four times as large under load.
    await turn();
    const sent = now();
    inFlight = queue.take(batchEntries);
    const answer = await send(connection, sent).catch(refuse);
    if (answer === null) return 0;
    if (answer.fault !== null) {
      await learn(connection, answer, sent);
      return 0;
    }
    hold = answer.hold;
    renewed = performance.now();
    inFlight.forEach((job, offset) => {
      settle(job, size + offset);
    });
    inFlight = [];
    return hold.range.size - size;
  }

  /** @returns null when there was nothing to send after all */
  async function send(connection: Connection, sent: number): Promise<AppendAnswer | null> {
    const [first] = inFlight;
    if (first?.change !== undefined) {
      return appendChange(connection, hold, builder, first.draft, first.change, now, life);
    }
    builder.begin(Math.max(sent, hold.time));
    inFlight = fill(inFlight);
    return inFlight.length === 0 ? null : appendBatch(connection, hold, builder.finish(), sent, life);
  }

  /** Puts as many jobs as fit into the batch, and the others back; one that cannot be encoded is rejected alone. */
  function fill(jobs: readonly Job[]): Job[] {
    const filled: Job[] = [];
    for (const [at, job] of jobs.entries()) {
      try {
        // The store compares the version that this writer knows, which may have moved on while the job waited.
        if (isOutdated(job.draft, hold.agreements)) throw moved();
        if (!canClose(job.draft)) throw new LedgerError(ledgerFault.unavailable, "its intent's shard was lost");
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

  /** An intent is closed in the shard it is in; one left in a lost shard is closed there by the next writer. */
  const canClose = ({ closesIntent }: Draft) => closesIntent === undefined || intents.isOpen(closesIntent);

  /** The job's entry is stored. */
  function settle(job: Job, index: number): void {
    const { entry, opensIntent, closesIntent } = job.draft;
    if (closesIntent !== undefined) intents.closed(closesIntent);
    if (opensIntent) intents.opened(entry.id);
    // Whoever opened it was told in the meantime that it failed, and will not close it.
    if (opensIntent && job.settled) intents.forsake(entry.id);
    resolveJob(job, { shard: hold.shard, index });
  }

  /** Nothing was appended, for a reason that would stay. What a change threw is for its caller alone. */
  function refuse(error: unknown): null {
    if (error instanceof ConnectionLost) throw error;
    let why = error;
    if (error instanceof ChangeThrew) why = error.cause;
    else if (!(error instanceof LedgerError)) {
      logger.error({ err: error }, 'a batch was refused');
      why = new LedgerError(ledgerFault.unavailable, 'the batch was refused', error);
    }
    for (const job of inFlight) rejectJob(job, why);
    inFlight = [];
    return null;
  }

  /** Takes in what a failed comparison told; nothing was appended. */
  async function learn(connection: Connection, answer: AppendAnswer, sent: number): Promise<void> {
    if (answer.fault === appendFault.epoch || answer.fault === appendFault.size) return reconcile(connection);
    hold = answer.hold;
    // When the clocks agree after all, the statement was long on its way.
    const isClockOff = answer.fault === appendFault.clock && standing.isClockOff(sent, answer.clock);
    const isMonthMissing = answer.fault === appendFault.month;
    if (isMonthMissing) lackMonth();
    for (const job of inFlight) {
      if (isMonthMissing) rejectJob(job, new LedgerError(ledgerFault.unavailable, monthMissing(nextTime())));
      else if (isClockOff) rejectJob(job, new LedgerError(ledgerFault.clock, "the clock is off the database's"));
      else if (isOutdated(job.draft, hold.agreements)) rejectJob(job, moved());
    }
    returnInFlight();
  }

  async function reconcile(connection: Connection): Promise<void> {
    const { size } = hold.range;
    const { head, names } = await readHead(connection, hold.shard, size, batchEntries);
    // Told again at each try, until somebody who knows what happened starts the gateway anew.
    if (head.range.size < size)
      throw new Error(`the head of shard ${hold.shard} went back from ${size} entries to ${head.range.size}`);
    if (names.length > 0) await confirmHead(connection, hold.shard);
    const offsets = new Map(names.map((name, offset) => [name, offset]));
    const settleStored = (job: Job): boolean => {
      const { kind, id } = job.draft.entry;
      const offset = offsets.get(`${kind} ${id}`);
      if (offset !== undefined) settle(job, size + offset);
      return offset !== undefined;
    };
    // Those that an earlier look sent back to the queue may have been stored since.
    queue.remove(settleStored);
    inFlight = inFlight.filter(job => !settleStored(job));
    returnInFlight();
    if (head.epoch !== hold.epoch) return lose();
    hold = head;
    // Something was stored, perhaps by a statement that was given up on.
    if (head.range.size > size) intents.inherit(await readIntents(connection, head.shard));
  }

  function returnInFlight(): void {
    queue.putBack(inFlight);
    inFlight = [];
  }

  async function closeForsaken(connection: Connection): Promise<void> {
    const ids = [...intents.forsaken];
    const sent = now();
    const answer = await closeIntents(connection, hold, ids, builder, now, life);
    if (answer.fault !== null) return learn(connection, answer, sent);
    hold = answer.hold;
    ids.forEach(intents.closed);
    logger.warn({ shard: hold.shard, intents: ids.length }, 'intents closed as unknown');
  }

  return {
    get hold() {
      return hold;
    },
    get isHeld() {
      return isHeld;
    },
    get isUnsure() {
      return inFlight.length > 0;
    },
    renewalDue: () => renewed + life / 3 - performance.now(),
    renew,
    commit,
    reconcile,
    closeForsaken,
  };
}

/** Whether a draft was decided under an earlier version of the agreements than this. */
export const isOutdated = ({ agreements }: Draft, version: number): boolean =>
  agreements !== undefined && agreements < version;

export const moved = (): LedgerError => new LedgerError(ledgerFault.moved, "the agreements' version has moved");
