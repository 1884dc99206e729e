/** Holds callers' replies against the ledger itself: each release has its one record, and the entries make the tree that the heads say. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Test } from 'tap';
import { leafHash, nodeHash } from '../../src/ledger/merkle.js';
import type { Answer, TestGateway } from '../gateway.js';

/** An exchange that can be found in the ledger, whatever its caller was told. */
export interface Traced {
  readonly trace: string;
  readonly answer: Answer;
}

export interface StoredEntry {
  readonly shard: number;
  readonly index: number;
  readonly entry: Readonly<Record<string, unknown>>;
}

export async function exchangeTraced(
  gateway: TestGateway,
  service: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Traced> {
  const trace = randomBytes(16).toString('hex');
  const traceparent = `00-${trace}-${randomBytes(8).toString('hex')}-01`;
  return { trace, answer: await gateway.exchange(service, body, { ...headers, traceparent }) };
}

/**
 * Reads the whole ledger past every gateway, and asserts that no entry is missing, twice or changed, that times never go
 * back in a shard, and that the heads' roots are those of the entries.
 *
 * @param database connection string of the store itself
 */
export async function readLedger(t: Test, database: string): Promise<readonly StoredEntry[]> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    const { rows } = await client.query(
      'SELECT shard, index, time, leaf, entry FROM ledger_entries ORDER BY shard, index',
    );
    const { rows: heads } = await client.query('SELECT shard, size, root FROM ledger_heads');
    for (const { shard, size, root } of heads) {
      const mine = rows.filter(row => row.shard === shard);
      t.strictSame(
        mine.map(row => Number(row.index)),
        Array.from({ length: Number(size) }, (_, index) => index),
        `shard ${shard} has each index once`,
      );
      const leaves = mine.map(row => leafHash(row.entry));
      t.strictSame(
        leaves,
        mine.map(row => row.leaf.toString('hex')),
        `each leaf of shard ${shard} is its entry's`,
      );
      if (leaves.length > 0)
        t.equal(rootOf(leaves), root.toString('hex'), `the root of shard ${shard} is its entries'`);
      const times = mine.map(row => Number(row.time));
      t.strictSame(
        times,
        times.toSorted((one, other) => one - other),
        `time never goes back in shard ${shard}`,
      );
    }
    const found = rows.map(({ shard, index, entry }) => ({ shard, index: Number(index), entry: JSON.parse(entry) }));
    // An intent and the record that closes it share an id.
    const ids = found.map(({ entry }) => `${entry.kind} ${entry.id}`);
    t.equal(new Set(ids).size, ids.length, 'no entry is there twice');
    return found;
  } finally {
    await client.end();
  }
}

/** Asserts that each release has its one record where the reply says, and that a caller who was refused got no data. */
export async function account(
  t: Test,
  gateway: TestGateway,
  exchanges: readonly Traced[],
): Promise<readonly StoredEntry[]> {
  const entries = await readLedger(t, gateway.database);
  const released = entries.filter(({ entry }) => entry.kind === 'exchange' && entry.outcome === 'released');
  const byTrace = new Map<string, string[]>();
  for (const { shard, index, entry } of released) {
    const [, trace = ''] = String(entry.trace).split('-');
    byTrace.set(trace, [...(byTrace.get(trace) ?? []), `${shard}/${index}`]);
  }
  const wrong = exchanges.filter(({ trace, answer }) => {
    const positions = byTrace.get(trace) ?? [];
    if (answer.status === 200) return positions.length !== 1 || positions[0] !== answer.record;
    return positions.length > 1 || answer.body?.code === undefined || answer.body.residentId !== undefined;
  });
  t.strictSame(wrong, [], 'each release has exactly one record, and whoever has none got nothing');
  return entries;
}

/** RFC 6962, section 2.1, word by word. */
function rootOf(leaves: readonly string[]): string {
  const [only] = leaves;
  if (leaves.length === 1 && only !== undefined) return only;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}
