/** Months of which the ledger has positions and no entries any more, though none of them was dropped for an archive. */
import type { Query } from './ledger.js';

/** @returns `YYYY-MM` each, in UTC */
export async function lostMonths(query: Query): Promise<readonly string[]> {
  const { rows } = await query('SELECT month FROM ledger_lost_months() AS month', []);
  return rows.map(({ month }) => String(month));
}

/** A month that was dropped, its archive named by the SHA-256 of its manifest. */
export interface DroppedMonth {
  /** `YYYY-MM`, in UTC. */
  readonly month: string;
  /** Hex. */
  readonly manifest: string;
}

/** The month a position was in, when that was dropped for an archive; null when its entry is in the store or there was none. */
export async function droppedMonth(query: Query, shard: number, index: number): Promise<DroppedMonth | null> {
  const text = `SELECT kept.month, encode(kept.manifest, 'hex') AS manifest
    FROM ledger_heads AS head
    CROSS JOIN LATERAL (
      SELECT max(begins) AS begins FROM ledger_months WHERE shard = $1 AND first_index <= $2
    ) AS known
    JOIN ledger_retention AS kept ON kept.month = to_char(to_timestamp(known.begins / 1000) AT TIME ZONE 'UTC', 'YYYY-MM')
    WHERE head.shard = $1 AND head.size > $2 AND kept.dropped_at IS NOT NULL`;
  const [row] = (await query(text, [shard, index])).rows;
  return row === undefined ? null : { month: row.month as string, manifest: row.manifest as string };
}
