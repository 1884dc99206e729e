/** The texts that staff wrote beside entries, as whoever may see them is shown them: there, or erased when and by which entry. */
import type { KeptErasures } from './kept-erasures.js';
import { type Position, positionText, type Query } from './ledger.js';

export interface Erased {
  /** Position of the entry that says so, `shard/index`. */
  readonly record: string;
  /** RFC 3339, UTC. */
  readonly time: string;
}

/** A text, or what became of it. */
export type Beside = { readonly text: string } | { readonly erased: Erased };

export interface StoredText {
  /** Of the entry it stands beside. */
  readonly id: string;
  readonly beside: Beside;
}

const columns = 'shard, index, id, text, erased_shard, erased_index, erased_time';

/**
 * The texts beside the entries at some positions, by position. One that was erased is never among them, though a restored
 * backup has it again.
 */
export async function textsAt(
  query: Query,
  positions: readonly Position[],
  kept: KeptErasures,
): Promise<ReadonlyMap<string, StoredText>> {
  if (positions.length === 0) return new Map();
  const { rows } = await query(
    `SELECT ${columns} FROM ledger_texts
     WHERE (shard, index) IN (SELECT * FROM unnest($1::int[], $2::bigint[]))`,
    [positions.map(({ shard }) => shard), positions.map(({ index }) => index)],
  );
  return new Map(
    rows.map(row => [
      positionText({ shard: Number(row.shard), index: Number(row.index) }),
      { id: String(row.id), beside: besideOf(row, kept) },
    ]),
  );
}

/** The same by the entries' ids. */
export async function textsOf(
  query: Query,
  ids: readonly string[],
  kept: KeptErasures,
): Promise<ReadonlyMap<string, Beside>> {
  const { rows } = await query(`SELECT ${columns} FROM ledger_texts WHERE id = ANY($1)`, [ids]);
  return new Map(rows.map(row => [String(row.id), besideOf(row, kept)]));
}

function besideOf(row: Readonly<Record<string, unknown>>, kept: KeptErasures): Beside {
  if (row.text === null) {
    const record = positionText({ shard: Number(row.erased_shard), index: Number(row.erased_index) });
    return { erased: { record, time: new Date(Number(row.erased_time)).toISOString() } };
  }
  const erasure = kept.of(String(row.id));
  return erasure === null ? { text: String(row.text) } : { erased: { record: erasure.record, time: erasure.time } };
}
