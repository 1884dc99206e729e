/** Has the store make the ledger's partitions months ahead, so that no append ever finds its month without one. */
import type { Logger } from 'pino';
import { connect } from './connection.js';
import { type Keeper, openKeeper, type Pauses } from './keeper.js';

export interface KeepMonthsOptions {
  /** Connection string of the store. */
  readonly database: string;
  /** For each statement, milliseconds. */
  readonly statementDeadline: number;
  readonly logger: Logger;
}

const pauses: Pauses = { well: 24 * 60 * 60 * 1000, wrong: 60 * 1000 };

/** Well is when this month and those ahead have their partitions; whatever goes wrong in a look is logged, and tried again. */
export function keepMonths({ database, statementDeadline, logger }: KeepMonthsOptions): Promise<Keeper> {
  async function look(): Promise<void> {
    const connection = await connect(database, 'stile ledger months', statementDeadline);
    await connection.run({ text: 'SELECT ledger_make_months()' }).finally(() => connection.close());
  }
  return openKeeper(look, pauses, error =>
    logger.error({ err: error }, 'the partitions of the coming months could not be made'),
  );
}
