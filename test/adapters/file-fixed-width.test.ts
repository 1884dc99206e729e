import t from 'tap';
import { dropFolder, encoded, openDrop } from './drops.js';
import { ingested } from './ingested.js';

const positions = { zjhm: { start: 1, length: 4 }, xm: { start: 6, length: 8 }, je: { start: 14, length: 6 } };
const form = { format: 'fixed-width', columns: ['zjhm', 'xm', 'je'], positions } as const;
const gbk = (text: string): Buffer => encoded(text, 'gbk');
const settings = { ...form, columns: [...form.columns], key: ['zjhm'] };

t.test('columns are cut at bytes, a Chinese character of GBK being two, and lose what fills them up', async t => {
  const file = gbk('0001 陈思远   12.50\r\n0002 林晓雯\u3000     7\n0003 欧阳若溪 99.99rest\n');
  t.strictSame(await ingested(file, { ...settings, encoding: 'GBK' }), [
    { line: 1, cells: ['0001', '陈思远', '12.50'] },
    { line: 2, cells: ['0002', '林晓雯', '7'] },
    { line: 3, cells: ['0003', '欧阳若溪', '99.99'] },
  ]);
});

t.test('or at characters', async t => {
  const file = '\ufeff0001 陈思远      12.50\n0002 𬱖         7.00\n';
  t.strictSame(await ingested(file, { ...settings, unit: 'characters' }), [
    { line: 1, cells: ['0001', '陈思远', '12.50'] },
    { line: 2, cells: ['0002', '𬱖', '7.00'] },
  ]);
});

t.test('a header is passed over where there is one', async t => {
  const file = 'zjhm xm       je\n0001 a         1.00\n';
  t.strictSame(await ingested(file, { ...settings, header: true }), [{ line: 2, cells: ['0001', 'a', '1.00'] }]);
  t.strictSame(await ingested(file, settings), ['1 ends before its last column does, which is at 19']);
});

t.test('what is wrong is told by its lines', async t => {
  const good = '0001 a         1.00\n';
  const broken = 'holds bytes that are no character of the encoding';
  for (const [what, content, faults] of [
    ['a line cut short', gbk(`${good}0002 b\n`), ['2 ends before its last column does, which is at 19']],
    ['half a character', gbk(`${good}0002 b陈思远陈 1.00\n`), [`2 ${broken}`]],
    ['a key that repeats', gbk(good + good), ['2 has the key of line 1']],
    ['no key', gbk(`     b         1.00\n`), ['1 has no value in a column of the key']],
    ['a line without an end', gbk('x'.repeat(70_000)), ['1 is longer than a row may be']],
    ['nothing', gbk(''), ['0 it has no row']],
  ] as const) {
    t.strictSame(await ingested(content, { ...settings, encoding: 'GBK' }), faults, what);
  }
});

t.test('lines across the pieces in which a file is read', async t => {
  const all = Array.from({ length: 30_000 }, (_, at) => `${String(at).padStart(5, '0')}陈思远   12.50\n`).join('');
  const found = await ingested(gbk(all), {
    ...settings,
    positions: { ...positions, zjhm: { start: 1, length: 5 } },
    encoding: 'GBK',
  });
  t.equal(found.length, 30_000);
  t.strictSame(found.at(-1), { line: 30_000, cells: ['29999', '陈思远', '12.50'] });
});

t.test('it is asked as any other file is', async t => {
  const { folder, put } = dropFolder(t);
  put('accounts.txt', gbk('0001 陈思远   12.50\n0002 林晓雯    7.00\n'));
  const { ask } = openDrop(t, folder, { ...settings, encoding: 'GBK', file: 'accounts.txt' });
  t.match(await ask('0002'), { body: { residentId: '0002', name: '林晓雯' } });
});
