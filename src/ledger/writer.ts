/** The writer: keeps a connection and a leased shard, whatever happens to either, and commits what waits. */
import type { Logger } from 'pino';
import type { LedgerSettings } from '../registry/settings.js';
import { openBatchBuilder } from './batch.js';
import type { Change } from './change.js';
import { type Connection, ConnectionLost, connect } from './connection.js';
import { readIntents } from './intent.js';
import { readClock, releaseLease, takeShard } from './lease.js';
import { type Draft, LedgerError, type LedgerFault, ledgerFault, type Position } from './ledger.js';
import { hasMonth, monthMissing } from './month.js';
import { openIntents } from './open-intents.js';
import type { PeriodKeys } from './period-keys.js';
import { openQueue } from './queue.js';
import { holdShard, isOutdated, moved, type Shard } from './shard.js';
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
  /** As `Ledger.append`. */
  add(draft: Draft, change?: Change): Promise<Position>;
  fault(): LedgerFault | null;
  metrics(): WriterMetrics;
  /** Resolves once a shard is leased, or the first try at it has failed. */
  readonly started: Promise<void>;
  /** Commits what waits, as long as its deadlines allow, and releases the shard. */
  close(): Promise<void>;
}

export function startWriter(options: WriterOptions): Writer {
  const { settings, logger, now, holder } = options;
  const queue = openQueue(settings.queue, settings.deadline);
  const standing = openStanding(logger, now);
  const intents = openIntents();
  const builder = openBatchBuilder(options.keys);
  const context = { queue, builder, intents, standing, logger, life: settings.lease, now };

  let connection: Connection | null = null;
  let shard: Shard | null = null;
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
    while (!closing || queue.isUnsettled()) {
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

  const pause = () => new Promise(resolve => setTimeout(resolve, retryPause));

  /** Does what is to be done next. */
  async function step(): Promise<void> {
    connection ??= await connect(options.database, `stile ledger ${holder}`, settings.statementDeadline);
    if (shard?.isUnsure) await shard.reconcile(connection);
    if (shard === null || !shard.isHeld) {
      shard = await lease(connection);
    } else if (standing.fault !== null || shard.renewalDue() <= 0) {
      await shard.renew(connection);
    } else if (intents.forsaken.size > 0) {
      await shard.closeForsaken(connection);
    } else if (queue.length > 0) {
      const appended = await shard.commit(connection);
      if (appended > 0) batches += 1;
      entries += appended;
    } else {
      await queue.filled(shard.renewalDue());
    }
  }

  async function lease(on: Connection): Promise<Shard | null> {
    if (standing.isClockOff(now(), await readClock(on))) return null;
    if (!(await hasMonth(on, now()))) {
      standing.fail(ledgerFault.unavailable, monthMissing(now()));
      return null;
    }
    const hold = await takeShard(on, holder, settings.lease);
    if (hold === null) {
      standing.fail(ledgerFault.unavailable, 'no shard is free');
      return null;
    }
    intents.inherit(await readIntents(on, hold.shard));
    logger.info({ shard: hold.shard, epoch: hold.epoch, size: hold.range.size }, 'shard leased');
    standing.recover();
    return holdShard(hold, context);
  }

  async function lose(error: unknown): Promise<void> {
    if (!(error instanceof ConnectionLost)) logger.error({ err: error }, 'a step of the ledger’s writer failed');
    connection?.close().catch(() => {});
    connection = null;
    losses += 1;
    // The first time all wait for the second try, which follows at once.
    if (losses === 1 && shard?.isHeld) return;
    standing.fail(ledgerFault.unavailable, String(error));
    await pause();
  }

  async function leave(): Promise<void> {
    try {
      if (connection !== null && shard?.isHeld) await releaseLease(connection, shard.hold);
      await connection?.close();
    } catch (error) {
      logger.warn({ err: error }, 'the shard could not be released; its lease will run out');
    }
  }

  function admit(draft: Draft, change: Change | undefined): Promise<Position> {
    const fault = closing ? ledgerFault.closed : standing.fault;
    if (fault !== null) return Promise.reject(new LedgerError(fault, `the ledger takes no entries: ${fault}`));
    if (shard !== null && isOutdated(draft, shard.hold.agreements)) return Promise.reject(moved());
    return queue.add(draft, change);
  }

  return {
    started,
    add(draft, change) {
      const admitted = admit(draft, change);
      const { closesIntent } = draft;
      if (closesIntent !== undefined) {
        admitted.catch(error => {
          if (isFinal(error)) intents.forsake(closesIntent);
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
      shard: shard?.isHeld ? shard.hold.shard : null,
      lastFault: standing.lastFault,
    }),
    async close() {
      closing = true;
      queue.wake();
      await done;
    },
  };
}

/** Whether whoever was told this can do no better: one that moved or was too large is recorded in another way. */
const isFinal = (error: unknown): boolean =>
  error instanceof LedgerError && error.fault !== ledgerFault.moved && error.fault !== ledgerFault.tooLarge;
