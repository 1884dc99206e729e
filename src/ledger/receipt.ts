/** Receipts: what a party of an exchange keeps to prove, without us, that its record was in the ledger as it is. */
import type { Receipt } from '../../schemas/stile/receipt.js';
import { parseCheckpoint } from './checkpoint.js';
import { type Position, positionText, type Query, rollShard } from './ledger.js';
import { withinMonths } from './month.js';
import { parseNote } from './note.js';
import { proveInclusion } from './proof.js';
import { storedNodes } from './stored-tiles.js';
import { formatTlogProof } from './tlog-proof.js';

/**
 * Makes the receipt of an entry from the last signed checkpoints.
 *
 * @returns null when they do not cover the position yet, or there is no such entry
 */
export async function makeReceipt(query: Query, position: Position): Promise<Receipt | null> {
  const { shard, index } = position;
  const signed = await query('SELECT shard, note, roll_index FROM ledger_checkpoints WHERE shard IN ($1, $2)', [
    shard,
    rollShard,
  ]);
  const own = signed.rows.find(row => row.shard === shard);
  const roll = signed.rows.find(row => row.shard === rollShard);
  if (own === undefined || roll === undefined) return null;
  const rollIndex = Number(own.roll_index);
  const proof = await proveEntry(query, position, own.note as string);
  const rollProof = await proveEntry(query, { shard: rollShard, index: rollIndex }, roll.note as string);
  if (proof === null || rollProof === null) return null;
  return { position: positionText({ shard, index }), ...proof, roll: rollProof };
}

/** An entry with the proof that it is in the tree of a signed checkpoint; null when that does not cover it. */
export async function proveEntry(query: Query, { shard, index }: Position, checkpoint: string) {
  const { size } = parseCheckpoint(parseNote(checkpoint).text);
  if (index >= size) return null;
  const text = `SELECT convert_from(entry, 'UTF8') AS entry FROM ledger_entries AS stored
    WHERE shard = $1 AND index = $2 AND ${withinMonths('stored', '$1', '$2')}`;
  const [row] = (await query(text, [shard, index])).rows;
  if (row === undefined) return null;
  const proof = await proveInclusion(index, size, storedNodes(query, shard, size));
  return { entry: row.entry as string, proof: formatTlogProof({ index, proof, checkpoint }) };
}
