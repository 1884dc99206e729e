/**
 * Holds a department's list of the requests it served against the ledger, both ways. No tree can prove that everything was
 * written into it; the department, which has an interest of its own, can.
 */
import type { Pool } from 'pg';
import { type ErrorCode, errors } from '../errors.js';
import { type AskedFilter, type AskedRecord, askedRecords } from '../ledger/asked-records.js';
import { reachNow } from '../ledger/follow.js';
import { type Outcome, outcome, positionText } from '../ledger/ledger.js';
import { isFailure, type SearchFailure } from '../ledger/search-pool.js';
import { type FoundWhere, found, type RequestList } from './request-list.js';

export const finding = {
  /** The department served it, and the ledger has no record of it. */
  unrecorded: 'unrecorded',
  /** The ledger says that the department answered, and the department does not know of it. */
  unserved: 'unserved',
  /** The department does not know of it either, but it failed, perhaps before it got there: no difference. */
  unreached: 'unreached',
  /** It stands in the list more than once. */
  repeated: 'repeated',
} as const;
export type FindingKind = (typeof finding)[keyof typeof finding];

export type Finding =
  | { readonly finding: 'unrecorded'; readonly requestId: string; readonly line: number }
  | { readonly finding: 'repeated'; readonly requestId: string; readonly line: number; readonly times: number }
  | {
      readonly finding: 'unserved' | 'unreached';
      readonly requestId: string;
      /** `shard/index` */
      readonly record: string;
      /** RFC 3339, UTC, milliseconds. */
      readonly time: string;
      readonly outcome: Outcome;
      readonly code?: string;
    };

export interface Counts extends Readonly<Record<FindingKind, number>> {
  /** Different ids in the list. */
  readonly listed: number;
  /** Records in the window whose department was or may have been asked. */
  readonly records: number;
  /** Ids of the list that have a record in the window. */
  readonly matched: number;
  /** Ids of the list whose record is before or after the window. */
  readonly outside: number;
}

export interface Reconciled {
  readonly counts: Counts;
  /** Every finding, in the order of its kinds; what it yields from the ledger is read again, so that none is kept. */
  findings(): AsyncGenerator<Finding | SearchFailure, void, void>;
}

/**
 * @param scope whose records, within which time; what the list names beyond that time is looked for all the same
 */
export async function reconcile(
  list: RequestList,
  scope: Omit<AskedFilter, 'reach'>,
  pool: Pool,
): Promise<Reconciled | SearchFailure> {
  const reach = await reachNow(pool);
  if (isFailure(reach)) return reach;
  const window = { ...scope, reach };
  const counted = { records: 0, unserved: 0, unreached: 0 };
  const failure = await eachRecord(pool, window, record => {
    const kind = match(list, record, found.inside);
    if (!record.isIntent) counted.records += 1;
    if (kind !== null) counted[kind] += 1;
  });
  if (failure !== null) return failure;

  let tally = tallyOf(list);
  if (tally.unrecorded > 0) {
    const { service, from, until } = scope;
    for (const beyond of [
      { service, from: undefined, until: from },
      { service, from: until, until: undefined },
    ]) {
      if (beyond.from === undefined && beyond.until === undefined) continue;
      const failed = await eachRecord(pool, beyond, record => match(list, record, found.outside));
      if (failed !== null) return failed;
    }
    tally = tallyOf(list);
  }
  const { records, unserved, unreached } = counted;
  const { matched, outside, unrecorded, repeated } = tally;
  return {
    counts: { listed: list.size, records, matched, outside, unrecorded, unserved, repeated, unreached },
    findings: () => findingsOf(list, window, pool),
  };
}

async function eachRecord(
  pool: Pool,
  filter: AskedFilter,
  take: (record: AskedRecord) => void,
): Promise<SearchFailure | null> {
  for await (const page of askedRecords(pool, filter)) {
    if (isFailure(page)) return page;
    page.forEach(take);
  }
  return null;
}

/** Marks the id of a record in the list; says what finding the record is when it is not there. */
function match(list: RequestList, record: AskedRecord, where: FoundWhere): 'unserved' | 'unreached' | null {
  const number = list.numberOf(record.requestId);
  if (number >= 0) list.mark(number, where);
  if (number >= 0 || record.isIntent) return null;
  return hasAnswered(record) ? finding.unserved : finding.unreached;
}

/** Stages that only a reply of the department leads to. */
const afterReply: readonly string[] = ['check-reply', 'record'];

/** Whether the ledger says for certain that the department answered. */
const hasAnswered = ({ outcome: of, code }: AskedRecord): boolean =>
  of === outcome.released ||
  of === outcome.refused ||
  (code !== undefined && code in errors && afterReply.includes(errors[code as ErrorCode].stage));

function tallyOf(list: RequestList): Pick<Counts, 'matched' | 'outside' | 'unrecorded' | 'repeated'> {
  const tally = { matched: 0, outside: 0, unrecorded: 0, repeated: 0 };
  const members = { [found.inside]: 'matched', [found.outside]: 'outside', [found.nothing]: 'unrecorded' } as const;
  for (let number = 0; number < list.size; number++) {
    tally[members[list.markAt(number)]] += 1;
    if (list.timesAt(number) > 1) tally.repeated += 1;
  }
  return tally;
}

async function* findingsOf(
  list: RequestList,
  window: AskedFilter,
  pool: Pool,
): AsyncGenerator<Finding | SearchFailure, void, void> {
  for (let number = 0; number < list.size; number++) {
    if (list.markAt(number) !== found.nothing) continue;
    yield { finding: finding.unrecorded, requestId: list.idAt(number), line: list.lineAt(number) };
  }
  for (let number = 0; number < list.size; number++) {
    const times = list.timesAt(number);
    if (times < 2) continue;
    yield { finding: finding.repeated, requestId: list.idAt(number), line: list.lineAt(number), times };
  }
  for await (const page of askedRecords(pool, window)) {
    if (isFailure(page)) {
      yield page;
      return;
    }
    for (const record of page) {
      const kind = match(list, record, found.inside);
      if (kind !== null) yield recordFinding(kind, record);
    }
  }
}

const recordFinding = (kind: 'unserved' | 'unreached', record: AskedRecord): Finding => ({
  finding: kind,
  requestId: record.requestId,
  record: positionText(record),
  time: new Date(record.time).toISOString(),
  outcome: record.outcome,
  ...(record.code === undefined ? {} : { code: record.code }),
});
