/** Keeps the agreements in memory up with the store: hears of every change, and tries a read that failed again. */
import type { Logger } from 'pino';
import { agreementsChannel } from '../ledger/change.js';
import { type Listener, listen } from '../store/listen.js';
import type { AgreementIndex } from './agreement-index.js';

/** Between two tries to read, milliseconds. */
const pause = 1000;

/**
 * Reads the agreements again at each notification and after each gap in which one may have been missed. A release never
 * depends on that: the append compares versions. But who has just been granted something should not wait for the next change.
 *
 * @param database connection string
 */
export async function watchAgreements(database: string, index: AgreementIndex, logger: Logger): Promise<Listener> {
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  /** @param version one that there is now; undefined where nobody can tell what was missed: then all are read */
  function readAgain(version?: number): void {
    clearTimeout(timer);
    index.refresh(version).catch((error: unknown) => {
      logger.error({ err: error }, 'the agreements cannot be read yet');
      if (closed) return;
      clearTimeout(timer);
      timer = setTimeout(readAgain, pause);
    });
  }

  const listener = await listen(
    database,
    agreementsChannel,
    payload => readAgain(payload === undefined ? undefined : Number(payload)),
    logger,
  );
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await listener.close();
    },
  };
}
