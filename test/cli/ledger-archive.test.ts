import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { run } from '../../src/cli/ledger.js';
import { root } from '../../src/root.js';
import { type ClosedMonths, mixedDrafts, openClosedMonths, plainDrafts } from '../ledger/closed-months.js';
import { newId } from '../ledger/open-store.js';
import { terminalLike } from './audit-terminal.js';

const june = Date.UTC(2022, 5, 10);

/** The login of the tables' owner, whatever the gateway's is. */
const ownerOf = ({ pool }: ClosedMonths): string => pool.options.connectionString ?? '';

/** Logs in and takes on a role that may do less. */
function withRole(store: ClosedMonths, name: string): string {
  const url = new URL(ownerOf(store));
  url.searchParams.set('options', `-c role=${name}`);
  return url.href;
}

/** The command's environment beside a store, as of an operator on the gateway's machine. */
function shell(store: ClosedMonths, language = 'C', as?: string) {
  return terminalLike({
    DATABASE_URL: as === undefined ? ownerOf(store) : withRole(store, as),
    STILE_DATA: join(store.folder, 'data'),
    STILE_CONFIG: join(root, 'config'),
    STILE_SCHEMAS: join(root, 'schemas'),
    LOG_LEVEL: 'silent',
    LANG: language,
  });
}

async function signed(t: Test) {
  const store = await openClosedMonths(t);
  await store.appendAt(june, mixedDrafts(20));
  await store.appendAt(Date.UTC(2022, 6, 1), plainDrafts(1));
  await store.sign();
  return store;
}

const retentionEntries = async ({ pool }: ClosedMonths) =>
  (await pool.query(`SELECT entry FROM ledger_entries WHERE kind = 'retention' ORDER BY index`)).rows.map(row =>
    JSON.parse(row.entry.toString()),
  );

t.test('archive writes the month, enters it into the ledger, and verify needs the folder and the key only', async t => {
  const store = await signed(t);
  const io = shell(store);
  t.equal(await run(['archive', '2022-06', '--to', store.folder, '--by', 'W0231'], io), 0);
  t.match(
    io.out(),
    /Archived 20 entries to .*2022-06, read back and verified\. SHA-256 of the manifest: [0-9a-f]{64}\n/,
  );
  const [entry] = await retentionEntries(store);
  t.match(entry, { action: 'archived', month: '2022-06', operator: { id: 'W0231', assurance: 'asserted' } });
  t.ok(io.out().includes(entry.manifest));

  const [key = ''] = store.rollKeys;
  const folder = join(store.folder, '2022-06');
  for (const [language, words] of [
    ['C', /2022-06: all 20 entries are as stile\.example\/ledger signed them/],
    ['zh_CN.UTF-8', /2022-06：20 个条目完整/],
  ] as const) {
    const verifier = terminalLike({ LANG: language });
    t.equal(await run(['verify', folder, '--key', key], verifier), 0);
    t.match(verifier.out(), words);
    t.ok(verifier.out().includes(entry.manifest));
  }
  await t.rejects(run(['verify', folder, '--key', 'x'], terminalLike({})), /no verifier key/);
  await t.rejects(run(['verify', join(folder, 'none'), '--key', key], terminalLike({})), /There is no file or folder/);
  t.equal(await run(['verify', folder], terminalLike({})), 1);
  appendFileSync(join(folder, 'shard-0.tiles.ndjson'), '{}');
  const appended = /shard-0\.tiles\.ndjson: bytes were appended to the file/;
  const verifier = terminalLike({});
  t.equal(await run(['verify', folder, '--key', key], verifier), 2);
  t.match(verifier.out(), appended);
});

t.test('what cannot be archived is said in both languages, and nothing is written', async t => {
  const store = await signed(t);
  const open = new Date().toISOString().slice(0, 7);
  for (const [words, en, zh] of [
    [['archive', open, '--to', store.folder], /is not over/, /尚未结束/],
    [['archive', '2021-01', '--to', store.folder], /has no entry/, /没有条目/],
    [['archive', '2022-13', '--to', store.folder], /Name one month/, /请写一个月份/],
    [['archive', '2022-06'], /Name the folder/, /请以 --to/],
  ] as const) {
    const error = await run([...words], shell(store)).catch((thrown: unknown) => thrown);
    t.match((error as { text?: unknown }).text, { en, zh });
  }
  t.notOk(existsSync(join(store.folder, '2022-06')));
  t.same(await retentionEntries(store), []);
});

t.test('drop and hold by command: held, freed, dropped, each in both languages', async t => {
  const store = await signed(t);
  t.equal(await run(['archive', '2022-06', '--to', store.folder], shell(store)), 0);
  const dropping = ['drop', '2022-06', '--archive', store.folder];
  const held = shell(store, 'zh_CN.UTF-8');
  t.equal(await run(['hold', '2022-06', '--why', 'case 3'], held), 0);
  t.equal(held.out(), '2022-06 已置于法定保全。\n');
  const refusal = await run(dropping, shell(store)).catch((thrown: unknown) => thrown);
  t.match((refusal as { text?: unknown }).text, { en: /under legal hold/, zh: /法定保全/ });
  const freed = shell(store);
  t.equal(await run(['hold', '2022-06', '--free'], freed), 0);
  t.equal(freed.out(), '2022-06 is no longer under legal hold.\n');
  for (const words of [
    ['hold', '2022-06'],
    ['hold', '2022-06', '--free', '--why', 'x'],
  ]) {
    await t.rejects(run(words, shell(store)), /either --why/);
  }
  const dropped = shell(store);
  t.equal(await run(dropping, dropped), 0);
  t.match(dropped.out(), /Dropped 2022-06 with its 20 entries from the store; its hashes stay/);
  const actions = (await retentionEntries(store)).map(({ action }) => action);
  t.same(actions, ['archived', 'held', 'freed', 'dropped']);
});

t.test('who is not the owner of the tables is told so, and the month stays', async t => {
  const store = await signed(t);
  t.equal(await run(['archive', '2022-06', '--to', store.folder], shell(store)), 0);
  const name = `test_${newId().replace(/\W/g, '').toLowerCase()}`;
  await store.pool.query(`CREATE ROLE ${name} IN ROLE pg_read_all_data, pg_write_all_data`);
  try {
    for (const words of [
      ['drop', '2022-06', '--archive', store.folder],
      ['hold', '2022-06', '--why', 'case 3'],
    ]) {
      const refusal = await run(words, shell(store, 'C', name)).catch((thrown: unknown) => thrown);
      t.match((refusal as { text?: unknown }).text, { en: /as the owner of the ledger's tables/, zh: /所有者/ });
    }
    const { rows } = await store.pool.query(`SELECT count(*)::int FROM ledger_entries_2022_06`);
    t.equal(rows[0].count, 20);
  } finally {
    await store.pool.query(`DROP ROLE ${name}`);
  }
});
