/** Finds entries in the store, newest first, on connections of its own so that no search can hold up an append. */
import { DatabaseError, Pool, type PoolConfig } from 'pg';
import { entryKind, outcome, type Position, type Subject } from './ledger.js';
import { type PeriodKeys, periodOf } from './period-keys.js';
import { tagOf } from './tag.js';

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

export interface StoredEntry extends Position {
  /** Milliseconds since 1970 UTC. */
  readonly time: number;
  /** The exact bytes. */
  readonly entry: Buffer;
}

/** Where a page ended. */
export interface Place extends Position {
  readonly time: number;
}

/** How far a follower has read: of each shard the index of the next entry it wants. A shard not named begins at 0. */
export type Reach = ReadonlyMap<number, number>;

export const searchFault = {
  /** It took longer than a search may: the filter lets too much through. */
  tooWide: 'too-wide',
  /** The store does not answer. */
  unavailable: 'unavailable',
} as const;
export type SearchFault = (typeof searchFault)[keyof typeof searchFault];

/** Why there is no result. */
export interface SearchFailure {
  readonly fault: SearchFault;
  /** The driver's error, for the log. */
  readonly cause: unknown;
}

export const isFailure = (found: object): found is SearchFailure => 'fault' in found;

/** Longest time the store may work on one search, milliseconds. */
const statementLimit = 5000;
/** Most searches at once on one replica; more wait. */
const searchersAtOnce = 3;
/** Most entries of a shard that one step of a follower goes over. */
const stride = 20_000;

/** Opens the searches' own connections: few, reading only, and each statement with a limit on its time. */
export function openSearchPool(config: PoolConfig): Pool {
  const pool = new Pool({
    ...config,
    max: searchersAtOnce,
    statement_timeout: statementLimit,
    // The server's own limit comes first; this one is for a server that hangs.
    query_timeout: statementLimit + 1000,
    connectionTimeoutMillis: statementLimit,
    application_name: 'stile search',
    options: '-c default_transaction_read_only=on',
  });
  // An idle connection that breaks is replaced at the next search; unheard, the event would end the process.
  pool.on('error', () => {});
  return pool;
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
  const first = from === undefined ? '' : periodOf(from);
  const last = until === undefined ? '9999-99' : periodOf(until - 1);
  return [...keys.all()]
    .filter(([period]) => period >= first && period <= last)
    .map(([, key]) => tagOf(key, kind, identifier));
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
const parameter = (values: unknown[], value: unknown): string => `$${values.push(value)}`;

/** The conditions on an entry's own columns. */
function conditions(filter: EntryFilter, values: unknown[]): string[] {
  const found: string[] = [];
  if (filter.from !== undefined) found.push(`time >= ${parameter(values, filter.from)}`);
  if (filter.until !== undefined) found.push(`time < ${parameter(values, filter.until)}`);
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

/**
 * One page of what a filter finds, newest first: by time, shard and index, all descending.
 *
 * @param before the last place of the page before this one
 * @param limit most entries returned
 */
export async function searchEntries(
  pool: Pool,
  filter: EntryFilter,
  before: Place | undefined,
  limit: number,
): Promise<{ readonly entries: readonly StoredEntry[]; readonly more: boolean } | SearchFailure> {
  const values: unknown[] = [];
  const where = conditions(filter, values);
  if (before !== undefined) {
    const place = [before.time, before.shard, before.index].map(value => parameter(values, value)).join(', ');
    where.push(`(time, shard, index) < (${place})`);
  }
  // Materialized, so that the store starts from the few entries about one person, whatever it guesses of the rest.
  const person =
    filter.tags === undefined
      ? ''
      : `WITH person AS MATERIALIZED (
           SELECT DISTINCT shard, index FROM ledger_subjects WHERE tag = ANY(${parameter(values, filter.tags)}::bytea[])
         ) `;
  const text = `${person}SELECT shard, index, time, entry
    FROM ledger_entries ${person && 'JOIN person USING (shard, index)'}
    ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}
    ORDER BY time DESC, shard DESC, index DESC LIMIT ${parameter(values, limit + 1)}`;
  const rows = await read(pool, text, values);
  if (isFailure(rows)) return rows;
  return { entries: rows.slice(0, limit).map(storedEntry), more: rows.length > limit };
}

/**
 * One step of a follower: what a filter finds beyond its reach, oldest first, and the new reach. By position and not by
 * time, since one shard may commit after another what is older.
 *
 * @param limit most entries returned
 * @returns `more` when there is more to read at once
 */
export async function entriesAfter(
  pool: Pool,
  filter: EntryFilter,
  reach: Reach,
  limit: number,
): Promise<
  { readonly entries: readonly StoredEntry[]; readonly reach: Reach; readonly more: boolean } | SearchFailure
> {
  const values: unknown[] = [];
  const shards = parameter(values, [...reach.keys()]);
  const starts = parameter(values, [...reach.values()]);
  const where = conditions(filter, values);
  if (filter.tags !== undefined) {
    where.push(`EXISTS (SELECT FROM ledger_subjects AS subject WHERE subject.shard = entry_of.shard
      AND subject.index = entry_of.index AND subject.tag = ANY(${parameter(values, filter.tags)}::bytea[]))`);
  }
  // Heads and entries in one statement, hence in one snapshot: what lies below a head's size is all there.
  const rows = await read(
    pool,
    `WITH step AS (
       SELECT head.shard, coalesce(start, 0) AS low, head.size,
         least(head.size, coalesce(start, 0) + ${stride}) AS high
       FROM ledger_heads AS head
       LEFT JOIN unnest(${shards}::int[], ${starts}::bigint[]) AS known (shard, start) ON known.shard = head.shard
     )
     SELECT step.shard, step.low, step.high, step.size, found.index, found.time, found.entry
     FROM step LEFT JOIN LATERAL (
       SELECT index, time, entry FROM ledger_entries AS entry_of
       WHERE entry_of.shard = step.shard AND index >= step.low AND index < step.high
         ${where.map(condition => `AND ${condition}`).join(' ')}
       ORDER BY index LIMIT ${parameter(values, limit + 1)}
     ) AS found ON true
     ORDER BY found.time, step.shard, found.index`,
    values,
  );
  return isFailure(rows) ? rows : stepOf(rows, limit);
}

/** Cuts a step to its limit. A shard's reach is then the first entry left out of it, or else the end of its stride. */
function stepOf(rows: readonly Row[], limit: number) {
  const found = rows.filter(row => row.index !== null);
  const reach = new Map(rows.map(row => [row.shard, Number(row.high)]));
  for (const row of found.slice(limit).reverse()) reach.set(row.shard, Number(row.index));
  const more = rows.some(row => (reach.get(row.shard) ?? 0) < Number(row.size));
  return { entries: found.slice(0, limit).map(storedEntry), reach, more };
}

/** The end of every shard: where a follower begins that wants only what is to come. */
export async function reachNow(pool: Pool): Promise<Reach | SearchFailure> {
  const rows = await read(pool, 'SELECT shard, size FROM ledger_heads ORDER BY shard', []);
  return isFailure(rows) ? rows : new Map(rows.map(row => [row.shard, Number(row.size)]));
}

/** The entry at a position with its leaf hash, or null when there is none. */
export async function entryAt(
  pool: Pool,
  position: Position,
): Promise<(StoredEntry & { readonly leaf: Buffer }) | null | SearchFailure> {
  const values: unknown[] = [];
  const text = `SELECT shard, index, time, leaf, entry FROM ledger_entries
    WHERE shard = ${parameter(values, position.shard)} AND index = ${parameter(values, position.index)}`;
  const rows = await read(pool, text, values);
  if (isFailure(rows)) return rows;
  const [row] = rows;
  return row === undefined ? null : { ...storedEntry(row), leaf: row.leaf };
}

/** What the statements above select; columns of type bigint arrive as text. */
interface Row {
  readonly shard: number;
  readonly index: string | null;
  readonly time: string;
  readonly entry: Buffer;
  readonly leaf: Buffer;
  readonly size: string;
  readonly high: string;
}

const storedEntry = ({ shard, index, time, entry }: Row): StoredEntry => ({
  shard,
  index: Number(index),
  time: Number(time),
  entry,
});

/** SQLSTATE of a statement cancelled for its time. */
const cancelled = '57014';
/** Classes of SQLSTATE by which the statement itself is at fault, which is a bug of ours. */
const ownFault = /^(?:22|42)/;

async function read(pool: Pool, text: string, values: readonly unknown[]): Promise<readonly Row[] | SearchFailure> {
  try {
    return (await pool.query<Row>(text, [...values])).rows;
  } catch (error) {
    const state = error instanceof DatabaseError ? (error.code ?? '') : '';
    if (ownFault.test(state)) throw error;
    return { fault: state === cancelled ? searchFault.tooWide : searchFault.unavailable, cause: error };
  }
}
