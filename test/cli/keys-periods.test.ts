import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { run as audit } from '../../src/cli/audit.js';
import { run } from '../../src/cli/keys.js';
import { deleteKeyFile } from '../../src/ledger/deleted-periods.js';
import { periodOf } from '../../src/ledger/period-keys.js';
import { root } from '../../src/root.js';
import { type ClosedMonths, mixedDrafts, openClosedMonths } from '../ledger/closed-months.js';
import { at, filled, li, lines, terminalLike } from './audit-terminal.js';

/** The command's environment beside a store, as of an operator on the gateway's machine. */
const shell = (store: ClosedMonths, typed = '', language = 'C') =>
  terminalLike(
    {
      DATABASE_URL: store.pool.options.connectionString,
      STILE_DATA: join(store.folder, 'data'),
      STILE_CONFIG: join(root, 'config'),
      STILE_SCHEMAS: join(root, 'schemas'),
      LOG_LEVEL: 'silent',
      LANG: language,
    },
    undefined,
    typed,
  );

async function withKeys(t: Test) {
  const store = await openClosedMonths(t);
  await store.appendAt(Date.UTC(2022, 5, 10), mixedDrafts(3));
  store.periodKeys.keyOf(periodOf(Date.now()));
  return { store, folder: join(store.folder, 'data', 'keys', 'periods') };
}

t.test('the months are listed, and one whose key is deleted says when and where that is told', async t => {
  const { store } = await withKeys(t);
  const before = shell(store);
  t.equal(await run(['periods'], before), 0);
  t.match(lines(before.out()), [
    /^MONTH +FROM \(UTC\) +UNTIL \(UTC\) +STATE$/,
    /^2022-06 +2022-06-01 +2022-07-01 +kept$/,
    /in use$/,
  ]);
  const io = shell(store, '2022-06\n');
  t.equal(await run(['periods', 'delete', '2022-06', '--by', 'W0231'], io), 0);
  t.match(io.err(), /nobody can be found .* for good\. Type the month again/);
  const [, record] = /^Deleted the key of 2022-06\. Record (\d+\/\d+)\. Destroy every backup/.exec(io.out()) ?? [];
  const { rows } = await store.pool.query(
    `SELECT shard || '/' || index AS record FROM ledger_entries WHERE kind = 'erasure'`,
  );
  t.same(rows, [{ record }]);
  const after = shell(store, '', 'zh_CN.UTF-8');
  t.equal(await run(['periods'], after), 0);
  t.match(lines(after.out())[1], new RegExp(`^2022-06 .*已删除 +\\d{4}-\\d{2}-\\d{2}T[\\d:.]+Z +${record}$`));
  await t.rejects(run(['periods', 'delete', '2022-06'], shell(store, '2022-06\n')), /deleted already/);
});

t.test('what is not confirmed is not deleted', async t => {
  const { store, folder } = await withKeys(t);
  for (const typed of ['', 'yes\n', '2022-07\n'])
    await t.rejects(run(['periods', 'delete', '2022-06'], shell(store, typed)), /nothing was deleted/);
  t.ok(readdirSync(folder).includes('2022-06.key'));
  t.equal((await store.pool.query(`SELECT FROM ledger_entries WHERE kind = 'erasure'`)).rowCount, 0);
});

t.test('a search for a person says in which months nobody can be found any more', async t => {
  const { gateway } = await filled(t);
  const folder = join(t.testdirName, 'periods');
  gateway.keys.keyOf('2022-06');
  const deletion = { record: '0/9', time: '2026-01-01T00:00:00.000Z' };
  for (const period of ['2022-06', '2022-07']) deleteKeyFile(folder, period, deletion);
  const search = async (language: string, words: readonly string[] = [], typed: string | undefined = li) => {
    const io = terminalLike(at(gateway, { LANG: language }), undefined, typed);
    t.equal(await audit(['search', '--kind', 'exchange', ...words], io), 0);
    return io;
  };
  const person = ['--subject', '-'];
  const english = await search('C', person);
  t.match(english.err(), 'Nobody can be found any more in these months, as their keys were deleted: 2022-06, 2022-07.');
  t.match(english.out(), /released/, 'what can be found is found');
  t.match((await search('zh_CN.UTF-8', person)).err(), '下列月份的密钥已删除，无法再按人检索：2022-06、2022-07。');
  t.match((await search('C', [...person, '--from', '2022-07-01T00:00:00Z'])).err(), /deleted: 2022-07\./);
  t.match((await search('C', [...person, '--json'])).err(), /2022-06, 2022-07/);
  t.notMatch((await search('C', [...person, '--from', '2023-01-01T00:00:00Z'])).err(), /Nobody/);
  t.notMatch((await search('C', [], undefined)).err(), /Nobody/, 'a search for nobody misses nobody');

  const io = terminalLike(at(gateway, { LANG: 'C' }), undefined, li);
  const running = audit(['tail', '--follow', ...person], io);
  await io.shows('Nobody can be found any more');
  io.end();
  t.equal(await running, 0);
});
