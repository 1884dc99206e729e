import t from 'tap';
import { until } from '../until.js';
import { dropFolder, encoded, lines, listing, openDrop, service } from './drops.js';

const two = lines('zjhm,xm', '1,陈思远', '2,林晓雯');

t.test('a row is found by its key, in the contract’s words, with the time of the data', async t => {
  const { folder, put } = dropFolder(t);
  put('accounts_20261030.csv', lines('zjhm,xm', '1,an older name'));
  put('accounts_20261031.csv', two);
  put('accounts_20261301.csv', 'no day of the calendar');
  put('accounts_20261101.csv.part', 'another name');
  const { ask } = openDrop(t, folder, { file: 'accounts_{YYYYMMDD}.csv' });
  const asOf = '2026-10-31T00:00:00+08:00';
  t.strictSame(await ask('1'), { asOf, body: { residentId: '1', name: '陈思远' } });
  t.strictSame(await ask('2'), { asOf, body: { residentId: '2', name: '林晓雯' } });
});

t.test('who is in no row gets the reply that is due, or is rejected', async t => {
  const { folder, put } = dropFolder(t);
  put('accounts.csv', two);
  const { ask } = openDrop(t, folder);
  t.match(await ask('3'), { failure: 'rejected', notActed: true });
  const absent = { reply: { fields: { residentId: { request: 'residentId' }, name: { constant: 'none' } } } };
  const answer = await ask('3', { ...service, absent });
  t.match(answer, { body: { residentId: '3', name: 'none' } });
  t.match(answer, { asOf: /^\d{4}-\d\d-\d\dT.*\+08:00$/ }, 'and how old the file is that does not have them');
});

t.test('the time of the data, from where config says', async t => {
  const { folder, put } = dropFolder(t);
  put('accounts_20261031.csv', lines('zjhm,xm,gxsj', '1,a,20261029', '2,b,'), 24 * 60);
  const columns = ['zjhm', 'xm', 'gxsj'];
  const file = 'accounts_{YYYYMMDD}.csv';
  const byColumn = openDrop(t, folder, { file, columns });
  const asOf = { from: 'gxsj', time: 'YYYYMMDD' };
  t.match(await byColumn.ask('1', { ...service, asOf }), { asOf: '2026-10-29T00:00:00+08:00' });
  t.match(await byColumn.ask('2', { ...service, asOf }), { asOf: '2026-10-31T00:00:00+08:00' }, 'or else the file’s');
  const modified = await openDrop(t, folder, { file, asOf: 'modified', utcOffset: '+00:00' }).ask('1');
  const told = Date.parse('asOf' in modified ? (modified.asOf ?? '') : '');
  t.ok(told < Date.now() - 23.9 * 3_600_000 && told > Date.now() - 25 * 3_600_000, 'a day ago');
});

t.test('every encoding, with and without a byte order mark', async t => {
  for (const [encoding, bytes] of [
    ['UTF-8', Buffer.from(two)],
    ['UTF-8', Buffer.from(`\ufeff${two}`)],
    ['GB18030', encoded(two, 'gb18030')],
    ['GBK', encoded(two, 'gbk')],
    ['UTF-16LE', encoded(two, 'utf-16le')],
    ['UTF-16BE', encoded(two, 'utf-16be')],
    ['UTF-16', encoded(`\ufeff${two}`, 'utf-16le')],
    ['UTF-16', encoded(`\ufeff${two}`, 'utf-16be')],
  ] as const) {
    const { folder, put } = dropFolder(t);
    put('accounts.csv', bytes);
    t.match(await openDrop(t, folder, { encoding }).ask('2'), { body: { name: '林晓雯' } }, encoding);
  }
  const { folder, put } = dropFolder(t);
  put('accounts.csv', encoded(lines('zjhm,xm', '1,林𬱖'), 'gb18030'));
  t.match(await openDrop(t, folder, { encoding: 'GB18030' }).ask('1'), { body: { name: '林𬱖' } }, 'four bytes');
});

t.test('quotes, line feeds within them, other delimiters, columns in any order, and cells that are empty', async t => {
  const { folder, put } = dropFolder(t);
  put('accounts.csv', '备注;xm;zjhm\n"a;b";"say ""hi""";1\n"two\r\nlines";"";"2"\n;x;3');
  const { ask } = openDrop(t, folder, { delimiter: ';' });
  t.match(await ask('1'), { body: { name: 'say "hi"' } });
  t.strictSame(await ask('2').then(answer => 'body' in answer && answer.body), { residentId: '2' });
  t.match(await ask('3'), { body: { name: 'x' } }, 'a last line without its end');
});

t.test('several rows of a key are a list where the settings let them be', async t => {
  const { folder, put } = dropFolder(t);
  put('accounts.csv', lines('zjhm,xm', '1,a', '2,b', '1,c', '3,d', '1,e'));
  const { ask } = openDrop(t, folder, { repeats: true });
  t.match(await ask('1', listing), { body: { names: ['a', 'c', 'e'] } }, 'in the file’s order');
  t.match(await ask('4', listing), { body: { names: [] } });
  t.match(await ask('1', { ...listing, rowLimit: 2 }), { failure: 'too-large' });
});

t.test('a new file takes the old one’s place, and one that is removed leaves it there', async t => {
  const { folder, put } = dropFolder(t);
  put('accounts.csv', two);
  const { ask, log } = openDrop(t, folder);
  t.match(await ask('1'), { body: { name: '陈思远' } });
  put('accounts.csv', lines('zjhm,xm', '1,a new name'));
  await until(async () => JSON.stringify(await ask('1')).includes('a new name'));
  t.match(await ask('2'), { failure: 'rejected' }, 'all of the old one is gone');
  t.equal(log.filter(line => line.includes('a new file is answered from')).length, 2);
});

t.test('while files change, every answer is wholly of one of them', async t => {
  const { folder, put } = dropFolder(t);
  const people = 500;
  const fileOf = (turn: number) => lines('zjhm,xm', ...Array.from({ length: people }, (_, at) => `${at},turn ${turn}`));
  put('accounts.csv', fileOf(0));
  const { ask, log } = openDrop(t, folder);
  const answers: unknown[] = [];
  let turn = 0;
  const asking = (async () => {
    while (turn < 5) {
      const many = Array.from({ length: 50 }, (_, at) => ask(String((at * 7) % people)));
      answers.push(...(await Promise.all(many)));
    }
  })();
  const taken = () => log.filter(line => line.includes('a new file is answered from')).length;
  while (turn < 5) {
    await until(() => taken() > turn);
    turn += 1;
    put('accounts.csv', fileOf(turn));
  }
  await asking;
  const wrong = answers.filter(answer => !/"name":"turn [0-5]"/.test(JSON.stringify(answer)));
  t.strictSame(wrong, [], `${answers.length} answers`);
});
