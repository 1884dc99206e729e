/**
 * The roll: what is signed extends what was signed, or nothing is.
 *
 * Fault: the database restored from a backup, or forked
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import t from 'tap';
import { parseCheckpoint } from '../../src/ledger/checkpoint.js';
import { addLogKey, readLogKeys } from '../../src/ledger/log-key.js';
import { parseNote, verifyNote } from '../../src/ledger/note.js';
import { noteVerifier } from '../../src/ledger/note-key.js';
import { openPeriodKeys } from '../../src/ledger/period-keys.js';
import { openRoll } from '../../src/ledger/roll.js';
import { verifierKeysOf } from '../../src/ledger/roll-keys.js';
import { until } from '../until.js';
import { naiveRoot } from './naive-tree.js';
import { draftOf, openStore, type Store } from './open-store.js';
import { verifyLedger } from './verify-ledger.js';

const origin = 'test.example/ledger';
const settings = { deadline: 5000, statementDeadline: 2000, queue: 100, lease: 1000, checkpointEvery: 1000, shards: 2 };

function startRoll(t: Tap, store: Store, keyFolder: string) {
  const roll = openRoll({
    database: store.database,
    deployment: 'test.example',
    keyFolder,
    keys: openPeriodKeys(join(t.testdir(), 'roll-periods')),
    settings,
    logger: pino({ level: 'silent' }),
    now: Date.now,
  });
  t.teardown(() => roll.close());
  return roll;
}
type Tap = Parameters<typeof openStore>[0] & { teardown(done: () => unknown): unknown };

function keyFolderFor(t: Tap): string {
  const folder = mkdtempSync(join(tmpdir(), 'stile-log-keys-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** The last signed checkpoint of a log, its signature verified. */
async function signedOf(store: Store, shard: number, keyFolder: string, which = 0) {
  const { rows } = await store.pool.query('SELECT note FROM ledger_checkpoints WHERE shard = $1', [shard]);
  if (rows.length === 0) return { size: 0, root: '' };
  const note = parseNote(rows[0].note);
  const name = shard < 0 ? origin : `${origin}/${shard}`;
  const key = verifierKeysOf(name, readLogKeys(keyFolder))[which] ?? '';
  verifyNote(note, [noteVerifier(key)]);
  return parseCheckpoint(note.text);
}

const entriesOf = async (store: Store, shard: number): Promise<Buffer[]> =>
  (await store.pool.query('SELECT entry FROM ledger_entries WHERE shard = $1 ORDER BY index', [shard])).rows.map(
    row => row.entry,
  );

t.test('shards are signed into the roll, the roll is signed, and what is new at the close too', async t => {
  const store = await openStore(t);
  const keyFolder = keyFolderFor(t);
  const ledger = await store.open({ shards: 2 });
  const roll = startRoll(t, store, keyFolder);
  // Over two full tiles and into a third.
  await Promise.all(Array.from({ length: 600 }, () => ledger.append(draftOf())));
  await until(async () => (await signedOf(store, 0, keyFolder)).size === 600);
  const signed = await signedOf(store, 0, keyFolder);
  t.equal(signed.root, naiveRoot(await entriesOf(store, 0)).toString('hex'));

  await ledger.append(draftOf());
  await ledger.close();
  await roll.close();
  t.equal(roll.fault(), null);
  t.equal((await signedOf(store, 0, keyFolder)).size, 601, 'signed at the close');
  const entries = await entriesOf(store, -1);
  const whole = await signedOf(store, -1, keyFolder);
  t.equal(whole.size, entries.length);
  t.equal(whole.root, naiveRoot(entries).toString('hex'), 'the roll is signed over all its entries');
  const held = entries.map(entry => JSON.parse(entry.toString()));
  t.equal(held[0].kind, 'key', 'it begins with the keys that sign it');
  t.match(held.at(-1), { kind: 'checkpoint', shard: 0, size: 601 });
  const { rows: tiles } = await store.pool.query(
    'SELECT level, index FROM ledger_tiles WHERE shard = 0 ORDER BY index',
  );
  t.same(tiles, [
    { level: 0, index: '0' },
    { level: 0, index: '1' },
  ]);
  await verifyLedger(t, store.pool);
});

t.test('one replica signs at a time, and another goes on where it left', async t => {
  const store = await openStore(t);
  const keyFolder = keyFolderFor(t);
  const ledger = await store.open();
  const rolls = [startRoll(t, store, keyFolder), startRoll(t, store, keyFolder)];
  for (let size = 1; size <= 2; size++) {
    await ledger.append(draftOf());
    await until(async () => (await signedOf(store, 0, keyFolder)).size === size);
    await rolls.pop()?.close();
  }
  t.equal((await entriesOf(store, -1)).length, 4, 'the keys, the shard and two checkpoints, each once');
});

t.test('a new key is vouched for by the old, and both sign', async t => {
  const store = await openStore(t);
  const keyFolder = keyFolderFor(t);
  const ledger = await store.open();
  startRoll(t, store, keyFolder);
  await ledger.append(draftOf());
  await until(async () => (await signedOf(store, 0, keyFolder)).size === 1);
  addLogKey(keyFolder);
  await ledger.append(draftOf());
  await until(async () => (await signedOf(store, 0, keyFolder)).size === 2);
  t.equal((await signedOf(store, 0, keyFolder, 1)).size, 2, 'under the new key too');
  const entries = (await entriesOf(store, -1)).map(entry => JSON.parse(entry.toString()));
  const rotation = entries.filter(entry => entry.kind === 'key').at(-1);
  t.equal(rotation.keys.length, 2);
  const note = parseNote(rotation.note);
  t.equal(verifyNote(note, rotation.keys.map(noteVerifier)).length, 2, 'signed by the old key and by the new one');
  t.same(note.text.trimEnd().split('\n'), [origin, 'keys', ...rotation.keys]);
});

/** What somebody with every right in the database may do to a shard of four signed entries. */
const alterations: Readonly<Record<string, (store: Store, third: HeadRow) => Promise<unknown>>> = {
  'an entry altered': async store => {
    await store.pool.query(`UPDATE ledger_entries SET leaf = sha256('x') WHERE shard = 0 AND index = 1`);
    // Leaves are read when there is something to sign: a new entry, by a writer who trusts the head.
    await (await store.open()).append(draftOf());
  },
  'the tail cut, and the head put back to fit': async (store, { size, root, range }) => {
    await store.pool.query('DELETE FROM ledger_entries WHERE shard = 0 AND index >= $1', [size]);
    const text = 'UPDATE ledger_heads SET size = $1, root = $2, range = $3 WHERE shard = 0';
    await store.pool.query(text, [size, root, range]);
  },
  'a head whose root is of nothing': store =>
    store.pool.query(`UPDATE ledger_heads SET root = sha256('x') WHERE shard = 0`),
};
interface HeadRow {
  readonly size: string;
  readonly root: Buffer;
  readonly range: Buffer;
}

for (const [name, alter] of Object.entries(alterations)) {
  t.test(`${name}: nothing more is signed`, async t => {
    const store = await openStore(t);
    const keyFolder = keyFolderFor(t);
    const ledger = await store.open();
    const roll = startRoll(t, store, keyFolder);
    for (let count = 0; count < 3; count++) await ledger.append(draftOf());
    const { rows } = await store.pool.query<HeadRow>('SELECT size, root, range FROM ledger_heads WHERE shard = 0');
    await ledger.append(draftOf());
    await until(async () => (await signedOf(store, 0, keyFolder)).size === 4);
    await ledger.close();
    await alter(store, rows[0] as HeadRow);
    await until(() => roll.fault() !== null);
    t.match(roll.fault(), /test\.example\/ledger\/0/);
    t.equal((await signedOf(store, 0, keyFolder)).size, 4, 'what was signed stays as it was');
  });
}

t.test('another database than the one that was signed, as one put back to an earlier day', async t => {
  const keyFolder = keyFolderFor(t);
  const store = await openStore(t);
  const ledger = await store.open();
  const roll = startRoll(t, store, keyFolder);
  await ledger.append(draftOf());
  await until(async () => (await signedOf(store, 0, keyFolder)).size === 1);
  await roll.close();

  const earlier = await openStore(t);
  const second = startRoll(t, earlier, keyFolder);
  await until(() => second.fault() !== null);
  t.match(second.fault(), /were signed/, 'the file beside the keys remembers');
});
