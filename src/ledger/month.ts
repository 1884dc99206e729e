/** The partitions of the ledger by UTC month: which of them a position is in, and whether a time has one. */
import type { Connection } from './connection.js';
import { periodOf } from './period-keys.js';

/**
 * A condition that holds the rows of some positions to the months they are in, so that the store looks into the partitions of
 * these alone. Without a row of `ledger_months`, as in an empty shard, nothing satisfies it.
 *
 * All but the first are SQL expressions.
 *
 * @param row name of a row of `ledger_entries` or `ledger_subjects`
 * @param first index, included
 * @param last index, included; where it is beyond the end, the last month's
 */
export const withinMonths = (row: string, shard: string, first: string, last: string = first): string =>
  `${row}.time >= (SELECT max(month.begins) FROM ledger_months AS month
      WHERE month.shard = ${shard} AND month.first_index <= ${first})
    AND ${row}.time < (SELECT max(month.ends) FROM ledger_months AS month
      WHERE month.shard = ${shard} AND month.first_index <= ${last})`;

/** @param time milliseconds since 1970 in UTC */
export async function hasMonth(connection: Connection, time: number): Promise<boolean> {
  const [row] = await connection.run({ text: 'SELECT ledger_has_month($1) AS found', values: [time] });
  return row?.found === true;
}

/** What is wrong and what to do where {@link hasMonth} is false, for the log. */
export const monthMissing = (time: number): string =>
  `the store has no partition for ${periodOf(time)}: as its owner, run SELECT ledger_make_months()`;

/** A month (UTC) as its partitions are cut, milliseconds since 1970. */
export interface MonthSpan {
  /** `YYYY-MM` */
  readonly month: string;
  readonly begins: number;
  readonly ends: number;
}

/** @param month `YYYY-MM` */
export function monthSpan(month: string): MonthSpan {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return { month, begins: Date.UTC(year, number - 1), ends: Date.UTC(year, number) };
}
