/** Holds what callers were told against the ledger itself: no release without its one record. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Test } from 'tap';
import type { Answer, TestGateway } from '../gateway.js';
import { verifyLedger } from '../ledger/verify-ledger.js';

/** An exchange that can be found in the ledger, whatever its caller was told. */
export interface Traced {
  readonly trace: string;
  readonly answer: Answer;
}

export async function exchangeTraced(
  gateway: Pick<TestGateway, 'exchange'>,
  service: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Traced> {
  const trace = randomBytes(16).toString('hex');
  const traceparent = `00-${trace}-${randomBytes(8).toString('hex')}-01`;
  return { trace, answer: await gateway.exchange(service, body, { ...headers, traceparent }) };
}

/**
 * Asserts that the ledger is whole, that each release has its one record where the reply says, and that a caller who was
 * refused got no data. Asks the store itself, past every gateway.
 *
 * @returns every entry with its position, by shard and index
 */
export async function account(
  t: Test,
  { database }: Pick<TestGateway, 'database'>,
  exchanges: readonly Traced[],
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const pool = new pg.Pool({ connectionString: database, max: 1 });
  // The database is dropped when the test ends, which idle connections hear of.
  pool.on('error', () => {});
  try {
    await verifyLedger(t, pool);
    const { rows } = await pool.query<{ position: string; entry: Buffer }>(
      `SELECT shard || '/' || index AS position, entry FROM ledger_entries ORDER BY shard, index`,
    );
    const entries = rows.map(({ position, entry }) => ({ ...JSON.parse(entry.toString('utf8')), position }));
    const released = new Map<string, string[]>();
    for (const { position, kind, outcome, parent, trace } of entries) {
      // Parts of a composite are released to the gateway, within the trace of the whole.
      if (kind !== 'exchange' || outcome !== 'released' || parent !== undefined) continue;
      const [, id = ''] = trace.split('-');
      released.set(id, [...(released.get(id) ?? []), position]);
    }
    const wrong = exchanges.filter(({ trace, answer }) => {
      const records = released.get(trace) ?? [];
      if (answer.status === 200) return records.length !== 1 || records[0] !== answer.record;
      return records.length > 1 || answer.body?.code === undefined || answer.body.residentId !== undefined;
    });
    t.strictSame(wrong, [], `each of ${exchanges.length} replies has its one record, and whoever has none got nothing`);
    return entries;
  } finally {
    await pool.end();
  }
}
