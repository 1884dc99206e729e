/** What must hold of every ledger, whatever happened to it: asked of the store itself. */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { columnsOf } from '../../src/ledger/columns.js';
import type { EntryBody } from '../../src/ledger/ledger.js';
import { naiveRoot } from './naive-tree.js';

interface Test {
  same(found: unknown, wanted: unknown, message: string): boolean;
  equal(found: unknown, wanted: unknown, message: string): boolean;
}

/**
 * No gap, no fork, no entry twice, no time going back, each row has its entry's columns, and each head the root of what is there.
 *
 * @returns the ids of all entries by position, `shard/index`
 */
export async function verifyLedger(t: Test, pool: pg.Pool): Promise<ReadonlyMap<string, string>> {
  const client = await pool.connect();
  try {
    // One snapshot: a statement of a writer that was killed may still commit.
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    return await verifySnapshot(t, client);
  } finally {
    await client.query('COMMIT');
    client.release();
  }
}

async function verifySnapshot(t: Test, client: pg.ClientBase): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  const entries = new Set<string>();
  const { rows: heads } = await client.query('SELECT * FROM ledger_heads ORDER BY shard');
  const { rows: besides } = await client.query(
    `SELECT shard || '/' || index AS position, salt, text FROM ledger_texts`,
  );
  const texts = new Map<string, Beside>(besides.map(row => [row.position, row]));
  const { rows: erasures } = await client.query(
    `SELECT convert_from(entry, 'UTF8')::json ->> 'record' AS record FROM ledger_entries
     WHERE kind = 'erasure' AND outcome IS NULL`,
  );
  const erased = new Set(erasures.map(row => row.record));
  for (const head of heads) {
    const { rows } = await client.query('SELECT * FROM ledger_entries WHERE shard = $1 ORDER BY index', [head.shard]);
    t.same(
      rows.map(row => Number(row.index)),
      rows.map((_, index) => index),
      `shard ${head.shard} has no gap`,
    );
    t.equal(Number(head.size), rows.length, `the head of shard ${head.shard} has its size`);
    t.equal(
      head.root.toString('hex'),
      naiveRoot(rows.map(row => row.entry)).toString('hex'),
      `the head of shard ${head.shard} has its root`,
    );
    const times = rows.map(row => Number(row.time));
    t.same(times, [...times].sort(byNumber), `time in shard ${head.shard} never goes back`);
    t.same(
      rows.map(row => row.leaf.toString('hex')),
      rows.map(row => naiveRoot([row.entry]).toString('hex')),
      `each leaf of shard ${head.shard} is its entry's`,
    );
    t.same(
      rows.map(columnsIn),
      rows.map(row => columnsOf(JSON.parse(row.entry.toString('utf8')) as EntryBody)),
      `the search columns of shard ${head.shard} are those of its entries`,
    );
    t.same(
      rows.filter(row => !hasItsText(row, texts, erased)).map(row => row.index),
      [],
      `each text beside the entries of shard ${head.shard} is theirs, or erased by one`,
    );
    for (const row of rows) {
      ids.set(`${row.shard}/${row.index}`, row.id);
      // An intent and the record that closes it share an id.
      entries.add(`${row.kind} ${row.id}`);
    }
  }
  t.equal(entries.size, ids.size, 'no entry is there twice');
  return ids;
}

interface Beside {
  readonly salt: Buffer | null;
  readonly text: string | null;
}

/** Whether a row has the text its entry was made with, none if that had none, or an entry says that it was erased. */
function hasItsText(
  row: { readonly shard: number; readonly index: string; readonly entry: Buffer },
  texts: ReadonlyMap<string, Beside>,
  erased: ReadonlySet<string>,
): boolean {
  const position = `${row.shard}/${row.index}`;
  const beside = texts.get(position);
  const { text: digest } = JSON.parse(row.entry.toString('utf8')) as { readonly text?: string };
  if (digest === undefined || beside === undefined) return digest === beside;
  if (erased.has(position) || beside.text === null || beside.salt === null)
    return erased.has(position) && beside.text === null && beside.salt === null;
  return digest === createHash('sha256').update(beside.salt).update(beside.text).digest('base64url');
}

/** A row's search columns; null in the store is undefined in an entry that lacks the member. */
function columnsIn(row: Readonly<Record<string, unknown>>): object {
  const text = (name: string) => row[name] ?? undefined;
  return {
    kind: text('kind'),
    outcome: text('outcome'),
    code: text('code'),
    actor: text('actor'),
    consumer: text('consumer'),
    provider: text('provider'),
    service: text('service'),
    purpose: text('purpose'),
    id: text('id'),
    case: text('case_number'),
    operator: text('operator'),
  };
}

const byNumber = (one: number, other: number): number => one - other;
