/** Changes the agreements and appends the entry that says so, in one transaction that no append of any shard can pass. */
import { type AppendAnswer, appendBatch, appendFault, type BatchEntry } from './batch.js';
import type { Connection } from './connection.js';
import type { Hold } from './lease.js';
import type { Query } from './ledger.js';

/** The channel on which replicas hear of a new version. */
export const agreementsChannel = 'agreements';

export interface ChangeAnswer extends AppendAnswer {
  /** What the change returned, once the answer has no fault. */
  readonly result: unknown;
}

/**
 * Locks every head in shard order, so that two changes cannot deadlock, and appends wait; runs the change, moves the
 * agreements' version on every head, appends the entry and commits.
 *
 * @param entries of one change, encoded with a time that is not before the shard's
 * @throws what the change throws; then nothing was done
 */
export async function appendChange(
  connection: Connection,
  hold: Hold,
  entries: readonly BatchEntry[],
  change: (query: Query) => Promise<unknown>,
  time: number,
  sent: number,
  life: number,
): Promise<ChangeAnswer> {
  await connection.run({ text: 'BEGIN' });
  try {
    const heads = await connection.run({ text: 'SELECT agreements FROM ledger_heads ORDER BY shard FOR UPDATE' });
    const known = Math.max(...heads.map(head => Number(head.agreements)));
    const decidedUnder = entries[0]?.draft.agreements;
    if (decidedUnder !== undefined && decidedUnder !== known) {
      await connection.run({ text: 'ROLLBACK' });
      return { fault: appendFault.agreements, hold: { ...hold, agreements: known }, clock: sent, result: undefined };
    }
    const agreements = known + 1;
    const result = await change(async (text, values) => ({ rows: await connection.run({ text, values }) }));
    await connection.run({ text: 'UPDATE ledger_heads SET agreements = $1', values: [agreements] });
    const answer = await appendBatch(connection, { ...hold, agreements }, entries, time, sent, life);
    if (answer.fault !== null) {
      await connection.run({ text: 'ROLLBACK' });
      return { ...answer, hold, result };
    }
    await connection.run({ text: 'SELECT pg_notify($1, $2)', values: [agreementsChannel, String(agreements)] });
    await connection.run({ text: 'COMMIT' });
    return { ...answer, result };
  } catch (error) {
    // On a lost connection this throws again, as lost: what became of the commit is unknown.
    await connection.run({ text: 'ROLLBACK' });
    throw error;
  }
}
