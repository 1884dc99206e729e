/** Changes the agreements and appends the entry that says so, in one transaction that no append of any shard can pass. */
import { type AppendAnswer, type AppendFault, appendBatch, appendFault } from './append.js';
import type { BatchBuilder } from './batch.js';
import { type Connection, ConnectionLost, type Row } from './connection.js';
import type { Hold } from './lease.js';
import { type Draft, LedgerError, ledgerFault, type Query } from './ledger.js';

/** The channel on which replicas hear of the agreements' new version. */
export const agreementsChannel = 'agreements';

export interface Change {
  readonly run: (query: Query) => Promise<unknown>;
  /** Entries that follow the job's own at once. */
  readonly further: readonly Draft[];
  /** What the last run returned and the version it made: good once the entry is known to be stored. */
  made: { readonly result: unknown; readonly version: number } | null;
}

/** Nothing was done, as the change itself threw. */
export class ChangeThrew extends Error {}

/**
 * Locks every head in shard order, so that two changes cannot deadlock and every append waits; runs the change, moves the
 * agreements' version on every head, appends the entry and commits.
 *
 * @param now this machine's clock
 * @param life for which the lease is renewed in passing, milliseconds
 * @throws {ChangeThrew} with what the change threw as its cause
 */
export async function appendChange(
  connection: Connection,
  hold: Hold,
  builder: BatchBuilder,
  draft: Draft,
  change: Change,
  now: () => number,
  life: number,
): Promise<AppendAnswer> {
  await connection.run({ text: 'BEGIN' });
  try {
    const heads = await connection.run({
      text: 'SELECT shard, size, epoch, agreements FROM ledger_heads ORDER BY shard FOR UPDATE',
    });
    const known = Math.max(...heads.map(head => Number(head.agreements)));
    // Before the change is run and before versions are compared: an earlier run of it may have been committed late.
    const fault = movedHead(hold, heads);
    if (fault !== null) {
      await connection.run({ text: 'ROLLBACK' });
      return { fault, hold, clock: now() };
    }
    if (draft.agreements !== undefined && draft.agreements !== known) {
      await connection.run({ text: 'ROLLBACK' });
      return { fault: appendFault.agreements, hold: { ...hold, agreements: known }, clock: now() };
    }
    const version = known + 1;
    const result = await runChange(connection, change);
    await connection.run({ text: 'UPDATE ledger_heads SET agreements = $1', values: [version] });
    const sent = now();
    builder.begin(Math.max(sent, hold.time));
    for (const entry of [draft, ...change.further]) {
      if (!builder.add(entry))
        throw new LedgerError(ledgerFault.tooLarge, 'the entries of a change are too many for one append');
    }
    const answer = await appendBatch(connection, { ...hold, agreements: version }, builder.finish(), sent, life);
    if (answer.fault !== null) {
      await connection.run({ text: 'ROLLBACK' });
      return { ...answer, hold };
    }
    await connection.run({ text: 'SELECT pg_notify($1, $2)', values: [agreementsChannel, String(version)] });
    change.made = { result, version };
    await connection.run({ text: 'COMMIT' });
    return answer;
  } catch (error) {
    // Throws itself when the connection is lost: then what became of the commit is unknown.
    await connection.run({ text: 'ROLLBACK' });
    throw error;
  }
}

function movedHead(hold: Hold, heads: readonly Row[]): AppendFault | null {
  const head = heads.find(({ shard }) => shard === hold.shard);
  if (Number(head?.epoch) !== hold.epoch) return appendFault.epoch;
  return Number(head?.size) === hold.range.size ? null : appendFault.size;
}

async function runChange(connection: Connection, change: Change): Promise<unknown> {
  try {
    return await change.run(async (text, values) => ({ rows: await connection.run({ text, values }) }));
  } catch (error) {
    if (error instanceof ConnectionLost) throw error;
    throw new ChangeThrew('the change threw', { cause: error });
  }
}
