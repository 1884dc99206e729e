/** Whether the ledger takes entries, and if not, why: told to callers, to the log at each change, and to the metrics. */
import type { Logger } from 'pino';
import { type LedgerFault, ledgerFault } from './ledger.js';

export interface Standing {
  readonly fault: LedgerFault | null;
  /** The last one there was, in words; null when there was none since the start. */
  readonly lastFault: string | null;
  fail(fault: LedgerFault, why: string): void;
  recover(): void;
}

/** Until the first recovery, which is the first lease, nothing is taken. */
export function openStanding(logger: Logger): Standing {
  let fault: LedgerFault | null = ledgerFault.unavailable;
  let lastFault: string | null = null;
  return {
    get fault() {
      return fault;
    },
    get lastFault() {
      return lastFault;
    },
    fail(next, why) {
      lastFault = `${next}: ${why}`;
      if (next !== fault) logger.error({ fault: next, why }, 'the ledger takes no entries');
      fault = next;
    },
    recover() {
      if (fault !== null) logger.info('the ledger takes entries');
      fault = null;
    },
  };
}
