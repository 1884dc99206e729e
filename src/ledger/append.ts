/** The append: one call of the SQL function `ledger_append`, one round trip, one fsync. */
import type { Batch } from './batch.js';
import type { Connection } from './connection.js';
import type { Hold } from './lease.js';
import { extend, rootOf } from './merkle.js';

/** The comparison that failed, by the name the database gives it; `month`: the batch's month has no partition. */
export const appendFault = {
  clock: 'clock',
  month: 'month',
  epoch: 'epoch',
  size: 'size',
  agreements: 'agreements',
} as const;
export type AppendFault = (typeof appendFault)[keyof typeof appendFault];

export interface AppendAnswer {
  /** Null when the batch is durable. */
  readonly fault: AppendFault | null;
  /** The shard as it is after the append; when that failed, as far as the fault told. */
  readonly hold: Hold;
  /** The database's clock, milliseconds since 1970. */
  readonly clock: number;
}

const parameters = Array.from({ length: 23 }, (_, at) => `$${at + 1}`).join(', ');
const text = `SELECT * FROM ledger_append(${parameters})`;

/**
 * @param sent this machine's clock, milliseconds since 1970
 * @param life for which the lease is renewed in passing, milliseconds
 */
export async function appendBatch(
  connection: Connection,
  hold: Hold,
  batch: Batch,
  sent: number,
  life: number,
): Promise<AppendAnswer> {
  const range = extend(hold.range, batch.leaves);
  const hasTags = batch.tags.length > 0;
  const [answer] = await connection.run({
    name: 'ledger-append',
    text,
    // Arrays and hashes as PostgreSQL's own literals: the driver's encoding of them costs more than all the rest.
    values: [
      hold.shard,
      hold.range.size,
      hold.epoch,
      hold.agreements,
      sent,
      life,
      batch.time,
      bytes([rootOf(range)]),
      bytes(range.hashes),
      batch.entries,
      `{${batch.starts.join()}}`,
      `{${batch.lengths.join()}}`,
      bytes(batch.leaves),
      batch.salts,
      JSON.stringify(batch.facets),
      `{${batch.entryFacets.join()}}`,
      `{${batch.ids.join()}}`,
      texts(batch.cases),
      texts(batch.operators),
      hasTags ? bytes(batch.tags) : null,
      hasTags ? `{${batch.tagEntries.join()}}` : null,
      hasTags ? `{${batch.tagRoles.join()}}` : null,
      batch.side,
    ],
  });
  if (answer === undefined) throw new Error('ledger_append gave no answer');
  const fault = answer.fault as AppendFault | null;
  const clock = Number(answer.clock);
  if (fault === null) return { fault, clock, hold: { ...hold, range, time: batch.time } };
  if (fault === appendFault.agreements)
    return { fault, clock, hold: { ...hold, agreements: Number(answer.agreements) } };
  return { fault, clock, hold };
}

/** Hashes as a bytea literal. */
const bytes = (hashes: readonly string[]): string => `\\x${hashes.join('')}`;

/** Texts as an array literal (PostgreSQL, section 8.15.2). */
const texts = (values: readonly (string | undefined)[]): string =>
  `{${values.map(value => (value === undefined ? 'NULL' : `"${value.replace(/["\\]/g, '\\$&')}"`)).join()}}`;
