/** What witnesses cosigned, in the store: added to the roll's checkpoint, and kept with the shards' once enough have. */
import { type Query, rollShard } from './ledger.js';
import type { TreeHead } from './proof.js';
import { checkpointsChannel } from './roll.js';

/** The roll's last signed checkpoint and what it holds. */
export interface SignedState {
  readonly head: TreeHead;
  /** The signed note, with the cosignatures so far. */
  readonly note: string;
  /** The shards' last checkpoints, as rows. */
  readonly shards: readonly Readonly<Record<string, unknown>>[];
}

/** What is signed; null when nothing is yet. To be read when all that is in the roll is signed. */
export async function readSignedState(query: Query): Promise<SignedState | null> {
  const text = `SELECT shard, size, encode(root, 'hex') AS root, note, roll_index FROM ledger_checkpoints`;
  const { rows } = await query(text, []);
  const roll = rows.find(({ shard }) => shard === rollShard);
  if (roll === undefined) return null;
  return {
    head: { size: Number(roll.size), root: String(roll.root) },
    note: String(roll.note),
    shards: rows.filter(row => row !== roll),
  };
}

/** Replaces the note of the roll's checkpoint, unless a newer one was signed meanwhile. */
export async function writeCosigned(query: Query, before: string, after: string): Promise<void> {
  await query('UPDATE ledger_checkpoints SET note = $3 WHERE shard = $1 AND note = $2', [rollShard, before, after]);
}

/** Keeps a state that enough witnesses cosigned, unless a later one is kept, and tells all replicas. */
export async function writeWitnessed(query: Query, { head, note, shards }: SignedState): Promise<void> {
  await query(
    `WITH roll AS (
       INSERT INTO ledger_witnessed AS held (shard, size, root, note) VALUES ($1, $2, decode($3, 'hex'), $4)
       ON CONFLICT (shard) DO UPDATE SET size = excluded.size, root = excluded.root, note = excluded.note
       WHERE held.size <= excluded.size RETURNING held.size
     ), kept AS (
       INSERT INTO ledger_witnessed AS held (shard, size, root, note, roll_index)
       SELECT shard, size, decode(root, 'hex'), note, roll_index
       FROM jsonb_to_recordset($5) AS own (shard int, size bigint, root text, note text, roll_index bigint)
       WHERE EXISTS (SELECT FROM roll)
       ON CONFLICT (shard) DO UPDATE
       SET size = excluded.size, root = excluded.root, note = excluded.note, roll_index = excluded.roll_index
     )
     SELECT pg_notify($6, '')`,
    [rollShard, head.size, head.root, note, JSON.stringify(shards), checkpointsChannel],
  );
}
