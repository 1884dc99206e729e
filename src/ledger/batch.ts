/** One group commit: entries that are hashed into the tree together and sent as one call of `ledger_append`. */
import type { Connection } from './connection.js';
import type { EncodedEntry } from './entry.js';
import { saltLength } from './entry.js';
import type { Hold } from './lease.js';
import type { Draft } from './ledger.js';
import { extend, rangeBytes, rootOf } from './merkle.js';

/** Most entries of a batch. */
export const batchEntries = 500;
/** Most bytes of a batch, side rows included. */
export const batchBytes = 4 * 1024 * 1024;

export interface BatchEntry {
  readonly draft: Draft;
  readonly encoded: EncodedEntry;
}

/** What failed in a comparison, by the name the database gives it. */
export const appendFault = { clock: 'clock', epoch: 'epoch', size: 'size', agreements: 'agreements' } as const;
export type AppendFault = (typeof appendFault)[keyof typeof appendFault];

export interface AppendAnswer {
  /** Null when the batch is durable. */
  readonly fault: AppendFault | null;
  /** The shard as it is after the append; as it was when it failed. */
  readonly hold: Hold;
  /** The database's clock, milliseconds since 1970. */
  readonly clock: number;
}

const text = `SELECT * FROM ledger_append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`;

/**
 * Appends a batch in one statement.
 *
 * @param sent this machine's clock, milliseconds since 1970
 * @param life for which the lease is renewed in passing, milliseconds
 */
export async function appendBatch(
  connection: Connection,
  hold: Hold,
  batch: readonly BatchEntry[],
  time: number,
  sent: number,
  life: number,
): Promise<AppendAnswer> {
  const range = extend(
    hold.range,
    batch.map(entry => entry.encoded.leaf),
  );
  const tags: Buffer[] = [];
  const tagEntries: number[] = [];
  const tagRoles: string[] = [];
  batch.forEach((entry, number) => {
    for (const subject of entry.encoded.subjects) {
      tags.push(subject.tag);
      tagEntries.push(number);
      tagRoles.push(subject.role);
    }
  });
  const [answer] = await connection.run({
    name: 'ledger-append',
    text,
    values: [
      hold.shard,
      hold.range.size,
      hold.epoch,
      hold.agreements,
      sent,
      life,
      time,
      rootOf(range),
      rangeBytes(range),
      batch.map(entry => entry.encoded.text).join('\n'),
      Buffer.concat(batch.map(entry => entry.encoded.leaf)),
      Buffer.concat(
        batch.map(entry => entry.encoded.salt),
        batch.length * saltLength,
      ),
      tags.length === 0 ? null : Buffer.concat(tags),
      tags.length === 0 ? null : `{${tagEntries.join()}}`,
      tags.length === 0 ? null : `{${tagRoles.join()}}`,
      sideText(batch),
    ],
  });
  if (answer === undefined) throw new Error('ledger_append gave no answer');
  const fault = answer.fault as AppendFault | null;
  return {
    fault,
    clock: Number(answer.clock),
    hold:
      fault === null
        ? { ...hold, range, time }
        : fault === appendFault.agreements
          ? { ...hold, agreements: Number(answer.agreements) }
          : hold,
  };
}

/** The rarer side rows as JSON; null when there are none, as mostly. */
function sideText(batch: readonly BatchEntry[]): string | null {
  if (!batch.some(({ draft }) => draft.opensIntent || draft.closesIntent !== undefined || draft.seal !== undefined))
    return null;
  return JSON.stringify({
    opens: batch.flatMap(({ draft }, entry) => (draft.opensIntent ? [entry] : [])),
    closes: batch.flatMap(({ draft }) => draft.closesIntent ?? []),
    seals: batch.flatMap(({ draft }, entry) =>
      draft.seal === undefined ? [] : [{ ...draft.seal, entry, reply: draft.seal.reply.toString('base64') }],
    ),
  });
}
