/** Whether the ledger takes entries, and if not, why: told to callers, to the log at each change, and to the metrics. */
import type { Logger } from 'pino';
import { type LedgerFault, ledgerFault } from './ledger.js';

/** How far this machine's clock may be from the database's, either way, milliseconds. `ledger_append` holds to the same. */
const clockTolerance = 2000;

export interface Standing {
  readonly fault: LedgerFault | null;
  /** The last one there was, in words; null when there was none since the start. */
  readonly lastFault: string | null;
  fail(fault: LedgerFault, why: string): void;
  recover(): void;
  /**
   * A fast clock would push a shard into the future, a slow one revives what has expired: fails when it is either.
   *
   * @param sent this machine's clock when it asked, milliseconds since 1970
   * @param clock the database's, read at some time since
   */
  isClockOff(sent: number, clock: number): boolean;
}

/**
 * Until it recovers for the first time, which is with the first lease, nothing is taken.
 *
 * @param now this machine's clock
 */
export function openStanding(logger: Logger, now: () => number): Standing {
  let fault: LedgerFault | null = ledgerFault.unavailable;
  let lastFault: string | null = null;

  function fail(next: LedgerFault, why: string): void {
    lastFault = `${next}: ${why}`;
    if (next !== fault) logger.error({ fault: next, why }, 'the ledger takes no entries');
    fault = next;
  }

  return {
    get fault() {
      return fault;
    },
    get lastFault() {
      return lastFault;
    },
    fail,
    recover() {
      if (fault !== null) logger.info('the ledger takes entries');
      fault = null;
    },
    isClockOff(sent, clock) {
      const isOff = clock < sent - clockTolerance || clock > now() + clockTolerance;
      if (isOff) fail(ledgerFault.clock, `the clock is ${sent - clock} ms ahead of the database's`);
      return isOff;
    },
  };
}
