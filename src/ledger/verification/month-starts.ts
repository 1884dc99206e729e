/** At which index each UTC month of a log begins, as the times of its entries tell. */

/** The month's first millisecond, and the index. */
export type MonthStart = readonly [begins: number, first: number];

export interface MonthStarts {
  readonly list: readonly MonthStart[];
  /** @param time of the entry at an index, milliseconds since 1970 in UTC, never before the one of the index before */
  enter(time: number, index: number): void;
}

export function openMonthStarts(from: readonly MonthStart[]): MonthStarts {
  const list = [...from];
  let ends = monthAfter(list.at(-1)?.[0]);
  return {
    list,
    enter(time, index) {
      if (time < ends) return;
      const date = new Date(time);
      const begins = Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
      list.push([begins, index]);
      ends = monthAfter(begins);
    },
  };
}

function monthAfter(begins: number | undefined): number {
  if (begins === undefined) return 0;
  const date = new Date(begins);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}
