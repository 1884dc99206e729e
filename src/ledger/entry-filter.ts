/** Which entries a search or a follow is for, and what that is in SQL. */
import type { Subject } from './ledger.js';
import { type MonthSpan, monthSpan } from './month.js';
import { type PeriodKeys, periodOf } from './period-keys.js';

/** Which entries are asked for: those that satisfy every member given; a list is satisfied by any of its values. */
export interface EntryFilter {
  /** First millisecond since 1970 UTC, included. */
  readonly from?: number;
  /** Last, excluded. */
  readonly until?: number;
  readonly kind?: readonly string[];
  readonly outcome?: readonly string[];
  readonly code?: readonly string[];
  /** Client or staff id. */
  readonly actor?: readonly string[];
  readonly consumer?: readonly string[];
  readonly provider?: readonly string[];
  readonly service?: readonly string[];
  readonly purpose?: readonly string[];
  readonly case?: readonly string[];
  readonly operator?: readonly string[];
  /** A person's tags, one a period. */
  readonly tags?: readonly PeriodTag[];
}

/** What a person's entries of one month bear. */
export interface PeriodTag extends MonthSpan {
  readonly tag: Buffer;
}

/**
 * The tags a person's entries bear within the times: one for each period that has a key.
 *
 * @param from first millisecond, included
 * @param until last, excluded
 */
export function tagsWithin(
  keys: PeriodKeys,
  { kind, identifier }: Pick<Subject, 'kind' | 'identifier'>,
  from: number | undefined,
  until: number | undefined,
): PeriodTag[] {
  const isWithin = withinTimes(from, until);
  return [...keys.all()]
    .filter(([period]) => isWithin(period))
    .map(([period, key]) => ({ ...monthSpan(period), tag: Buffer.from(key.tag(kind, identifier), 'hex') }));
}

/** The periods within the times in which nobody can be found any more, as their keys were deleted. */
export const deletedWithin = (keys: PeriodKeys, from: number | undefined, until: number | undefined): string[] =>
  keys.deleted().filter(withinTimes(from, until));

function withinTimes(from: number | undefined, until: number | undefined): (period: string) => boolean {
  const first = from === undefined ? '' : periodOf(from);
  const last = until === undefined ? '9999-99' : periodOf(until - 1);
  return period => period >= first && period <= last;
}

/** The column of each member that is a list. */
export const columns = {
  kind: 'kind',
  outcome: 'outcome',
  code: 'code',
  actor: 'actor',
  consumer: 'consumer',
  provider: 'provider',
  service: 'service',
  purpose: 'purpose',
  case: 'case_number',
  operator: 'operator',
} as const;

/** Adds a value to a statement's and gives the parameter that stands for it. */
export const parameter = (values: unknown[], value: unknown): string => `$${values.push(value)}`;

/** The conditions on an entry's time. */
export function timeConditions({ from, until }: EntryFilter, values: unknown[]): string[] {
  const found: string[] = [];
  if (from !== undefined) found.push(`time >= ${parameter(values, from)}`);
  if (until !== undefined) found.push(`time < ${parameter(values, until)}`);
  return found;
}

/** The conditions on what an entry says: neither on its time nor on whom it is about. */
export const contentConditions = (filter: EntryFilter, values: unknown[]): string[] =>
  Object.entries(columns).flatMap(([member, column]) => {
    const allowed = filter[member as keyof typeof columns];
    return allowed === undefined ? [] : [`${column} = ANY(${parameter(values, allowed)}::text[])`];
  });
