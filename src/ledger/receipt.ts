/** Receipts: what a party of an exchange keeps to prove, without us, that its record was in the ledger as it is. */
import type { Receipt } from '../../schemas/stile/receipt.js';
import { parseCheckpoint } from './checkpoint.js';
import { type Position, positionText, type Query, rollShard } from './ledger.js';
import { leafHash } from './merkle.js';
import { withinMonths } from './month.js';
import { parseNote } from './note.js';
import { proveInclusion, verifyInclusion } from './proof.js';
import { storedNodes } from './stored-tiles.js';
import { formatTlogProof } from './tlog-proof.js';

/**
 * Makes the receipt of an entry from the checkpoints that enough witnesses cosigned; where those do not cover it, from the
 * ones signed last.
 *
 * @param archived the entry where the store has it no longer
 * @returns null when they do not cover the position yet, there is no such entry, or an archived one is not its leaf
 */
export async function makeReceipt(
  query: Query,
  position: Position,
  archived: string | null = null,
): Promise<Receipt | null> {
  const from = (table: CheckpointTable) => receiptFrom(table, query, position, archived);
  return (await from('ledger_witnessed')) ?? from('ledger_checkpoints');
}

type CheckpointTable = 'ledger_witnessed' | 'ledger_checkpoints';

async function receiptFrom(
  table: CheckpointTable,
  query: Query,
  position: Position,
  archived: string | null,
): Promise<Receipt | null> {
  const { shard, index } = position;
  const text = `SELECT shard, note, roll_index FROM ${table} WHERE shard IN ($1, $2)`;
  const signed = await query(text, [shard, rollShard]);
  const own = signed.rows.find(row => row.shard === shard);
  const roll = signed.rows.find(row => row.shard === rollShard);
  if (own === undefined || roll === undefined) return null;
  const rollIndex = Number(own.roll_index);
  const proof = await proveEntry(query, position, own.note as string, archived);
  const rollProof = await proveEntry(query, { shard: rollShard, index: rollIndex }, roll.note as string);
  if (proof === null || rollProof === null) return null;
  return { position: positionText({ shard, index }), ...proof, roll: rollProof };
}

/** An entry with the proof that it is in the tree of a signed checkpoint; null when that does not cover it. */
export async function proveEntry(query: Query, position: Position, checkpoint: string, archived: string | null = null) {
  const { shard, index } = position;
  const { size, root } = parseCheckpoint(parseNote(checkpoint).text);
  if (index >= size) return null;
  const entry = archived ?? (await storedEntry(query, position));
  if (entry === null) return null;
  const proof = await proveInclusion(index, size, storedNodes(query, shard, size));
  const isProved = archived === null || verifyInclusion(proof, index, leafHash(Buffer.from(entry)), { size, root });
  return isProved ? { entry, proof: formatTlogProof({ index, proof, checkpoint }) } : null;
}

async function storedEntry(query: Query, { shard, index }: Position): Promise<string | null> {
  const text = `SELECT convert_from(entry, 'UTF8') AS entry FROM ledger_entries AS stored
    WHERE shard = $1 AND index = $2 AND ${withinMonths('stored', '$1', '$2')}`;
  const [row] = (await query(text, [shard, index])).rows;
  return row === undefined ? null : (row.entry as string);
}
