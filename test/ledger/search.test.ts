import t from 'tap';
import { type EntryFilter, tagsWithin } from '../../src/ledger/entry-filter.js';
import { entriesAfter } from '../../src/ledger/follow.js';
import { openPeriodKeys, periodOf } from '../../src/ledger/period-keys.js';
import { entryAt, searchEntries } from '../../src/ledger/search.js';
import { openSearchPool, searchSettings } from '../../src/ledger/search-pool.js';
import { draftOf } from './open-store.js';
import {
  allPages,
  epoch,
  expected,
  found,
  insertSamples,
  logger,
  perShard,
  searchable,
  shards,
} from './search-samples.js';

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
  for (const [name, value] of Object.entries(searchSettings)) {
    const { rows } = await searches.query(`SELECT current_setting('${name}') AS value`);
    t.same(rows, [{ value }], name);
  }
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
