/** Leases: which writer may append to which shard, so that no shard has two; an epoch fences off whoever lost one unaware. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Connection, Row } from './connection.js';
import { type CompactRange, readRange, rootOf } from './merkle.js';
import { withinMonths } from './month.js';

/** A leased shard, as its writer knows it after each of its appends. */
export interface Hold {
  readonly shard: number;
  readonly epoch: number;
  readonly range: CompactRange;
  /** Of the last entry, milliseconds since 1970 in UTC. */
  readonly time: number;
  /** The agreements' version. */
  readonly agreements: number;
}

/** A name for a writer, unlike any other's, that tells whoever looks at the heads where it runs. */
export const newHolder = (): string => `${hostname()} ${process.pid} ${randomBytes(4).toString('hex')}`;

const headColumns = 'shard, size, root, range, epoch, time, agreements';
const databaseClock = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS clock';
const isFree = '(lease_until IS NULL OR lease_until < clock_timestamp() OR holder = $1)';

/**
 * Leases a free shard: one never leased, released, whose lease ran out, or that is this holder's already. One with open
 * intents comes first.
 *
 * @param life of the lease, milliseconds
 * @param only the shard that is wanted, the roll included; null means any shard
 * @returns null when none is free
 */
export async function takeShard(
  connection: Connection,
  holder: string,
  life: number,
  only: number | null = null,
): Promise<Hold | null> {
  const free = await connection.run({
    text: `SELECT shard, epoch FROM ledger_heads AS head
      WHERE ${isFree} AND NOT retired AND (shard = $2 OR $2::int IS NULL AND shard >= 0)
      ORDER BY EXISTS (SELECT FROM ledger_intents AS intent WHERE intent.shard = head.shard) DESC, lease_until NULLS FIRST, shard`,
    values: [holder, only],
  });
  for (const { shard, epoch } of free) {
    // Of several that saw it free, the first to compare wins; the others go on to the next.
    const [head] = await connection.run({
      text: `UPDATE ledger_heads
        SET epoch = epoch + 1, holder = $1, lease_until = clock_timestamp() + $2 * interval '1 ms'
        WHERE shard = $3 AND epoch = $4 AND NOT retired AND ${isFree}
        RETURNING ${headColumns}`,
      values: [holder, life, shard, epoch],
    });
    if (head !== undefined) return readHold(head);
  }
  return null;
}

/** The database's clock, milliseconds since 1970. */
export async function readClock(connection: Connection): Promise<number> {
  const [row] = await connection.run({ text: `SELECT ${databaseClock}` });
  return Number(row?.clock);
}

/** @returns the database's clock too, milliseconds since 1970; null when the shard was taken over */
export async function renewLease(
  connection: Connection,
  hold: Hold,
  life: number,
): Promise<{ readonly hold: Hold; readonly clock: number } | null> {
  const [head] = await connection.run({
    name: 'ledger-renew',
    text: `UPDATE ledger_heads SET lease_until = clock_timestamp() + $3 * interval '1 ms'
      WHERE shard = $1 AND epoch = $2 RETURNING ${headColumns}, ${databaseClock}`,
    values: [hold.shard, hold.epoch, life],
  });
  return head === undefined ? null : { hold: readHold(head), clock: Number(head.clock) };
}

export async function releaseLease(connection: Connection, hold: Hold): Promise<void> {
  await connection.run({
    text: 'UPDATE ledger_heads SET holder = NULL, lease_until = NULL WHERE shard = $1 AND epoch = $2',
    values: [hold.shard, hold.epoch],
  });
}

/**
 * The head as it is now, whoever holds it, and what follows a known size, in one snapshot: kind and id of each entry, as
 * an intent and its record have one id.
 */
export async function readHead(
  connection: Connection,
  shard: number,
  size: number,
  count: number,
): Promise<{ readonly head: Hold; readonly names: readonly string[] }> {
  const [row] = await connection.run({
    text: `SELECT ${headColumns}, ARRAY(
        SELECT entry.kind || ' ' || entry.id FROM ledger_entries AS entry
        WHERE entry.shard = $1 AND entry.index >= $2 AND entry.index < $2 + $3
          AND ${withinMonths('entry', '$1', '$2', '$2 + $3 - 1')}
        ORDER BY entry.index
      ) AS names FROM ledger_heads WHERE shard = $1`,
    values: [shard, size, count],
  });
  if (row === undefined) throw new Error(`the ledger has no shard ${shard}`);
  return { head: readHold(row), names: row.names as string[] };
}

/**
 * Commits a write to the head, whoever holds it: what was visible before is then as durable as the store makes anything, on
 * a synchronous standby too. A commit whose wait for the standby was cut short, by a restart or an operator, is visible but
 * may still be lost with the primary (PostgreSQL 15, section 27.2.8).
 */
export async function confirmHead(connection: Connection, shard: number): Promise<void> {
  await connection.run({ text: 'UPDATE ledger_heads SET epoch = epoch WHERE shard = $1', values: [shard] });
}

/** @throws when root and range do not fit: then nothing may be built on them */
function readHold(head: Row): Hold {
  const range = readRange(Number(head.size), head.range as Buffer);
  if (rootOf(range) !== (head.root as Buffer).toString('hex'))
    throw new Error(`the head of shard ${head.shard} is damaged`);
  return {
    shard: Number(head.shard),
    epoch: Number(head.epoch),
    range,
    time: Number(head.time),
    agreements: Number(head.agreements),
  };
}
