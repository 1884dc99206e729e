import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import { deleteKeyFile, hasKeyFile } from '../../src/ledger/deleted-periods.js';
import { eraseText } from '../../src/ledger/erase-text.js';
import { keepErasures } from '../../src/ledger/keep-erasures.js';
import { erasureFolder, openKeptErasures } from '../../src/ledger/kept-erasures.js';
import { type Draft, LedgerError, ledgerFault, type Query } from '../../src/ledger/ledger.js';
import { openPeriodKeys, periodKeyFolder } from '../../src/ledger/period-keys.js';
import { textsAt } from '../../src/ledger/texts.js';
import { draftOf, newId, openStore } from './open-store.js';
import { verifyLedger } from './verify-ledger.js';

const staff = { id: 'staff/security', role: 'security' };

async function withText(t: Test) {
  const store = await openStore(t);
  const dataFolder = join(t.testdirName, 'data');
  const ledger = await store.open();
  const position = await ledger.append(draftOf({ text: 'written by mistake' }));
  const kept = openKeptErasures(erasureFolder(dataFolder));
  const periodFolder = periodKeyFolder(dataFolder);
  const periods = openPeriodKeys(periodFolder);
  const query: Query = (text, values) => store.pool.query(text, [...values]);
  const messages: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void messages.push(JSON.parse(line).msg) });
  const options = { pool: store.pool, ledger, kept, periodFolder, logger };
  return {
    ...store,
    ...options,
    position,
    periods,
    query,
    messages,
    folder: erasureFolder(dataFolder),
    erase: () =>
      eraseText({
        position,
        query,
        kept,
        staff,
        reason: 'mistake',
        append: draft => ledger.append(draft),
        source: '127.0.0.1',
        now: Date.now(),
      }),
    texts: () => textsAt(query, [position], kept),
    async look(change: Partial<Parameters<typeof keepErasures>[0]> = {}) {
      const keeper = await keepErasures({ ...options, ...change });
      await keeper.close();
      return keeper.isWell;
    },
    erasures: async () =>
      (await store.pool.query(`SELECT entry FROM ledger_entries WHERE kind = 'erasure' ORDER BY index`)).rows.map(row =>
        JSON.parse(row.entry),
      ),
    /** As a restored backup has it, which knows of no erasure. */
    bringBack: () =>
      store.pool.query(
        `UPDATE ledger_texts SET text = 'written by mistake', salt = NULL, erased_shard = NULL, erased_index = NULL,
           erased_time = NULL`,
      ),
  };
}

t.test('a text that is back is shown to nobody, and erased again once the ledger takes that', async t => {
  const store = await withText(t);
  const first = await store.erase();
  await store.bringBack();
  const record = `${first?.shard}/${first?.index}`;
  const shown = async () => [...(await store.texts()).values()].map(({ beside }) => beside);
  t.match(await shown(), [{ text: undefined, erased: { record } }], 'though it is in the table');

  const away = { append: async () => Promise.reject(new LedgerError(ledgerFault.unavailable, 'away')) };
  t.equal(await store.look({ ledger: away }), false, 'the gateway is not ready');
  t.match(await shown(), [{ text: undefined, erased: { record } }]);
  t.equal(await store.look(), true);
  t.same((await store.pool.query('SELECT text, salt FROM ledger_texts')).rows, [{ text: null, salt: null }]);
  t.match(await store.erasures(), [
    { action: 'text', record: '0/0', again: undefined },
    { action: 'text', record: '0/0', again: record, reason: 'mistake', staff },
  ]);
  t.match(await shown(), [{ erased: { record: '0/2' } }]);
  t.equal(await store.look(), true);
  t.equal((await store.erasures()).length, 2, 'and not once more');
  t.same(store.messages, [
    'it could not be seen whether anything erased is back',
    'what had been erased was back, and is erased again',
  ]);
});

t.test('two replicas that find it back erase it once', async t => {
  const store = await withText(t);
  await store.erase();
  await store.bringBack();
  t.same(await Promise.all([store.look(), store.look(), store.look()]), [true, true, true]);
  t.equal((await store.erasures()).length, 2);
});

t.test('a gateway that died between entry and file: the next one keeps the file', async t => {
  const store = await withText(t);
  await store.erase();
  const [id = ''] = store.kept.ids();
  const told = store.kept.of(id);
  rmSync(join(store.folder, `${id}.json`));
  t.equal(await store.look(), true);
  t.match(store.kept.of(id), { record: told?.record, reason: 'mistake', staff });
  t.equal((await store.erasures()).length, 1, 'with no further entry');
});

t.test('a refused erasure erases nothing', async t => {
  const store = await withText(t);
  const draft: Draft = {
    entry: { kind: 'erasure', id: newId(), action: 'text', record: '0/0', outcome: 'refused', reason: 'order', staff },
    erases: true,
  };
  await store.ledger.append(draft);
  t.equal(await store.look(), true);
  t.same(store.kept.ids(), []);
  t.match([...(await store.texts()).values()], [{ beside: { text: 'written by mistake' } }]);
  await verifyLedger(t, store.pool);
});

t.test(
  "a month's key that was put back beside its note is deleted again; on the database's word alone none is",
  async t => {
    const store = await withText(t);
    const { periodFolder } = store;
    store.periods.keyOf('2022-06');
    const copy = join(periodFolder, '..', 'copy');
    cpSync(periodFolder, copy, { recursive: true });
    const entry = { kind: 'erasure', id: newId(), action: 'period', period: '2022-06' } as const;
    const told = await store.ledger.append({ entry });
    t.equal(await store.look(), true);
    t.ok(hasKeyFile(periodFolder, '2022-06'), 'whoever can write to the database cannot have keys deleted');
    t.same(store.messages, ['a month has a key that the ledger says was deleted']);

    const record = `${told.shard}/${told.index}`;
    deleteKeyFile(periodFolder, '2022-06', { record, time: new Date().toISOString() });
    t.equal(await store.look(), true);
    t.equal((await store.erasures()).length, 1, 'all is as it should be');
    cpSync(copy, periodFolder, { recursive: true });
    t.ok(hasKeyFile(periodFolder, '2022-06'));
    t.equal(await store.look(), true);
    t.notOk(hasKeyFile(periodFolder, '2022-06'));
    t.match((await store.erasures()).at(-1), { action: 'period', period: '2022-06', again: record });
  },
);
