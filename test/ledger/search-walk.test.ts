/** Each page of a search goes over so many entries and no more, by the index that leads furthest, whatever the store's statistics say. */
import pg from 'pg';
import t from 'tap';
import type { EntryFilter } from '../../src/ledger/entry-filter.js';
import { monthSpan } from '../../src/ledger/month.js';
import { searchEntries } from '../../src/ledger/search.js';
import type { Place } from '../../src/ledger/search-place.js';
import { searchSettings } from '../../src/ledger/search-pool.js';
import { makeMonths } from './months.js';
import { allPages, found, searchable } from './search-samples.js';

const months = ['2026-01', '2026-02', '2026-03', '2026-04'] as const;
const begins = monthSpan('2026-01').begins;
const ends = monthSpan('2026-04').ends;
const size = 24_000;
const person = Buffer.alloc(32, 7);

/**
 * Two halves that never meet, by turns: exchanges of housing for rent, and tokens of transport. Of every hundredth half of the
 * entries are about one person, in both roles. Few are anything else.
 */
async function fill(pool: pg.Pool): Promise<void> {
  await makeMonths(
    pool,
    months.map(month => monthSpan(month).begins),
  );
  await pool.query(
    `INSERT INTO ledger_entries (shard, index, time, kind, outcome, code, actor, consumer, provider, service, purpose, case_number,
       operator, id, salt, leaf, entry)
     SELECT n % 3, n / 3, $1::bigint + n * (($2::bigint - $1::bigint) / $3::int),
       CASE WHEN n = 100 THEN 'agreement' WHEN even THEN 'exchange' ELSE 'token' END,
       CASE WHEN n = 101 THEN 'failed' ELSE 'released' END, CASE WHEN n = 101 THEN 'STILE_QUOTA' END,
       CASE WHEN n = 102 THEN 'housing/seldom' WHEN even THEN 'housing/permits' ELSE 'transport/plates' END,
       CASE WHEN even THEN 'housing' ELSE 'transport' END, CASE WHEN even THEN 'civil-affairs' END,
       CASE WHEN even THEN 'civil-affairs/marriage-status/v1' END, CASE WHEN even THEN 'public-rental-housing' ELSE 'licence' END,
       CASE WHEN n % 4000 = 0 THEN 'case' END, CASE WHEN n % 4000 = 1 THEN 'W1' END, n::text, '', sha256(int8send(n)),
       convert_to((n % 3) || '/' || (n / 3), 'UTF8')
     FROM generate_series(0, $3::int - 1) AS n, LATERAL (SELECT n % 2 = 0 AS even) AS half`,
    [begins, ends, size],
  );
  await pool.query(
    `INSERT INTO ledger_subjects (shard, index, time, tag, role)
     SELECT shard, index, time, $1, role FROM ledger_entries, unnest(ARRAY['asked', 'related']) AS role WHERE kind = 'exchange'`,
    [person],
  );
}

interface Node {
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Node[];
}

const nodesOf = (node: Node): readonly Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** The searches' connections, which tell of each statement what it went over, and by which indexes. */
async function openWatched(t: { teardown(done: () => Promise<void>): unknown }, database: string) {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  t.teardown(() => client.end());
  for (const [name, value] of Object.entries(searchSettings)) await client.query(`SET ${name} = ${value}`);
  // A partition's indexes bear names of PostgreSQL's making: each is told by the index of the whole table that it is part of.
  const { rows: parts } = await client.query<{ part: string; whole: string }>(
    'SELECT inhrelid::regclass::text AS part, inhparent::regclass::text AS whole FROM pg_inherits',
  );
  const wholes = new Map(parts.map(({ part, whole }) => [part, whole]));
  const looked = { statements: 0, rows: 0, indexes: new Set<string>() };
  async function query(text: string, values: readonly unknown[]) {
    const { rows } = await client.query(`EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${text}`, [...values]);
    const scans = nodesOf(rows[0]['QUERY PLAN'][0].Plan).filter(node => node['Relation Name'] !== undefined);
    looked.statements += 1;
    for (const node of scans.filter(node => node['Actual Loops'] > 0)) {
      looked.rows += Math.round((node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']);
      looked.indexes.add(wholes.get(node['Index Name'] ?? '') ?? `all of ${node['Relation Name']}`);
    }
    return client.query(text, [...values]);
  }
  return {
    pool: { query } as unknown as pg.Pool,
    /** What was done since it was last asked. */
    take() {
      const taken = { ...looked };
      Object.assign(looked, { statements: 0, rows: 0, indexes: new Set() });
      return taken;
    },
  };
}

const tags = months.map(month => ({ ...monthSpan(month), tag: person }));
const limit = 50;
/** Of a page: its two steps, and a look at 129 entries of each index that might lead. */
const most = (leads: number) => limit + 1 + 4 * limit + (leads < 2 ? 0 : 129 * leads);

t.test('each filter has an index that leads to it, and no page goes over more than its share', async t => {
  const { pool, database } = await searchable(t);
  await fill(pool);
  const watched = await openWatched(t, database);
  const time = 'ledger_entries_time';
  const cases: readonly (readonly [EntryFilter, string])[] = [
    [{}, time],
    [{ kind: ['exchange'] }, time],
    [{ outcome: ['released', 'failed'] }, time],
    [{ kind: ['agreement'] }, 'ledger_entries_kind'],
    [{ kind: ['token'] }, 'ledger_entries_kind'],
    [{ kind: ['config'] }, 'ledger_entries_kind'],
    [{ outcome: ['failed'] }, 'ledger_entries_outcome'],
    [{ code: ['STILE_QUOTA'] }, 'ledger_entries_code'],
    [{ actor: ['housing/seldom'] }, 'ledger_entries_actor'],
    [{ consumer: ['housing'] }, 'ledger_entries_consumer'],
    [{ provider: ['nobody'] }, 'ledger_entries_provider'],
    [{ service: ['civil-affairs/marriage-status/v1'] }, 'ledger_entries_service'],
    [{ purpose: ['nothing'] }, 'ledger_entries_purpose'],
    [{ case: ['case'] }, 'ledger_entries_case'],
    [{ operator: ['W1'] }, 'ledger_entries_operator'],
  ];
  // As of a month that has just begun, and as of one that the store knows well.
  for (const known of [false, true]) {
    if (known) await pool.query('ANALYZE ledger_entries');
    for (const [filter, index] of cases) {
      for (const before of [undefined, { time: begins + (ends - begins) / 2, shard: 1, index: 4000 }]) {
        await searchEntries(watched.pool, filter, before, limit);
        const { rows, statements, indexes } = watched.take();
        const told = `${JSON.stringify(filter)}${before ? ', a later page' : ''}${known ? ', analysed' : ''}`;
        t.same([...indexes], [index], told);
        t.ok(rows <= most(1) && statements <= 2, `${told}: ${rows} rows`);
      }
    }
  }
});

t.test('what never meets is answered page by page, each with its share of the work, to the end', async t => {
  const { pool, database } = await searchable(t);
  await fill(pool);
  const watched = await openWatched(t, database);
  const cases: readonly (readonly [EntryFilter, number])[] = [
    [{ consumer: ['housing'], kind: ['token'] }, most(2)],
    [{ consumer: ['transport'], purpose: ['public-rental-housing'], actor: ['transport/plates'] }, most(3)],
    [{ kind: ['exchange'], outcome: ['released'], provider: ['civil-affairs'], purpose: ['licence'] }, most(2)],
    // Of each of two values its share, at least ten.
    [{ consumer: ['housing', 'transport'], purpose: ['nothing', 'nobody', 'licence'], code: ['STILE_FAULT'] }, most(4)],
    // Each has two rows and is looked up; where a month ends, as many again of the one before are put in order.
    [{ tags, kind: ['token'] }, 5 * most(1)],
  ];
  for (const [filter, bound] of cases) {
    let before: Place | undefined;
    let pages = 0;
    do {
      const page = found(await searchEntries(watched.pool, filter, before, limit));
      const { rows, statements } = watched.take();
      const { tags: asked, ...told } = filter;
      t.ok(
        rows <= bound && statements <= 3,
        `${JSON.stringify({ ...told, person: asked !== undefined })}: ${rows} rows`,
      );
      t.same(page.entries, []);
      t.ok(page.next === undefined || before === undefined || page.next.time < before.time, 'further back each time');
      before = page.next;
      pages += 1;
    } while (before !== undefined && pages < size);
    t.equal(before, undefined, 'it comes to an end');
  }
});

t.test('the index with the fewest entries of the time in question leads', async t => {
  const { pool, database } = await searchable(t);
  await fill(pool);
  const watched = await openWatched(t, database);
  const seldom: readonly (readonly [EntryFilter, string])[] = [
    [{ consumer: ['housing'], purpose: ['nothing'] }, 'ledger_entries_purpose'],
    [{ consumer: ['nobody'], purpose: ['licence'] }, 'ledger_entries_consumer'],
    [
      { consumer: ['housing'], actor: ['housing/seldom'], service: ['civil-affairs/marriage-status/v1'] },
      'ledger_entries_actor',
    ],
  ];
  for (const [filter, index] of seldom) {
    const page = found(await searchEntries(watched.pool, filter, undefined, limit));
    t.equal(page.next, undefined, 'one page is enough');
    t.ok(watched.take().indexes.has(index), index);
  }
});

t.test('a month that is dropped while somebody pages takes its entries with it and nothing else', async t => {
  const { pool, searches } = await searchable(t);
  await fill(pool);
  const step = Math.floor((ends - begins) / size);
  /** Of positions those in a month. */
  const within = (month: string, positions: readonly string[]) =>
    positions.filter(position => {
      const [shard = 0, index = 0] = position.split('/').map(Number);
      const time = begins + (index * 3 + shard) * step;
      return time >= monthSpan(month).begins && time < monthSpan(month).ends;
    });
  const middle = { time: monthSpan('2026-03').begins + 10 * 24 * 60 * 60 * 1000, shard: 2, index: 0 };
  const readers = await Promise.all(
    [{}, { consumer: ['housing', 'transport'] }, { tags }].map(async filter => {
      return { filter, rest: await allPages(searches, filter, 500, middle) };
    }),
  );
  for (const [dropped, left] of [
    ['2026-02', ['2026-03', '2026-01']],
    ['2026-03', ['2026-01']],
  ] as const) {
    const name = dropped.replace('-', '_');
    await pool.query(`DROP TABLE ledger_entries_${name}, ledger_subjects_${name}`);
    for (const { filter, rest } of readers) {
      const wanted = left.flatMap(month => within(month, rest));
      t.ok(wanted.length > 1000, 'there is something left');
      t.same(await allPages(searches, filter, 500, middle), wanted, `without ${dropped}`);
    }
  }
});
