/** The roll: writes the shards' checkpoints into one more log and signs that, so that one signature holds the whole ledger. */
import type { KeyObject } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { randomId } from '../random.js';
import type { RollSettings } from '../registry/settings.js';
import { appendBatch, appendFault } from './append.js';
import { openBatchBuilder } from './batch.js';
import { InconsistentTree, originOf, requireExtension, signCheckpoint } from './checkpoint-signer.js';
import { type Connection, connect, queryOver, type Statement } from './connection.js';
import { type Hold, newHolder, releaseLease, renewLease, takeShard } from './lease.js';
import { type EntryBody, type Query, rollKind, rollShard, shardAction } from './ledger.js';
import { logKeysOf } from './log-key.js';
import { emptyRange, rootOf } from './merkle.js';
import type { PeriodKeys } from './period-keys.js';
import type { TreeHead } from './proof.js';
import { areSigners, keysEntry } from './roll-keys.js';
import { saveTold, untoldShards } from './shard-set.js';
import { readSignedRoll, writeSignedRoll } from './signed-roll.js';
import { completeTiles, storedNodes } from './stored-tiles.js';
import type { Witnesses } from './witnesses.js';

/** The channel on which replicas hear that more of the ledger is signed. */
export const checkpointsChannel = 'checkpoints';

export interface RollOptions {
  /** Connection string of the store, its migrations done. */
  readonly database: string;
  readonly deployment: string;
  /** Holds the keys that sign, and what was signed last. Replicas share it. */
  readonly keyFolder: string;
  readonly keys: PeriodKeys;
  readonly settings: RollSettings;
  readonly logger: Logger;
  /** This machine's clock, milliseconds since 1970 in UTC. */
  readonly now: () => number;
  /** Who is sent what is signed. */
  readonly witnesses?: Pick<Witnesses, 'offer'>;
}

export interface Roll {
  /** Why nothing is signed any more; null while all is well, another replica's signing included. */
  fault(): string | null;
  /** Signs what is left to sign, and leaves the roll to others. */
  close(): Promise<void>;
}

/** A shard whose head is not what was signed last. */
interface Grown {
  readonly shard: number;
  readonly head: TreeHead;
  readonly signed: TreeHead;
}

/**
 * Signs as often as config says, on whichever replica holds the roll's lease.
 *
 * @throws when a key that signs cannot be read
 */
export function openRoll(options: RollOptions): Roll {
  const { logger, settings, now } = options;
  // A key that is none stops the start, not the first checkpoint.
  logKeysOf(settings, options.keyFolder);
  const builder = openBatchBuilder(options.keys);
  const holder = newHolder();
  const closing = new AbortController();
  let connection: Connection | null = null;
  let hold: Hold | null = null;
  let fault: string | null = null;
  const done = work();

  async function work(): Promise<void> {
    while (!closing.signal.aborted) {
      await turn();
      await sleep(settings.checkpointEvery, undefined, { signal: closing.signal }).catch(() => undefined);
    }
    await turn();
    if (connection !== null && hold !== null) await releaseLease(connection, hold).catch(() => undefined);
    await connection?.close();
  }

  async function turn(): Promise<void> {
    try {
      connection ??= await connect(options.database, `stile roll ${holder}`, settings.statementDeadline);
      await sign(connection);
      if (fault !== null) logger.info('the ledger is signed again');
      fault = null;
    } catch (error) {
      if (error instanceof InconsistentTree) return fail(error.message);
      logger.warn({ err: error }, 'no checkpoint was signed');
      // What became of a statement may be unknown: everything is read anew.
      hold = null;
      await connection?.close().catch(() => undefined);
      connection = null;
    }
  }

  function fail(why: string): void {
    if (fault === null) logger.fatal({ why }, 'the ledger is not what was signed: nothing more of it is signed');
    fault = why;
  }

  async function sign(on: Connection): Promise<void> {
    const query = queryOver(on);
    hold = hold === null ? await lease(on) : ((await renewLease(on, hold, settings.lease))?.hold ?? null);
    if (hold === null) return;
    const keys = logKeysOf(settings, options.keyFolder);
    const entries: EntryBody[] = [];
    const origin = originOf(options.deployment, rollShard);
    const signed = await lastSigned(query, rollShard);
    if (signed === null || !areSigners(origin, keys, signed.note)) entries.push(keysEntry(origin, keys));
    const untold = await untoldShards(query);
    const added = untold.filter(({ action }) => action === shardAction.added);
    entries.push(...added.map(({ entry }) => entry));
    const grown = await shardsGrown(query);
    const notes: string[] = [];
    // One after another: each statement's deadline runs from when it is sent.
    for (const each of grown) {
      const note = await signShard(query, each, keys);
      notes.push(note);
      const { shard, head } = each;
      entries.push({ kind: rollKind.checkpoint, id: randomId(), shard, size: head.size, checkpoint: note });
    }
    const retired = untold.filter(({ action }) => action === shardAction.retired);
    const first = hold.range.size + entries.length - grown.length;
    entries.push(...retired.map(({ entry }) => entry));
    const saved = grown.map(({ shard, head }, at) => saveCheckpoint(shard, head, notes[at] ?? '', first + at));
    if (entries.length > 0) hold = await append(on, hold, entries, [...saved, ...untold.map(saveTold)]);
    await signRoll(query, hold, signed?.head ?? nothing, keys);
    await options.witnesses?.offer(query);
  }

  async function lease(on: Connection): Promise<Hold | null> {
    const text = `INSERT INTO ledger_heads (shard, agreements) SELECT $1, coalesce(max(agreements), 0) FROM ledger_heads
      ON CONFLICT DO NOTHING`;
    await on.run({ text, values: [rollShard] });
    return takeShard(on, holder, settings.lease, rollShard);
  }

  async function signShard(query: Query, { shard, head, signed }: Grown, keys: readonly KeyObject[]): Promise<string> {
    const origin = originOf(options.deployment, shard);
    await completeTiles(query, shard, head.size);
    await requireExtension(origin, signed, head, storedNodes(query, shard, head.size));
    return signCheckpoint(origin, head, keys);
  }

  /** The checkpoints become entries of the roll and the last ones signed in one transaction. */
  async function append(
    on: Connection,
    held: Hold,
    entries: readonly EntryBody[],
    saves: readonly Statement[],
  ): Promise<Hold> {
    const sent = now();
    builder.begin(Math.max(sent, held.time));
    for (const entry of entries) builder.add({ entry });
    await on.run({ text: 'BEGIN' });
    const batch = builder.finish();
    let answer = await appendBatch(on, held, batch, sent, settings.lease);
    // The agreements have moved since: of them the roll says nothing.
    while (answer.fault === appendFault.agreements)
      answer = await appendBatch(on, answer.hold, batch, sent, settings.lease);
    if (answer.fault !== null) throw new Error(`the roll took no checkpoint: ${answer.fault}`);
    for (const save of saves) await on.run(save);
    await on.run({ text: 'COMMIT' });
    return answer.hold;
  }

  async function signRoll(query: Query, { range }: Hold, signed: TreeHead, keys: readonly KeyObject[]): Promise<void> {
    const origin = originOf(options.deployment, rollShard);
    const head = { size: range.size, root: rootOf(range) };
    const kept = readSignedRoll(options.keyFolder);
    if (head.size === signed.size && head.size === kept.size && head.root === signed.root) return;
    await completeTiles(query, rollShard, head.size);
    const read = storedNodes(query, rollShard, head.size);
    await requireExtension(origin, kept, head, read);
    await requireExtension(origin, signed, head, read);
    const note = signCheckpoint(origin, head, keys);
    writeSignedRoll(options.keyFolder, note);
    const { text, values } = saveCheckpoint(rollShard, head, note, null);
    await query(text, values);
    await query('SELECT pg_notify($1, $2)', [checkpointsChannel, String(head.size)]);
  }

  return {
    fault: () => fault,
    async close() {
      closing.abort();
      await done;
    },
  };
}

async function shardsGrown(query: Query): Promise<readonly Grown[]> {
  const { rows } = await query(
    `SELECT head.shard, head.size, head.root, signed.size AS signed_size, signed.root AS signed_root
     FROM ledger_heads AS head LEFT JOIN ledger_checkpoints AS signed USING (shard)
     WHERE head.shard >= 0 AND ((head.size, head.root) IS DISTINCT FROM (coalesce(signed.size, 0), coalesce(signed.root, sha256('')))
       -- Of a shard that does not grow too, so that the months of the roll before this one can be dropped.
       OR signed.roll_index < (SELECT max(first_index) FROM ledger_months WHERE shard = ${rollShard}))
     ORDER BY head.shard`,
    [],
  );
  return rows.map(row => ({
    shard: Number(row.shard),
    head: { size: Number(row.size), root: (row.root as Buffer).toString('hex') },
    signed: headOf(row.signed_size, row.signed_root),
  }));
}

async function lastSigned(
  query: Query,
  shard: number,
): Promise<{ readonly head: TreeHead; readonly note: string } | null> {
  const [row] = (await query('SELECT size, root, note FROM ledger_checkpoints WHERE shard = $1', [shard])).rows;
  return row === undefined ? null : { head: headOf(row.size, row.root), note: row.note as string };
}

const nothing: TreeHead = { size: 0, root: rootOf(emptyRange) };

const headOf = (size: unknown, root: unknown): TreeHead =>
  root instanceof Buffer ? { size: Number(size), root: root.toString('hex') } : nothing;

const saveCheckpoint = (shard: number, { size, root }: TreeHead, note: string, rollIndex: number | null) => ({
  text: `INSERT INTO ledger_checkpoints (shard, size, root, note, roll_index) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (shard) DO UPDATE
    SET size = excluded.size, root = excluded.root, note = excluded.note, roll_index = excluded.roll_index`,
  values: [shard, size, Buffer.from(root, 'hex'), note, rollIndex],
});
