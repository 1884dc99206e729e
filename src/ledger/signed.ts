/** How much of the ledger is signed: kept up with the store, so that whoever needs a proof can wait for it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { listen } from '../store/listen.js';
import type { Position } from './ledger.js';
import { checkpointsChannel } from './roll.js';

export interface Signed {
  /**
   * Resolves with whether a signed checkpoint, in the roll and under a signed checkpoint of the roll, covers a position.
   *
   * @param milliseconds longest wait
   */
  covers(position: Position, milliseconds: number): Promise<boolean>;
  close(): Promise<void>;
}

/** @param database connection string, for the notifications */
export async function watchSigned(database: string, pool: Pool, logger: Logger): Promise<Signed> {
  let sizes: ReadonlyMap<number, number> = new Map();
  let changed = () => {};
  let next = new Promise<void>(resolve => {
    changed = resolve;
  });

  async function read(): Promise<void> {
    const { rows } = await pool.query<{ shard: number; size: string }>('SELECT shard, size FROM ledger_checkpoints');
    sizes = new Map(rows.map(({ shard, size }) => [shard, Number(size)]));
    changed();
    next = new Promise(resolve => {
      changed = resolve;
    });
  }

  const hear = () => void read().catch(error => logger.warn({ err: error }, 'what is signed cannot be read yet'));
  const listener = await listen(database, checkpointsChannel, hear, logger);

  return {
    async covers({ shard, index }, milliseconds) {
      const isCovered = () => index < (sizes.get(shard) ?? 0);
      const over = new AbortController();
      const end = sleep(milliseconds, undefined, { signal: over.signal, ref: false }).catch(() => undefined);
      const limit = end.then(() => true);
      while (!isCovered()) {
        if (await Promise.race([next.then(() => false), limit])) break;
      }
      over.abort();
      return isCovered();
    },
    close: () => listener.close(),
  };
}
