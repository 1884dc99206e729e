import pg from 'pg';
import t from 'tap';
import { type EntryFilter, tagsWithin } from '../../src/ledger/entry-filter.js';
import { entriesAfter } from '../../src/ledger/follow.js';
import { openPeriodKeys, periodOf } from '../../src/ledger/period-keys.js';
import { entryAt, type Place, searchEntries } from '../../src/ledger/search.js';
import { openSearchPool } from '../../src/ledger/search-pool.js';
import { dropEmptyMonths } from './months.js';
import { draftOf } from './open-store.js';
import { epoch, expected, found, insertSamples, logger, perShard, searchable, shards } from './search-samples.js';

async function allPages(pool: pg.Pool, filter: EntryFilter, limit: number): Promise<string[]> {
  const positions: string[] = [];
  let before: Place | undefined;
  for (;;) {
    const page = found(await searchEntries(pool, filter, before, limit));
    positions.push(...page.entries.map(entry => entry.entry.toString()));
    before = page.entries.at(-1);
    if (!page.more || before === undefined) return positions;
  }
}

const filters: readonly EntryFilter[] = [
  {},
  { from: epoch + 3000 },
  { until: epoch + 3000 },
  { from: epoch + 2000, until: epoch + 5000 },
  { kind: ['search'] },
  { kind: ['exchange', 'token'] },
  { outcome: ['refused'] },
  { outcome: ['failed', 'unknown'] },
  { outcome: ['released'], kind: ['token', 'search'] },
  { code: ['STILE_QUOTA'] },
  { actor: ['staff/auditor'] },
  { actor: ['staff/auditor', 'housing/permits'] },
  { consumer: ['transport'] },
  { provider: ['civil-affairs'], from: epoch + 1000 },
  { service: ['public-security/household/v1'], outcome: ['released'] },
  { service: ['public-security/household/v1', 'civil-affairs/marriage-status/v1'] },
  { purpose: ['marriage-registration'], consumer: ['housing'] },
  { case: ['深住〔2026〕0号'] },
  { operator: ['W2', 'W4'] },
  { operator: ['nobody'] },
];

t.test('each filter finds what it says, page by page, newest first and each entry once', async t => {
  const { pool, searches } = await searchable(t);
  await insertSamples(pool);
  for (const filter of filters) {
    const wanted = expected(filter);
    t.same(await allPages(searches, filter, 7), wanted, JSON.stringify(filter));
  }
  t.equal(expected({}).length, shards * perShard);
  t.ok(
    filters.slice(0, -1).every(filter => expected(filter).length > 0),
    'no filter is tried on nothing',
  );
});

t.test('no search reads the whole table, however seldom its value is', async t => {
  const { pool, database } = await searchable(t);
  await insertSamples(pool);
  await pool.query(
    `INSERT INTO ledger_entries SELECT 0, 1000 + n, $1::bigint + n, 'exchange', 'released', NULL, 'housing/permits', 'housing',
       'civil-affairs', 'civil-affairs/marriage-status/v1', 'public-rental-housing', NULL, NULL, n::text, '',
       sha256(int8send(n)), 'x' FROM generate_series(1, 40000) AS n`,
    [epoch],
  );
  await dropEmptyMonths(pool);
  await pool.query('ANALYZE ledger_entries');
  // The plan as the search itself gets it: its statements are caught on the way and explained.
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  t.teardown(() => client.end());
  // A partition's indexes bear names of PostgreSQL's making: each is told by the index of the whole table that it is part of.
  const { rows: parts } = await client.query<{ part: string; whole: string }>(
    'SELECT inhrelid::regclass::text AS part, inhparent::regclass::text AS whole FROM pg_inherits',
  );
  const wholes = new Map(parts.map(({ part, whole }) => [part, whole]));
  const plans: string[] = [];
  const explaining = {
    query: async (text: string, values: unknown[]) => {
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN (ANALYZE, COSTS OFF) ${text}`, values);
      const plan = rows.map(row => row['QUERY PLAN']).join('\n');
      plans.push(plan.replace(/\bledger_\w+/g, name => wholes.get(name) ?? name));
      return { rows: [] };
    },
  } as unknown as pg.Pool;
  const cases: readonly (readonly [EntryFilter, string])[] = [
    [{}, 'ledger_entries_time'],
    [{ service: ['public-security/household/v1'] }, 'ledger_entries_service'],
    [{ consumer: ['transport'] }, 'ledger_entries_consumer'],
    [{ case: ['深住〔2026〕0号'] }, 'ledger_entries_case'],
    [{ operator: ['W2'] }, 'ledger_entries_operator'],
    [{ outcome: ['failed'] }, 'ledger_entries_unusual'],
    [{ kind: ['search'] }, 'ledger_entries_unusual'],
    [{ actor: ['staff/auditor'] }, 'ledger_entries_unusual'],
    [{ tags: [Buffer.alloc(32)] }, 'ledger_subjects_tag'],
  ];
  for (const [filter, index] of cases) {
    for (const before of [undefined, { time: epoch + 4000, shard: 1, index: 45 }]) {
      await searchEntries(explaining, filter, before, 50);
      const plan = plans.at(-1) ?? '';
      t.match(plan, index, JSON.stringify(filter));
      t.notMatch(plan, 'Seq Scan on ledger_entries', JSON.stringify(filter));
    }
  }
});

t.test('a person is found under the tags of every period in question, once an entry', async t => {
  const { searches, keys, open } = await searchable(t);
  const ledger = await open();
  const asked = { kind: 'resident', identifier: '440300199001010011', role: 'asked' } as const;
  const other = { kind: 'resident', identifier: '440300199102020022', role: 'related' } as const;
  const both = await ledger.append(draftOf({ subjects: [asked, { ...asked, role: 'related' }, other] }));
  await ledger.append(draftOf({ subjects: [other] }));
  const named = await ledger.append(draftOf({ subjects: [asked] }, { case: '深住〔2026〕7号' }));
  const search = async (filter: EntryFilter, identifier: string = asked.identifier) => {
    const tags = tagsWithin(keys, { kind: 'resident', identifier }, filter.from, filter.until);
    const page = found(await searchEntries(searches, { ...filter, tags }, undefined, 10));
    return page.entries.map(({ shard, index }) => ({ shard, index }));
  };
  t.same(await search({}), [named, both]);
  t.same(await search({ case: ['深住〔2026〕7号'] }), [named]);
  t.same(await search({}, '440300199003030033'), []);
  const now = Date.now();
  t.same(await search({ from: now - 60_000, until: now + 60_000 }), [named, both]);
  t.same(await search({ until: now - 60_000 }), []);
  const tags = tagsWithin(keys, asked, undefined, undefined);
  const step = found(await entriesAfter(searches, { tags }, new Map(), 10));
  t.same(
    step.entries.map(({ shard, index }) => ({ shard, index })),
    [both, named],
    'a follower too',
  );
});

t.test('only the keys of periods within the times are used', async t => {
  const keys = openPeriodKeys(t.testdir());
  for (const period of ['2026-01', '2026-02', '2026-03']) keys.keyOf(period);
  const person = { kind: 'resident', identifier: '440300199001010011' };
  const timeOf = (text: string | undefined) => (text === undefined ? undefined : Date.parse(text));
  const count = (from?: string, until?: string) => tagsWithin(keys, person, timeOf(from), timeOf(until)).length;
  t.equal(count(), 3);
  t.equal(count('2026-02-28T23:59:59.999Z'), 2);
  t.equal(count('2026-03-01T00:00:00Z'), 1);
  t.equal(count(undefined, '2026-02-01T00:00:00Z'), 1, 'the end is excluded');
  t.equal(count(undefined, '2026-02-01T00:00:00.001Z'), 2);
  t.equal(count('2027-01-01T00:00:00Z'), 0);
  t.same([...keys.all().keys()], ['2026-01', '2026-02', '2026-03'], 'and none is made');
});

t.test('an entry is given as its exact bytes, with its leaf', async t => {
  const { pool, searches, open } = await searchable(t);
  const ledger = await open();
  const position = await ledger.append(draftOf({}, { case: '深住〔2026〕7号' }));
  const entry = found(await entryAt(searches, position));
  const { rows } = await pool.query<{ leaf: Buffer }>('SELECT sha256($1::bytea) AS leaf', [
    Buffer.concat([Buffer.from([0]), entry.entry]),
  ]);
  t.same(entry.leaf, rows[0]?.leaf, 'SHA-256(0x00 ‖ entry)');
  t.match(JSON.parse(entry.entry.toString()), { v: 1, kind: 'exchange', case: '深住〔2026〕7号' });
  t.equal(periodOf(entry.time), new Date(entry.time).toISOString().slice(0, 7));
  t.equal(await entryAt(searches, { ...position, index: position.index + 1 }), null);
});

t.test('a search may neither write nor take long, and says which', async t => {
  const { pool, searches, database } = await searchable(t);
  await t.rejects(searches.query('DELETE FROM ledger_entries'), { code: '25006' });
  const hasty = openSearchPool(database, logger);
  t.teardown(() => hasty.end());
  hasty.options.statement_timeout = 50;
  // Somebody holds the table: the search has to wait for them, and stops waiting.
  const holder = await pool.connect();
  await holder.query('BEGIN');
  await holder.query('LOCK TABLE ledger_entries IN ACCESS EXCLUSIVE MODE');
  t.match(await searchEntries(hasty, {}, undefined, 1), { fault: 'too-wide' });
  await holder.query('ROLLBACK');
  holder.release();
  const nowhere = openSearchPool('postgres://127.0.0.1:1/none', logger);
  t.match(await searchEntries(nowhere, {}, undefined, 1), { fault: 'unavailable', cause: { code: 'ECONNREFUSED' } });
  await nowhere.end();
});
