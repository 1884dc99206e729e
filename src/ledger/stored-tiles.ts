/** The tiles of the ledger's trees as the store has them: full ones as rows, what is not full yet from the leaves below. */
import type { Query } from './ledger.js';
import { type Hash, hashLength } from './merkle.js';
import { withinMonths } from './month.js';
import type { ReadNodes } from './proof.js';
import { nodesInTiles, type Tile, tileRoot, fullWidth as width } from './tile.js';

/** Tiles that are read and written at once: half a megabyte of leaves. */
const stride = 64;

/**
 * The hashes of a tile.
 *
 * @throws {RangeError} when the store has not so many: nothing may be proved from it
 */
export async function readTile(query: Query, shard: number, tile: Tile): Promise<readonly Hash[]> {
  const level = tile.level === 'entries' ? 0 : tile.level;
  if (tile.width === width) {
    const text = 'SELECT hashes FROM ledger_tiles WHERE shard = $1 AND level = $2 AND index = $3';
    const [row] = (await query(text, [shard, level, tile.index])).rows;
    if (row !== undefined) return hashesIn(row.hashes as Buffer);
  }
  const hashes = await readLevel(query, shard, level, tile.index * width, tile.width);
  // The leaves of a month that was dropped are in the full tile that the partial one grew to.
  if (hashes.length < tile.width && tile.width < width) {
    const text = 'SELECT hashes FROM ledger_tiles WHERE shard = $1 AND level = $2 AND index = $3';
    const [row] = (await query(text, [shard, level, tile.index])).rows;
    if (row !== undefined) return hashesIn(row.hashes as Buffer).slice(0, tile.width);
  }
  if (hashes.length < tile.width) throw new RangeError(`shard ${shard} has no tile ${level}/${tile.index}`);
  return hashes;
}

/**
 * The entries below a tile of level 0.
 *
 * @throws {RangeError} when the store has not so many
 */
export async function readBundle(
  query: Query,
  shard: number,
  { index, width: count }: Tile,
): Promise<readonly Buffer[]> {
  const first = index * width;
  const text = `SELECT entry FROM ledger_entries AS entry_of
    WHERE shard = $1 AND index >= $2 AND index < $3 AND ${withinMonths('entry_of', '$1', '$2', '$3')} ORDER BY index`;
  const { rows } = await query(text, [shard, first, first + count]);
  if (rows.length < count) throw new RangeError(`shard ${shard} has no bundle ${index}`);
  return rows.map(row => row.entry as Buffer);
}

/** Reads the nodes of one tree of that size. */
export const storedNodes = (query: Query, shard: number, size: number): ReadNodes =>
  nodesInTiles(size, tile => readTile(query, shard, tile));

/** Writes the tiles that a tree of that size has filled. Several may do so at once: each tile has one content only. */
export async function completeTiles(query: Query, shard: number, size: number): Promise<void> {
  for (let level = 0; width ** (level + 1) <= size; level++) {
    const full = Math.floor(size / width ** (level + 1));
    let next = await nextTile(query, shard, level);
    while (next < full) {
      const count = Math.min(stride, full - next);
      const hashes = await readLevel(query, shard, level, next * width, count * width);
      if (hashes.length < count * width) throw new RangeError(`shard ${shard} is shorter than its head says`);
      await writeTiles(query, shard, level, next, hashes);
      next += count;
    }
  }
}

async function nextTile(query: Query, shard: number, level: number): Promise<number> {
  const text = 'SELECT max(index) + 1 AS next FROM ledger_tiles WHERE shard = $1 AND level = $2';
  const [row] = (await query(text, [shard, level])).rows;
  return Number(row?.next ?? 0);
}

/** Hashes of one level side by side: leaves, or the roots of the full tiles below. */
async function readLevel(query: Query, shard: number, level: number, first: number, count: number) {
  const text =
    level === 0
      ? `SELECT string_agg(leaf, '' ORDER BY index) AS hashes FROM (
          SELECT index, leaf FROM ledger_entries AS entry
          WHERE shard = $1 AND index >= $2 AND index < $3 AND ${withinMonths('entry', '$1', '$2', '$3')}
          UNION ALL SELECT index, leaf FROM ledger_kept_leaves WHERE shard = $1 AND index >= $2 AND index < $3
        ) AS leaves`
      : `SELECT string_agg(root, '' ORDER BY index) AS hashes FROM ledger_tiles
          WHERE shard = $1 AND index >= $2 AND index < $3 AND level = $4`;
  const values = [shard, first, first + count, ...(level === 0 ? [] : [level - 1])];
  const [row] = (await query(text, values)).rows;
  return hashesIn((row?.hashes as Buffer | null) ?? Buffer.alloc(0));
}

async function writeTiles(query: Query, shard: number, level: number, first: number, hashes: readonly Hash[]) {
  const tiles = Array.from({ length: hashes.length / width }, (_, at) => hashes.slice(at * width, (at + 1) * width));
  await query(
    `INSERT INTO ledger_tiles (shard, level, index, hashes, root)
     SELECT $1, $2, $3 + number - 1, hashes, root
     FROM unnest($4::bytea[], $5::bytea[]) WITH ORDINALITY AS tile (hashes, root, number)
     ON CONFLICT DO NOTHING`,
    [shard, level, first, tiles.map(tile => Buffer.from(tile.join(''), 'hex')), tiles.map(bytesOfRoot)],
  );
}

const bytesOfRoot = (tile: readonly Hash[]): Buffer => Buffer.from(tileRoot(tile), 'hex');

const hashesIn = (bytes: Buffer): Hash[] =>
  Array.from({ length: bytes.length / hashLength }, (_, at) =>
    bytes.toString('hex', at * hashLength, (at + 1) * hashLength),
  );
