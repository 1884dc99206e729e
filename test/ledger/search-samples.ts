/** A made-up ledger to search in: rows of which every column takes each of its values with each other column's. */
import pg from 'pg';
import { pino } from 'pino';
import type { EntryFilter } from '../../src/ledger/entry-filter.js';
import { openLedger } from '../../src/ledger/open.js';
import { openPeriodKeys } from '../../src/ledger/period-keys.js';
import { searchEntries } from '../../src/ledger/search.js';
import type { Place } from '../../src/ledger/search-place.js';
import { isFailure, openSearchPool, type SearchFailure } from '../../src/ledger/search-pool.js';
import { asGatewayLogin, type database, migratedDatabase } from '../database.js';
import { makeMonths, noteMonths } from './months.js';

export const logger = pino({ level: 'silent' });

export async function searchable(t: Parameters<typeof database>[0] & { testdir(): string }) {
  const connectionString = await migratedDatabase(t);
  const pool = new pg.Pool({ connectionString, max: 2 });
  // A connection may hear that the database is dropped while it is being closed.
  pool.on('error', () => {});
  const gatewayString = asGatewayLogin(connectionString);
  const searches = openSearchPool(gatewayString, logger);
  const keys = openPeriodKeys(t.testdir());
  t.teardown(() => Promise.all([pool.end(), searches.end()]).then(() => {}));
  const open = async () => {
    const settings = {
      deadline: 5000,
      statementDeadline: 2000,
      queue: 2000,
      lease: 5000,
      checkpointEvery: 1000,
      shards: 1,
    };
    const ledger = await openLedger({ database: gatewayString, keys, settings, logger });
    t.teardown(() => ledger.close());
    return ledger;
  };
  return { database: gatewayString, pool, searches, keys, open };
}

export function found<T extends object>(result: T | SearchFailure | null): T {
  if (result === null || isFailure(result)) throw new Error('nothing was found');
  return result;
}

/** What a search finds beyond a place, to the end. */
export async function allPages(pool: pg.Pool, filter: EntryFilter, limit: number, place?: Place): Promise<string[]> {
  const positions: string[] = [];
  let before = place;
  do {
    const page = found(await searchEntries(pool, filter, before, limit));
    positions.push(...page.entries.map(({ entry }) => entry.toString()));
    before = page.next;
  } while (before !== undefined);
  return positions;
}

export const shards = 3;
export const perShard = 120;
/** Five seconds before a month ends in UTC, so that the samples are in two partitions. */
export const epoch = Date.parse('2026-03-31T23:59:55Z');

/** A row to search in, but for its entry. */
export interface Sample {
  readonly shard: number;
  readonly index: number;
  readonly time: number;
  readonly kind: string;
  readonly outcome: string | null;
  readonly code: string | null;
  readonly actor: string;
  readonly consumer: string | null;
  readonly provider: string | null;
  readonly service: string | null;
  readonly purpose: string | null;
  readonly case_number: string | null;
  readonly operator: string | null;
}

function sample(shard: number, index: number): Sample {
  const number = shard * perShard + index;
  const pick = <T>(step: number, ...values: readonly T[]): T => values[Math.floor(number / step) % values.length] as T;
  const kind = pick(1, 'exchange', 'exchange', 'exchange', 'token', 'search');
  const exchange = kind === 'exchange';
  const outcome = pick(2, 'released', 'released', 'refused', 'failed', exchange ? 'unknown' : null);
  return {
    shard,
    index,
    // Ten entries share a commit and its time, and shards share times.
    time: epoch + Math.floor(index / 10) * 1000,
    kind,
    outcome,
    code: outcome === 'refused' ? 'STILE_QUOTA' : outcome === 'failed' ? 'STILE_DEPARTMENT_TIMEOUT' : null,
    actor: kind === 'search' ? 'staff/auditor' : pick(3, 'housing/permits', 'transport/plates'),
    consumer: exchange ? pick(3, 'housing', 'transport') : null,
    provider: exchange ? pick(1, 'civil-affairs', 'public-security') : null,
    service: exchange ? pick(1, 'civil-affairs/marriage-status/v1', 'public-security/household/v1') : null,
    purpose: exchange ? pick(5, 'public-rental-housing', 'marriage-registration') : null,
    case_number: exchange && number % 7 === 0 ? `深住〔2026〕${number % 3}号` : null,
    operator: exchange && number % 4 === 0 ? `W${number % 6}` : null,
  };
}

const samples = [...Array(shards).keys()].flatMap(shard =>
  [...Array(perShard).keys()].map(index => sample(shard, index)),
);

export async function insertSamples(pool: pg.Pool): Promise<void> {
  await makeMonths(pool, [epoch, epoch + 5000]);
  await insertRows(pool, samples);
  await pool.query('INSERT INTO ledger_heads (shard, size) SELECT generate_series(0, $1 - 1), $2', [shards, perShard]);
  await noteMonths(pool);
  await pool.query('ANALYZE ledger_entries');
}

/** Inserts rows whose entries are their positions. */
export async function insertRows(pool: pg.Pool, rows: readonly Sample[]): Promise<void> {
  await pool.query(
    `INSERT INTO ledger_entries
     SELECT *, shard || '-' || index, '\\x00'::bytea, sha256(int8send(index)), convert_to(shard || '/' || index, 'UTF8')
     FROM json_to_recordset($1) AS row (shard int, index bigint, time bigint, kind text, outcome text, code text,
       actor text, consumer text, provider text, service text, purpose text, case_number text, operator text)`,
    [JSON.stringify(rows)],
  );
}

export const newestFirst = (one: Place, other: Place): number =>
  other.time - one.time || other.shard - one.shard || other.index - one.index;

/** What a filter means but for persons, said again without SQL. */
export function satisfies(row: Sample, filter: EntryFilter): boolean {
  const allows = (values: readonly string[] | undefined, value: string | null): boolean =>
    values === undefined || (value !== null && values.includes(value));
  return [
    filter.from === undefined || row.time >= filter.from,
    filter.until === undefined || row.time < filter.until,
    allows(filter.kind, row.kind) && allows(filter.outcome, row.outcome),
    allows(filter.code, row.code) && allows(filter.actor, row.actor),
    allows(filter.consumer, row.consumer) && allows(filter.provider, row.provider),
    allows(filter.service, row.service) && allows(filter.purpose, row.purpose),
    allows(filter.case, row.case_number) && allows(filter.operator, row.operator),
  ].every(holds => holds);
}

export const expected = (filter: EntryFilter): string[] =>
  samples
    .filter(row => satisfies(row, filter))
    .sort(newestFirst)
    .map(row => `${row.shard}/${row.index}`);
