/** How far this machine's clock may be from the database's: a fast one would push a shard into the future, a slow one revives what has expired. */

/** Milliseconds, either way. `ledger_append` holds to the same. */
export const clockTolerance = 2000;

/**
 * @param sent this machine's clock before it asked, milliseconds
 * @param clock the database's, somewhere between
 * @param received this machine's clock when the answer came
 */
export const clockIsOff = (sent: number, clock: number, received: number): boolean =>
  clock < sent - clockTolerance || clock > received + clockTolerance;
