/** The order in which searches go over the ledger: by time, shard and index, all descending. */
import { type EntryFilter, parameter, timeConditions } from './entry-filter.js';
import type { Position } from './ledger.js';

/** Where in that order an entry is. */
export interface Place extends Position {
  /** Milliseconds since 1970 UTC. */
  readonly time: number;
}

export const newestFirst = 'ORDER BY time DESC, shard DESC, index DESC';

/** The conditions that hold rows to the filter's times and to what comes after a place. */
export function within(filter: EntryFilter, before: Place | undefined, values: unknown[]): readonly string[] {
  const times = timeConditions(filter, values);
  if (before === undefined) return times;
  const [time, ...place] = [before.time, before.shard, before.index].map(value => parameter(values, value));
  // The store leaves out partitions by the first condition only.
  return [...times, `time <= ${time}`, `(time, shard, index) < (${[time, ...place].join(', ')})`];
}
