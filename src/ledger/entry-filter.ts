/** Which entries a search or a follow is for, and what that is in SQL. */
import { entryKind, outcome, type Subject } from './ledger.js';
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
  readonly tags?: readonly Buffer[];
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
): Buffer[] {
  const isWithin = withinTimes(from, until);
  return [...keys.all()]
    .filter(([period]) => isWithin(period))
    .map(([, key]) => Buffer.from(key.tag(kind, identifier), 'hex'));
}

/** The periods within the times in which nobody can be found any more, as their keys were deleted. */
export const deletedWithin = (keys: PeriodKeys, from: number | undefined, until: number | undefined): string[] =>
  keys.deleted().filter(withinTimes(from, until));

function withinTimes(from: number | undefined, until: number | undefined): (period: string) => boolean {
  const first = from === undefined ? '' : periodOf(from);
  const last = until === undefined ? '9999-99' : periodOf(until - 1);
  return period => period >= first && period <= last;
}

const columns = {
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

/** The conditions on the time, which an entry's rows of subjects have too. */
export function timeConditions(filter: EntryFilter, values: unknown[]): string[] {
  const found: string[] = [];
  if (filter.from !== undefined) found.push(`time >= ${parameter(values, filter.from)}`);
  if (filter.until !== undefined) found.push(`time < ${parameter(values, filter.until)}`);
  return found;
}

/** The conditions on an entry's own columns; tags are not among them. */
export function conditions(filter: EntryFilter, values: unknown[]): string[] {
  const found = timeConditions(filter, values);
  for (const [member, column] of Object.entries(columns)) {
    const allowed = filter[member as keyof typeof columns];
    if (allowed === undefined) continue;
    // A single value by equality, as only then an index on it also gives the order.
    found.push(
      allowed.length === 1
        ? `${column} = ${parameter(values, allowed[0])}`
        : `${column} = ANY(${parameter(values, allowed)}::text[])`,
    );
  }
  if (findsUnusualOnly(filter)) found.push(unusual);
  return found;
}

/** As the index of that name has it. */
const unusual = `(kind <> 'exchange' OR outcome IS DISTINCT FROM 'released')`;

/** Staff never exchange, so what they did is unusual too. */
const findsUnusualOnly = (filter: EntryFilter): boolean =>
  (filter.kind !== undefined && !filter.kind.includes(entryKind.exchange)) ||
  (filter.outcome !== undefined && !filter.outcome.includes(outcome.released)) ||
  filter.actor?.every(actor => actor.startsWith('staff/')) === true;
