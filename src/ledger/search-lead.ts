/** Which index leads a search to the entries it goes over: of those that its filter allows, the one with the fewest. */
import type { Pool } from 'pg';
import { columns, type EntryFilter, parameter } from './entry-filter.js';
import { entryKind, outcome, rollKind } from './ledger.js';
import { newestFirst, type Place, within } from './search-place.js';
import { isFailure, read, type SearchFailure } from './search-pool.js';

/** An index by one column, or by time alone. */
export interface Lead {
  /** The column, and the values of it that are gone by; absent: time alone. */
  readonly by?: { readonly column: string; readonly values: readonly string[] };
  /** What the index leaves out, word for word as the migration has it; else the store does not see that it may be used. */
  readonly leavesOut: string | undefined;
}

const byTime: Lead = { leavesOut: 'shard >= 0' };

type Member = keyof typeof columns;

const roll = Object.values(rollKind).map(kind => `'${kind}'`);
/** What most entries have in a column, and is left out of the index by it. */
const usual: { readonly [Name in Member]?: { readonly value: string; readonly leavesOut: string } } = {
  kind: { value: entryKind.exchange, leavesOut: `kind NOT IN ('${entryKind.exchange}', ${roll.join(', ')})` },
  outcome: { value: outcome.released, leavesOut: `outcome <> '${outcome.released}'` },
};

/** The indexes by a column that lead to all a filter finds. */
function leadsOf(filter: EntryFilter): readonly Required<Lead>[] {
  return (Object.keys(columns) as Member[]).flatMap(member => {
    const values = filter[member];
    const rest = usual[member];
    if (values === undefined || (rest !== undefined && values.includes(rest.value))) return [];
    return [{ by: { column: columns[member], values: [...new Set(values)] }, leavesOut: rest?.leavesOut }];
  });
}

/** How many entries are looked at in each index to see which has the fewest. */
const tried = 128;
/** And of each value of a long list: the one that is used up first ends them all. */
const leastOfEach = 10;

/** How many entries of each value are gone over, for so many in all. */
export const shareOf = ({ by }: Lead, stride: number): number =>
  by === undefined ? stride : Math.max(Math.ceil(stride / by.values.length), Math.min(leastOfEach, stride));

/**
 * The lead whose next entries reach back furthest in time. No statistics tell: they lag behind, and know nothing of the time
 * that is asked for.
 *
 * @param before where the search has come to
 */
export async function leadOf(
  pool: Pool,
  filter: EntryFilter,
  before: Place | undefined,
): Promise<Lead | SearchFailure> {
  const columnLeads = leadsOf(filter);
  // One after the other, the values of a list may take longer than all entries do.
  const hasList = columnLeads.some(({ by }) => by.values.length > 1);
  const leads: readonly Lead[] = hasList ? [...columnLeads, byTime] : columnLeads;
  // A person's tags lead before any column.
  if (leads.length < 2 || filter.tags !== undefined) return leads[0] ?? byTime;
  const values: unknown[] = [];
  const conditions = within(filter, before, values);
  const reaches = leads.map((lead, number) => {
    const nth = `SELECT time FROM ledger_entries WHERE ${[...ledBy(lead), ...conditions].join(' AND ')}
      ${newestFirst} LIMIT 1 OFFSET ${shareOf(lead, tried)}`;
    return `SELECT ${number} AS number, (SELECT max(time) FROM ${eachValue(lead, nth, values)}) AS time`;
  });
  // One without a time comes to its end before.
  const text = `SELECT number FROM (${reaches.join(' UNION ALL ')}) AS reach ORDER BY time NULLS FIRST, number LIMIT 1`;
  const rows = await read<{ readonly number: number }>(pool, text, values);
  return isFailure(rows) ? rows : (leads[rows[0]?.number ?? 0] ?? byTime);
}

/** The conditions by which the store goes by a lead's index, and by no other. */
export const ledBy = ({ by, leavesOut }: Lead): readonly string[] =>
  [by && `${by.column} = one.value`, leavesOut].filter(condition => condition !== undefined);

/** Rows that are selected for each value of a lead, which is `one.value` there. */
export const eachValue = ({ by }: Lead, select: string, values: unknown[]): string =>
  by === undefined
    ? `(${select}) AS row`
    : `unnest(${parameter(values, by.values)}::text[]) AS one (value) CROSS JOIN LATERAL (${select}) AS row`;
