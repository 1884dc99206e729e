import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { run } from '../../src/cli/audit.js';
import { tagsWithin } from '../../src/ledger/entry-filter.js';
import { positionText } from '../../src/ledger/ledger.js';
import { readLogKeys } from '../../src/ledger/log-key.js';
import { searchEntries } from '../../src/ledger/search.js';
import { isFailure } from '../../src/ledger/search-pool.js';
import { writeArchive } from '../../src/ledger/write-archive.js';
import { type ClosedMonths, deployment, mixedDrafts, openClosedMonths, resident } from '../ledger/closed-months.js';
import { lines, terminalLike } from './audit-terminal.js';

/** Two archived months, June of two shards, and nowhere to call. */
async function archived(t: Test) {
  const store = await openClosedMonths(t);
  await store.appendAt(Date.UTC(2022, 5, 10), mixedDrafts(30));
  await store.appendAt(Date.UTC(2022, 5, 11), mixedDrafts(6), 1);
  await store.appendAt(Date.UTC(2022, 6, 10), mixedDrafts(30));
  await store.appendAt(Date.UTC(2022, 7, 10), mixedDrafts(1));
  await store.sign();
  const { query, keyFolder, folder } = store;
  for (const month of ['2022-06', '2022-07'])
    await writeArchive({ query, deployment, keys: readLogKeys(keyFolder), month, folder, now: Date.now() });
  return store;
}

const away = { STILE_URL: 'http://127.0.0.1:1' };

async function search(store: ClosedMonths, words: readonly string[], typed?: string) {
  const io = terminalLike(away, undefined, typed);
  const code = await run(['search', '--archive', store.folder, '--json', ...words], io);
  return { code, found: lines(io.out()).map(line => JSON.parse(line)) };
}

t.test('an archive is searched as the store is, with the same findings', async t => {
  const store = await archived(t);
  const month = { from: Date.UTC(2022, 5), until: Date.UTC(2022, 7) };
  for (const [words, filter] of [
    [[], {}],
    [['--outcome', 'refused'], { outcome: ['refused'] }],
    [
      ['--outcome', 'released', '--consumer', 'housing,police'],
      { outcome: ['released'], consumer: ['housing', 'police'] },
    ],
    [
      ['--code', 'no-agreement', '--until', '2022-06-11T00:00:00Z'],
      { code: ['STILE_NO_AGREEMENT'], until: Date.UTC(2022, 5, 11) },
    ],
    [['--from', '2022-06-11T00:00:00Z'], { from: Date.UTC(2022, 5, 11) }],
    [['--kind', 'token'], { kind: ['token'] }],
    [
      ['--purpose', 'public-rental-housing', '--actor', 'housing/permits', '--provider', 'civil-affairs'],
      { purpose: ['public-rental-housing'], actor: ['housing/permits'], provider: ['civil-affairs'] },
    ],
    [
      ['--service', 'civil-affairs/marriage-status/v1', '--outcome', 'failed,refused'],
      { service: ['civil-affairs/marriage-status/v1'], outcome: ['failed', 'refused'] },
    ],
    [['-n', '7'], {}],
  ] as const) {
    const limit = words[0] === '-n' ? 7 : 50;
    const stored = await searchEntries(store.pool, { ...month, ...filter }, undefined, limit);
    if (isFailure(stored)) return t.fail(stored.fault);
    const { code, found } = await search(store, words);
    t.equal(code, 0);
    t.same(
      found.map(({ position, entry }) => [position, entry]),
      stored.entries.map(({ shard, index, entry }) => [`${shard}/${index}`, JSON.parse(String(entry))]),
      words.join(' '),
    );
  }
});

t.test('a person is found with the keys of the months, and not without', async t => {
  const store = await archived(t);
  const periods = join(store.folder, 'data', 'keys', 'periods');
  const { found } = await search(store, ['--subject', '-', '--periods', periods], resident);
  t.equal(found.length, 22, 'every third of 30, 6 and 30');
  t.ok(found.every(({ entry }) => entry.subjects.count === 1));
  const until = Date.UTC(2022, 7);
  const tags = tagsWithin(store.periodKeys, { kind: 'resident', identifier: resident }, undefined, until);
  const stored = await searchEntries(store.pool, { tags, until }, undefined, 50);
  if (isFailure(stored)) return t.fail(stored.fault);
  t.same(
    found.map(({ position }) => position),
    stored.entries.map(positionText),
    'the same as in the store',
  );
  rmSync(join(periods, '2022-06.key'));
  t.equal((await search(store, ['--subject', '-', '--periods', periods], resident)).found.length, 10);
  await t.rejects(search(store, ['--subject', '-'], resident), /--periods/);
  rmSync(join(store.folder, '2022-07', 'shard-0.subjects.ndjson'));
  await t.rejects(
    search(store, ['--subject', '-', '--periods', periods], resident),
    /shard-0\.subjects\.ndjson: the file is missing/,
  );
});

t.test('the table is the same, and says that nothing was recorded', async t => {
  const store = await archived(t);
  for (const [language, told] of [
    ['C', 'This was an archive: the search is not recorded'],
    ['zh_CN.UTF-8', '检索的是归档，未作记录'],
  ] as const) {
    const io = terminalLike({ ...away, LANG: language }, 100);
    t.equal(await run(['search', '--archive', join(store.folder, '2022-06'), '-n', '3'], io), 0);
    t.match(io.out(), / 1\/5 /, 'the newest first');
    t.ok(io.err().includes(told));
  }
});

t.test('a damaged archive is not searched, nor one by the wrong words', async t => {
  const store = await archived(t);
  appendFileSync(join(store.folder, '2022-07', 'shard-0.entries.ndjson'), '\n');
  await t.rejects(search(store, []), /shard-0\.entries\.ndjson: the file was altered/);
  for (const words of [
    ['tail', '--archive', store.folder],
    ['show', '0/1', '--archive', store.folder],
    ['search', '--periods', store.folder],
  ]) {
    t.equal(await run(words, terminalLike(away)), 2, words.join(' '));
  }
  await t.rejects(run(['search', '--archive', join(store.folder, 'none')], terminalLike(away)), /There is no folder/);
});
