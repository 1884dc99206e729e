/** Stretches of a log whose month was dropped for its archive: the leaves are there, the entries are not, and an entry has to say so. */
import { entryKind, type Query, retentionAction } from '../ledger.js';
import { periodOf } from '../period-keys.js';
import { type Findings, ledgerWrong, positionName } from './finding.js';
import type { Parsed } from './stored-row.js';
import { untilOf } from './walk-roll.js';

export interface DroppedRange {
  readonly shard: number;
  /** `YYYY-MM`, in UTC, and its first millisecond. */
  readonly month: string;
  readonly begins: number;
  /** Its first index, and the one after its last. */
  readonly first: number;
  readonly end: number;
}

/** A drop that an entry tells of: the month, and the SHA-256 of the manifest of its archive. */
export type ToldDrop = readonly [month: string, manifest: string];

/** Of all logs: the months that have positions and no partition. */
export async function readDropped(query: Query): Promise<readonly DroppedRange[]> {
  const text = `SELECT * FROM (
      SELECT shard, begins, first_index AS first, ledger_has_month(begins) AS there,
        coalesce(lead(first_index) OVER (PARTITION BY shard ORDER BY begins), head.size) AS end
      FROM ledger_months JOIN ledger_heads AS head USING (shard)
    ) AS month WHERE NOT there ORDER BY shard, begins`;
  return (await query(text, [])).rows.map(row => ({
    shard: Number(row.shard),
    month: periodOf(Number(row.begins)),
    begins: Number(row.begins),
    first: Number(row.first),
    end: Number(row.end),
  }));
}

/** The drop an entry tells of, if it tells of one. */
export const toldDrop = (entry: Parsed): ToldDrop | null =>
  entry.kind === entryKind.retention && entry.action === retentionAction.dropped
    ? [String(entry.month), String(entry.manifest)]
    : null;

/**
 * Each month that is gone is one that an entry says was dropped. That entry may itself be in a month that was: then the
 * store's own word for its place has to do, and the archive of that month has it.
 */
export async function checkDropped(
  query: Query,
  ranges: readonly DroppedRange[],
  told: readonly ToldDrop[],
  findings: Findings,
): Promise<void> {
  const months = new Set(told.map(([month]) => month));
  const { rows } = await query(
    'SELECT month, entry_shard, entry_index FROM ledger_retention WHERE dropped_at IS NOT NULL',
    [],
  );
  const places = new Map(rows.map(row => [row.month as string, [Number(row.entry_shard), Number(row.entry_index)]]));
  for (const { shard, month, first, end } of ranges) {
    const [atShard = -1, at = -1] = places.get(month) ?? [];
    const isToldInArchive = ranges.some(
      range => range.month > month && range.shard === atShard && range.first <= at && at < range.end,
    );
    if (!months.has(month) && !isToldInArchive)
      findings.add(ledgerWrong.missing, positionName(shard, first), { ...untilOf(shard, first, end), detail: month });
  }
}
