/** A slow look for shards that have open intents but no writer: each is leased, its intents are closed, and it is released. */
import { openBatchBuilder } from './batch.js';
import { type Connection, connect } from './connection.js';
import { closeIntents, readIntents } from './intent.js';
import { releaseLease, takeShard } from './lease.js';
import type { WriterOptions } from './writer.js';

/**
 * Looks every two lives of a lease. Whatever fails is left to the next look: until an intent is closed it is open, and
 * nobody waits for it.
 *
 * @returns ends the looking, once a look under way has ended
 */
export function watchForsakenShards(options: WriterOptions): () => Promise<void> {
  const { logger, settings } = options;
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = look(options).catch(error => logger.warn({ err: error }, 'no look for forsaken shards'));
  }, 2 * settings.lease).unref();
  return async () => {
    clearInterval(timer);
    await looking;
  };
}

async function look(options: WriterOptions): Promise<void> {
  const connection = await connect(options.database, 'stile ledger look', options.settings.statementDeadline);
  try {
    const shards = await forsakenShards(connection);
    for (const shard of shards) await tidy(connection, shard, options);
  } finally {
    await connection.close();
  }
}

async function forsakenShards(connection: Connection): Promise<number[]> {
  const rows = await connection.run({
    text: `SELECT shard FROM ledger_heads AS head
      WHERE (lease_until IS NULL OR lease_until < clock_timestamp())
        AND EXISTS (SELECT FROM ledger_intents AS intent WHERE intent.shard = head.shard)
      ORDER BY shard`,
  });
  return rows.map(row => Number(row.shard));
}

async function tidy(connection: Connection, shard: number, options: WriterOptions): Promise<void> {
  const { keys, logger, now, settings } = options;
  const hold = await takeShard(connection, `${options.holder} look`, settings.lease, shard);
  if (hold === null) return;
  const intents = await readIntents(connection, shard);
  const answer = await closeIntents(connection, hold, intents, openBatchBuilder(keys), now, settings.lease);
  logger.warn({ shard, intents: intents.length, fault: answer.fault }, 'intents of a forsaken shard closed as unknown');
  await releaseLease(connection, hold);
}
