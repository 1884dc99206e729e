/** Fills a store with made-up entries, side rows, heads and months, as many as a benchmark wants, within the store itself. */
import type pg from 'pg';
import type { PeriodTag } from '../../src/ledger/entry-filter.js';
import { monthSpan } from '../../src/ledger/month.js';

/** How the made-up ledger is cut: years of it, so that a search has as many partitions before it as it will. */
export const made = {
  shards: 4,
  months: 36,
  departments: 20,
  services: 60,
  /** Clients: three a department. */
  clients: 60,
  operators: 5000,
  people: 2_000_000,
} as const;

/** Entries written by one statement. */
const portion = 100_000;

/** Milliseconds since 1970 in UTC: where the made-up ledger begins and ends. */
export interface Span {
  readonly begins: number;
  readonly ends: number;
}

/** The months up to now, the running one included. */
export function spanUntil(now: number): Span {
  const date = new Date(now);
  return { begins: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - made.months + 1), ends: now };
}

/** The tag of a made-up person in the month of a time: what stands for HMAC here, which a search does not compute. */
const tagSql = (person: string, time: string) =>
  `sha256(convert_to(to_char(to_timestamp(${time} / 1000) AT TIME ZONE 'UTC', 'YYYY-MM') || '/' || ${person}, 'UTF8'))`;

/**
 * Random numbers come from the entry's number, so that each run writes the same; skewed ones by raising them to a power.
 * One entry in two hundred is about the same person, as of an enterprise that everybody asks about.
 */
const fillSql = `WITH number AS (
    SELECT n, $3::bigint + ((n::numeric * ($4::bigint - $3::bigint)) / $5::bigint)::bigint AS time, random() AS who, random() AS what,
      random() AS why, random() AS kind, random() AS end_, random() AS code, random() AS operator, random() AS has_case,
      random() AS person
    FROM generate_series($1::bigint, $2::bigint) AS n
  ), chosen AS (
    SELECT *, floor(${made.clients} * who ^ 3)::int AS client,
      (floor(${made.clients} * who ^ 3)::int * 7 + floor(${made.services} * what ^ 6)::int) % ${made.services} AS service_number,
      CASE WHEN kind < 0.86 THEN 'exchange' WHEN kind < 0.92 THEN 'token' WHEN kind < 0.96 THEN 'intent'
        WHEN kind < 0.98 THEN 'search' WHEN kind < 0.995 THEN 'explain' WHEN kind < 0.9999 THEN 'refusals'
        ELSE 'agreement' END AS kind_name,
      CASE WHEN end_ < 0.93 THEN 'released' WHEN end_ < 0.98 THEN 'refused' WHEN end_ < 0.9995 THEN 'failed'
        ELSE 'unknown' END AS outcome_name
    FROM number
  ), entry AS (
    SELECT n, time, kind_name, CASE WHEN kind_name <> 'intent' THEN outcome_name END AS outcome,
      CASE outcome_name WHEN 'refused' THEN 'STILE_REFUSED_' || chr(65 + floor(6 * code ^ 4)::int)
        WHEN 'failed' THEN 'STILE_FAILED_' || chr(65 + floor(4 * code ^ 4)::int) END AS code,
      CASE WHEN kind_name IN ('search', 'agreement') THEN 'staff/person-' || client
        ELSE 'department-' || client / 3 || '/client-' || client END AS actor,
      CASE WHEN kind_name NOT IN ('search', 'agreement') THEN 'department-' || client / 3 END AS consumer,
      CASE WHEN kind_name IN ('exchange', 'intent', 'explain') THEN 'department-' || service_number / 3 END AS provider,
      CASE WHEN kind_name IN ('exchange', 'intent', 'explain')
        THEN 'department-' || service_number / 3 || '/service-' || service_number || '/v1' END AS service,
      CASE WHEN kind_name IN ('exchange', 'intent', 'explain')
        THEN 'purpose-' || (service_number + floor(40 * why ^ 12)::int) % 40 END AS purpose,
      CASE WHEN kind_name IN ('exchange', 'intent') AND has_case < 0.7 THEN 'case-' || n / 4 END AS case_number,
      CASE WHEN kind_name IN ('exchange', 'intent') AND has_case > 0.2
        THEN 'W' || floor(${made.operators} * operator ^ 2)::int END AS operator,
      CASE WHEN kind_name IN ('exchange', 'intent')
        THEN CASE WHEN person < 0.005 THEN 0 ELSE floor(${made.people} * person)::int END END AS person
    FROM chosen
  ), written AS (
    INSERT INTO ledger_entries (shard, index, time, kind, outcome, code, actor, consumer, provider, service, purpose,
      case_number, operator, id, salt, leaf, entry)
    SELECT n % ${made.shards}, n / ${made.shards}, time, kind_name, outcome, code, actor, consumer, provider, service, purpose,
      case_number, operator, substr(translate(encode(sha256(int8send(n)), 'base64'), '+/', '-_'), 1, 22),
      substring(sha256(int8send(n)) FROM 1 FOR 16), sha256(int8send(-n)),
      convert_to(format('{"agreement":{"id":"agreement-%s","version":1},"asked":true,"case":"%s","client":"%s","consumer":"%s",'
        '"digests":{"reply":"%s","request":"%s"},"fields":["registeredOn","residentId","spouse.name","status"],"kind":"%s",'
        '"outcome":"%s","provider":"%s","purpose":"%s","registry":"sha256:0123456789012345678901234567890123456789012",'
        '"service":"%s","subjects":{"count":2,"digest":""},"time":"%s","v":1}', n % 200, case_number, actor, consumer,
        encode(sha256(int8send(n)), 'hex'), encode(sha256(int8send(n)), 'hex'), kind_name, outcome, provider, purpose, service,
        time), 'UTF8')
    FROM entry ORDER BY n
  )
  INSERT INTO ledger_subjects (shard, index, time, tag, role)
  SELECT n % ${made.shards}, n / ${made.shards}, time, ${tagSql("(CASE role WHEN 'asked' THEN person ELSE person + 1 END)::text", 'time')}, role
  FROM entry, unnest(ARRAY['asked', 'related']) AS role WHERE person IS NOT NULL`;

/**
 * Writes entries 1 to `count`, evenly over the span. Indexes are dropped before and made anew after, which takes a fraction
 * of the time; then statistics are as the server's own upkeep would have them.
 *
 * @param tell is told of each portion
 */
export async function fill(pool: pg.Pool, count: number, span: Span, tell: (written: number) => void): Promise<void> {
  for (let at = new Date(span.begins); at.getTime() <= span.ends; at.setUTCMonth(at.getUTCMonth() + 1)) {
    await pool.query('SELECT ledger_make_month($1)', [at.getTime()]);
  }
  const indexes = await indexesOf(pool);
  for (const { name } of indexes) await pool.query(`DROP INDEX ${name}`);
  let first = 1;
  let written = 0;
  async function work(): Promise<void> {
    while (first <= count) {
      const [from, to] = [first, Math.min(first + portion - 1, count)];
      first = to + 1;
      await fillPortion(pool, from, to, [span.begins, span.ends - 1, count + 1]);
      written += to - from + 1;
      tell(written);
    }
  }
  await Promise.all([work(), work()]);
  await Promise.all(indexes.map(({ definition }) => pool.query(definition)));
  await pool.query(`INSERT INTO ledger_months (shard, begins, ends, first_index)
    SELECT shard, begins, ends, min(index) FROM ledger_entries, ledger_month_at(time) GROUP BY shard, begins, ends`);
  await pool.query(`INSERT INTO ledger_heads (shard, size, time)
    SELECT shard, max(index) + 1, max(time) FROM ledger_entries GROUP BY shard ON CONFLICT DO NOTHING`);
  await pool.query('VACUUM (ANALYZE) ledger_entries, ledger_subjects');
  await pool.query('CHECKPOINT');
}

/** The random numbers of each portion are its own, whoever writes it when. */
async function fillPortion(pool: pg.Pool, first: number, last: number, rest: readonly number[]): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query(`SET synchronous_commit = off; SET jit = off; SELECT setseed(${1 / (first + 1)})`);
    await client.query(fillSql, [first, last, ...rest]);
  } finally {
    client.release(true);
  }
}

/** The indexes of both tables that are not made with each partition: name and definition. */
export async function indexesOf(
  client: Pick<pg.Pool, 'query'>,
): Promise<readonly { name: string; definition: string }[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT indexrelid::regclass::text AS name, replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') AS definition FROM pg_index
     WHERE indrelid IN ('ledger_entries'::regclass, 'ledger_subjects'::regclass) ORDER BY name`,
  );
  return rows;
}

/** A made-up person's tags, one a month of the span. */
export async function tagsOf(pool: pg.Pool, person: number, span: Span): Promise<readonly PeriodTag[]> {
  const { rows } = await pool.query<{ period: string; tag: Buffer }>(
    `SELECT to_char(month, 'YYYY-MM') AS period, sha256(convert_to(to_char(month, 'YYYY-MM') || '/' || $1::int, 'UTF8')) AS tag
     FROM generate_series(to_timestamp($2::float8 / 1000) AT TIME ZONE 'UTC', to_timestamp($3::float8 / 1000) AT TIME ZONE 'UTC',
       interval '1 month') AS month`,
    [person, span.begins, span.ends],
  );
  return rows.map(({ period, tag }) => ({ ...monthSpan(period), tag }));
}
