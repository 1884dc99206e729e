/** Opens the ledger: the shards of a new store, a writer on a leased one, and the interface the rest of the gateway knows. */
import type { Logger } from 'pino';
import type { LedgerSettings } from '../registry/settings.js';
import type { Change } from './change.js';
import { connect } from './connection.js';
import { watchForsakenShards } from './forsaken-shards.js';
import { newHolder } from './lease.js';
import type { Draft, Ledger, Query } from './ledger.js';
import type { PeriodKeys } from './period-keys.js';
import { startWriter, type WriterMetrics } from './writer.js';

export interface LedgerOptions {
  /** Connection string of the store, its migrations done. */
  readonly database: string;
  readonly keys: PeriodKeys;
  readonly settings: LedgerSettings;
  readonly logger: Logger;
  /** This machine's clock, milliseconds since 1970 in UTC. */
  readonly now?: () => number;
}

export interface OpenLedger extends Ledger {
  readonly metrics: WriterMetrics;
}

/** Resolves when a shard is leased, or when the first try at it has failed; `fault()` tells which, and the tries go on. */
export async function openLedger(options: LedgerOptions): Promise<OpenLedger> {
  await makeShards(options.database, options.settings);
  const writerOptions = { ...options, holder: newHolder(), now: options.now ?? Date.now };
  const writer = startWriter(writerOptions);
  await writer.started;
  const endWatch = watchForsakenShards(writerOptions);
  return {
    append: draft => writer.add(draft),
    async appendWithChange<T>(draft: Draft, run: (query: Query) => Promise<T>, further: readonly Draft[] = []) {
      const change: Change = { run, further, made: null };
      const position = await writer.add(draft, change);
      if (change.made === null) throw new Error('a change was stored that made nothing');
      return { position, version: change.made.version, result: change.made.result as T };
    },
    fault: () => writer.fault(),
    get metrics() {
      return writer.metrics();
    },
    async close() {
      await Promise.all([endWatch(), writer.close()]);
    },
  };
}

/** A new store is given its shards once; from then on their set is the ledger's own. */
async function makeShards(database: string, settings: LedgerSettings): Promise<void> {
  const connection = await connect(database, 'stile ledger', settings.statementDeadline);
  try {
    await connection.run({
      text: `INSERT INTO ledger_heads (shard) SELECT generate_series(0, $1 - 1)
        WHERE NOT EXISTS (SELECT FROM ledger_heads WHERE shard >= 0) ON CONFLICT DO NOTHING`,
      values: [settings.shards],
    });
  } finally {
    await connection.close();
  }
}
