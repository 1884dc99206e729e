/**
 * An archive verifies by itself, and whatever is done to it is named.
 *
 * Fault: an archive cut, altered, or with bytes after its end
 */
import { appendFileSync, cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { ArchiveError } from '../../src/ledger/archive-fault.js';
import { readEntryLine, readSubjectsLine } from '../../src/ledger/archive-line.js';
import { parseManifest } from '../../src/ledger/archive-manifest.js';
import { readLogKeys } from '../../src/ledger/log-key.js';
import { formatNote, parseNote, signText } from '../../src/ledger/note.js';
import { noteSigner } from '../../src/ledger/note-key.js';
import { verifierKeysOf } from '../../src/ledger/roll-keys.js';
import { verifyArchive } from '../../src/ledger/verify-archive.js';
import { writeArchive } from '../../src/ledger/write-archive.js';
import {
  type ClosedMonths,
  deployment,
  mixedDrafts,
  openClosedMonths,
  plainDrafts,
  rollDraft,
} from './closed-months.js';
import { draftOf } from './open-store.js';

const may = Date.UTC(2022, 4, 10);
const june = Date.UTC(2022, 5, 10);
const july = Date.UTC(2022, 6, 10);

const archive = (store: ClosedMonths, month: string) =>
  writeArchive({
    query: store.query,
    deployment,
    keys: readLogKeys(store.keyFolder),
    month,
    folder: store.folder,
    now: Date.now(),
  });

/** June has entries 300 to 900 of shard 0, a few of shard 1, and one of the roll. */
async function signedMonths(t: Test) {
  const store = await openClosedMonths(t);
  await store.appendAt(may, plainDrafts(300));
  await store.appendAt(june, mixedDrafts(600));
  await store.appendAt(june, mixedDrafts(5), 1);
  await store.appendAt(june, [rollDraft()], -1);
  await store.appendAt(july, mixedDrafts(200));
  await store.sign();
  return store;
}

t.test('a closed month is written as files that verify by themselves', async t => {
  const store = await signedMonths(t);
  const written = await archive(store, '2022-06');
  t.equal(written.entries, 606);
  const folder = join(store.folder, '2022-06');
  t.same(readdirSync(store.folder).sort(), ['2022-06', 'data'], 'nothing is left of the draft');
  const verified = await verifyArchive(folder, store.rollKeys);
  t.equal(verified.digest, written.digest);
  t.same(verified.withheld, []);
  t.same(verified.manifest.logs, [
    { shard: -1, first: 0, end: 1 },
    { shard: 0, first: 300, end: 900 },
    { shard: 1, first: 0, end: 5 },
  ]);
  const { rows } = await store.pool.query(
    'SELECT index, time, entry FROM ledger_entries WHERE shard = 0 AND index >= 300 AND index < 900 ORDER BY index',
  );
  const lines = readFileSync(join(folder, 'shard-0.entries.ndjson'), 'utf8').split('\n').slice(0, -1);
  t.same(
    lines.map(readEntryLine),
    rows.map(row => ({ shard: 0, index: Number(row.index), time: june, entry: row.entry.toString() })),
    'the exact bytes, with position and time',
  );
  const text = lines.join('\n');
  const salts = await store.pool.query('SELECT salt FROM ledger_entries WHERE shard = 0 AND index = 300');
  const salt = salts.rows[0].salt.toString('hex');
  const sideRows = readFileSync(join(folder, 'shard-0.subjects.ndjson'), 'utf8');
  t.ok(sideRows.includes(salt));
  t.notOk(text.includes(salt), 'salts are in the side rows only');
  await t.rejects(archive(store, '2022-06'), /is there already/);

  for (const month of ['2022-05', '2022-07']) {
    await archive(store, month);
    t.equal((await verifyArchive(join(store.folder, month), store.rollKeys)).manifest.month, month);
  }
});

t.test('an archive can be handed on without the tags, and says so', async t => {
  const store = await signedMonths(t);
  await archive(store, '2022-06');
  const folder = join(store.folder, '2022-06');
  rmSync(join(folder, 'shard-0.subjects.ndjson'));
  const { withheld, entries } = await verifyArchive(folder, store.rollKeys);
  t.same(withheld, ['shard-0.subjects.ndjson']);
  t.equal(entries, 606);
});

t.test('whatever is done to an archive is named', async t => {
  const store = await signedMonths(t);
  await archive(store, '2022-06');
  const origin = `${deployment}/ledger`;
  const keys = readLogKeys(store.keyFolder);
  /** Somebody who has the key too, and signs what they altered. */
  const signAgain = (folder: string, change: (text: string) => string) => {
    const path = join(folder, 'manifest');
    const text = change(parseNote(readFileSync(path, 'utf8')).text);
    parseManifest(text);
    const signatures = keys.map(key => signText(text, noteSigner(origin, key)));
    writeFileSync(path, formatNote({ text, signatures }));
  };
  const flip = (path: string) => {
    const bytes = readFileSync(path);
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    writeFileSync(path, bytes);
  };
  const names = readdirSync(join(store.folder, '2022-06'));
  t.equal(names.length, 15, 'the manifest, four files of the roll and five of each shard');
  const sideRows = (name: string) => name.endsWith('.subjects.ndjson');
  const cases: [string, RegExp, string, (folder: string) => unknown][] = [];
  for (const name of names.filter(each => readFileSync(join(store.folder, '2022-06', each)).length > 0)) {
    const of = (fault: string) => (name === 'manifest' ? /^(signature|malformed)$/ : new RegExp(`^${fault}$`));
    cases.push(
      [
        `${name} cut`,
        of('cut'),
        name,
        folder => truncateSync(join(folder, name), readFileSync(join(folder, name)).length - 1),
      ],
      [`${name} with a bit flipped`, of('altered'), name, folder => flip(join(folder, name))],
      [`${name} with bytes after its end`, of('appended'), name, folder => appendFileSync(join(folder, name), '\n')],
    );
    if (!sideRows(name)) cases.push([`${name} missing`, /^missing$/, name, folder => rmSync(join(folder, name))]);
  }
  cases.push(
    ['a foreign file', /^foreign$/, 'more.ndjson', folder => writeFileSync(join(folder, 'more.ndjson'), '')],
    [
      'the name of a file left out of a manifest signed anew',
      /^foreign$/,
      'shard-1.entries.ndjson',
      folder => signAgain(folder, text => text.replace(/^file .* shard-1\.entries\.ndjson\n/m, '')),
    ],
    [
      'a month cut short in a manifest signed anew',
      /^entries$/,
      'shard-0.entries.ndjson',
      folder => signAgain(folder, text => text.replace('log 0 300 900', 'log 0 300 899')),
    ],
  );
  for (const [name, fault, file, tamper] of cases) {
    const folder = join(t.testdir(), '2022-06');
    rmSync(folder, { recursive: true, force: true });
    cpSync(join(store.folder, '2022-06'), folder, { recursive: true });
    tamper(folder);
    const error = await verifyArchive(folder, store.rollKeys).catch((thrown: unknown) => thrown);
    if (!(error instanceof ArchiveError)) t.fail(`${name}: ${error}`);
    else {
      t.match(error.fault, fault, name);
      t.equal(error.file, file, name);
    }
  }
  const others = verifierKeysOf(origin, readLogKeys(join(t.testdir(), 'others')));
  await t.rejects(
    verifyArchive(join(store.folder, '2022-06'), others),
    /no good signature of a known key/,
    "another's key",
  );
});

t.test('a forger with the key cannot exchange an entry, as the roll pins it', async t => {
  const store = await signedMonths(t);
  const { rows } = await store.pool.query('SELECT entry FROM ledger_entries WHERE shard = 0 AND index = 500');
  const forged = Buffer.from(rows[0].entry.toString().replace('housing', 'hausing'));
  await store.pool.query('UPDATE ledger_entries SET entry = $1 WHERE shard = 0 AND index = 500', [forged]);
  await t.rejects(archive(store, '2022-06'), { fault: 'entries', message: /0\/500/ }, 'an entry that is not its leaf');
  await store.pool.query('UPDATE ledger_entries SET entry = $1 WHERE shard = 0 AND index = 500', [rows[0].entry]);
  await store.pool.query(`DELETE FROM ledger_subjects WHERE shard = 0 AND index = 300`);
  await t.rejects(archive(store, '2022-06'), { fault: 'subjects', message: /0\/300/ }, 'a tag that is gone');
  t.same(readdirSync(store.folder), ['data'], 'nothing is left of an archive that does not verify');
});

t.test('a month is archived only when it is over, has entries, and is signed', async t => {
  const store = await openClosedMonths(t);
  await store.appendAt(june, plainDrafts(3));
  await t.rejects(archive(store, '2022-06'), /signed checkpoint/);
  await store.sign();
  await t.rejects(archive(store, '2022-07'), /has no entry/);
  const now = new Date().toISOString().slice(0, 7);
  await t.rejects(archive(store, now), /is not over/);
  t.equal((await archive(store, '2022-06')).entries, 3);
});

t.test('entries about very many are archived with every tag, page after page', async t => {
  const store = await openClosedMonths(t);
  const people = (count: number, from: number) =>
    Array.from({ length: count }, (_, at) => ({
      kind: 'resident',
      identifier: String(440_300_000_000 + from + at),
      role: 'related' as const,
    }));
  // The second does not fit into the rest of a page.
  await store.appendAt(june, [draftOf({ subjects: people(45_000, 0) })]);
  await store.appendAt(june, [draftOf({ subjects: people(45_000, 9) }), ...plainDrafts(2)]);
  await store.sign();
  t.equal((await archive(store, '2022-06')).entries, 4);
  const lines = readFileSync(join(store.folder, '2022-06', 'shard-0.subjects.ndjson'), 'utf8').split('\n');
  t.same(
    lines.slice(0, -1).map(line => readSubjectsLine(line).subjects.length),
    [45_000, 45_000, 0, 0],
  );
});
