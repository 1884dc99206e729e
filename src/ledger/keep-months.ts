/** Has the store make the ledger's partitions months ahead, so that no append ever finds its month without one. */
import type { Logger } from 'pino';
import { connect } from './connection.js';

export interface KeepMonthsOptions {
  /** Connection string of the store. */
  readonly database: string;
  /** For each statement, milliseconds. */
  readonly statementDeadline: number;
  readonly logger: Logger;
}

export interface MonthKeeper {
  /** Whether this month and those ahead had their partitions at the last look. */
  readonly isWell: boolean;
  /** Resolves once a look under way has ended. */
  close(): Promise<void>;
}

/** Milliseconds from one look to the next, and to the one after a look that went wrong. */
const pauses = { well: 24 * 60 * 60 * 1000, wrong: 60 * 1000 } as const;

/** Resolves after the first look, which is at once; whatever goes wrong in one is logged, and tried again. */
export async function keepMonths(options: KeepMonthsOptions): Promise<MonthKeeper> {
  const { database, statementDeadline, logger } = options;
  let isWell = true;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void>;

  async function look(): Promise<void> {
    try {
      const connection = await connect(database, 'stile ledger months', statementDeadline);
      await connection.run({ text: 'SELECT ledger_make_months()' }).finally(() => connection.close());
      isWell = true;
    } catch (error) {
      isWell = false;
      logger.error({ err: error }, 'the partitions of the coming months could not be made');
    }
    timer = setTimeout(again, isWell ? pauses.well : pauses.wrong).unref();
  }

  function again(): void {
    looking = look();
  }

  looking = look();
  await looking;
  return {
    get isWell() {
      return isWell;
    },
    async close() {
      await looking;
      clearTimeout(timer);
    },
  };
}
