/** What a store says of its logs beside their entries: heads, last checkpoints, months and open intents. */
import { parseCheckpoint } from '../checkpoint.js';
import { type Query, rollShard } from '../ledger.js';
import type { Hash } from '../merkle.js';
import { parseNote } from '../note.js';
import { type DroppedRange, readDropped } from './dropped-range.js';

export interface StoredHead {
  readonly size: number;
  readonly root: Hash;
  /** The roots of the perfect subtrees, largest first, in hex. */
  readonly range: string;
  readonly time: number;
  readonly agreements: number;
}

export interface StoredCheckpoint {
  readonly size: number;
  readonly root: Hash;
  readonly note: string;
  readonly rollIndex: number | null;
}

export interface StoredState {
  readonly heads: ReadonlyMap<number, StoredHead>;
  readonly checkpoints: ReadonlyMap<number, StoredCheckpoint>;
  /** Every log that has a head, a checkpoint or a row, in order; the roll too. */
  readonly logs: readonly number[];
  readonly dropped: readonly DroppedRange[];
  /** The roll's checkpoint that enough witnesses cosigned last, with their signatures; null when there is none. */
  readonly witnessed: string | null;
}

export async function readState(query: Query): Promise<StoredState> {
  const heads = new Map<number, StoredHead>();
  for (const row of (await query('SELECT * FROM ledger_heads', [])).rows) {
    heads.set(Number(row.shard), {
      size: Number(row.size),
      root: hexOf(row.root),
      range: hexOf(row.range),
      time: Number(row.time),
      agreements: Number(row.agreements),
    });
  }
  const checkpoints = new Map<number, StoredCheckpoint>();
  for (const row of (await query('SELECT * FROM ledger_checkpoints', [])).rows) {
    checkpoints.set(Number(row.shard), {
      size: Number(row.size),
      root: hexOf(row.root),
      note: String(row.note),
      rollIndex: row.roll_index === null ? null : Number(row.roll_index),
    });
  }
  const logs = new Set([...heads.keys(), ...checkpoints.keys(), ...(await logsWithRows(query))]);
  const dropped = await readDropped(query);
  const [held] = (await query('SELECT note FROM ledger_witnessed WHERE shard = $1', [rollShard])).rows;
  const witnessed = held === undefined ? null : String(held.note);
  return { heads, checkpoints, logs: [...logs].sort((one, other) => one - other), dropped, witnessed };
}

/** From one log to the next by the index, as counting all rows would read all of them. */
async function logsWithRows(query: Query): Promise<readonly number[]> {
  const logs: number[] = [];
  for (;;) {
    const [row] = (
      await query('SELECT shard FROM ledger_entries WHERE shard > $1 ORDER BY shard, index LIMIT 1', [
        logs.at(-1) ?? -(2 ** 31),
      ])
    ).rows;
    if (row === undefined) return logs;
    logs.push(Number(row.shard));
  }
}

/** Each month's first millisecond and first index, in order. */
export async function readMonths(query: Query, shard: number): Promise<readonly (readonly [number, number])[]> {
  const text = 'SELECT begins, first_index FROM ledger_months WHERE shard = $1';
  const { rows } = await query(text, [shard]);
  return rows.map(row => [Number(row.begins), Number(row.first_index)] as const).sort(([one], [other]) => one - other);
}

/** Id and index of each open intent. */
export async function readOpenIntents(query: Query, shard: number): Promise<ReadonlyMap<string, number>> {
  const { rows } = await query('SELECT id, index FROM ledger_intents WHERE shard = $1', [shard]);
  return new Map(rows.map(row => [String(row.id), Number(row.index)]));
}

/** The deployment that a checkpoint of the roll is of, its signature not verified; null when there is none to be read. */
export function deploymentIn(note: string | undefined): string | null {
  try {
    return /^(.+)\/ledger$/.exec(parseCheckpoint(parseNote(note ?? '').text).origin)?.[1] ?? null;
  } catch {
    return null;
  }
}

const hexOf = (bytes: unknown): string => (bytes as Buffer).toString('hex');
