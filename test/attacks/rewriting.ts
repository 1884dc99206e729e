/** What a competent attacker does after changing rows: makes leaves, tiles and head fit again, as anyone can who may write to the database. */
import type pg from 'pg';
import type { Query } from '../../src/ledger/ledger.js';
import { type CompactRange, emptyRange, extend, leafHash, rootOf } from '../../src/ledger/merkle.js';
import { completeTiles } from '../../src/ledger/stored-tiles.js';

export const queryOf =
  (pool: pg.Pool): Query =>
  (text, values) =>
    pool.query(text, [...values]);

export async function makeFit(pool: pg.Pool, shard: number): Promise<void> {
  const { rows } = await pool.query('SELECT index, time, entry FROM ledger_entries WHERE shard = $1 ORDER BY index', [
    shard,
  ]);
  const leaves = rows.map(row => leafHash(row.entry));
  const range: CompactRange = extend(emptyRange, leaves);
  await pool.query(
    `UPDATE ledger_entries AS entry SET leaf = decode(made.leaf, 'hex')
     FROM unnest($2::bigint[], $3::text[]) AS made (index, leaf) WHERE entry.shard = $1 AND entry.index = made.index`,
    [shard, rows.map(row => row.index), leaves],
  );
  await pool.query('UPDATE ledger_heads SET size = $2, root = $3, range = $4, time = $5 WHERE shard = $1', [
    shard,
    range.size,
    Buffer.from(rootOf(range), 'hex'),
    Buffer.from(range.hashes.join(''), 'hex'),
    rows.at(-1)?.time ?? 0,
  ]);
  await pool.query('DELETE FROM ledger_tiles WHERE shard = $1', [shard]);
  await completeTiles(queryOf(pool), shard, range.size);
}

/** Gives the rows from a position on another one, `by` further. */
export async function shift(pool: pg.Pool, shard: number, from: number, by: number): Promise<void> {
  for (const table of ['ledger_entries', 'ledger_subjects']) {
    // Over numbers that no row has, as positions are unique while they move too.
    await pool.query(`UPDATE ${table} SET index = -1 - index WHERE shard = $1 AND index >= $2`, [shard, from]);
    await pool.query(`UPDATE ${table} SET index = -1 - index + $2 WHERE shard = $1 AND index < 0`, [shard, by]);
  }
}

/** Copies a row to another position or time; its side rows go with it. */
export async function copyRow(pool: pg.Pool, shard: number, index: number, to: number, later = 0): Promise<void> {
  for (const [table, columns] of [
    [
      'ledger_entries',
      'kind, outcome, code, actor, consumer, provider, service, purpose, case_number, operator, id, salt, leaf, entry',
    ],
    ['ledger_subjects', 'tag, role'],
  ]) {
    await pool.query(
      `INSERT INTO ${table} (shard, index, time, ${columns})
       SELECT shard, $3, time + $4::bigint, ${columns} FROM ${table} WHERE shard = $1 AND index = $2`,
      [shard, index, to, later],
    );
  }
}
