import t from 'tap';
import { encoded, lines } from './drops.js';
import { ingested } from './ingested.js';

const cells = 'has a quote within a cell that is not quoted, or text after one';

t.test('what is wrong with a file is told by its lines, and nothing of it is taken', async t => {
  for (const [what, content, faults] of [
    [
      'cells',
      lines('zjhm,xm', '1,a', '2', '3,b,c'),
      ['3 has 1 cells where 2 are due', '4 has 3 cells where 2 are due'],
    ],
    ['a column', lines('zjhm,name', '1,a'), ['1 the header has no column xm']],
    ['two columns', lines('zjhm,xm,xm', '1,a,b'), ['1 the header has the column xm twice']],
    ['a key', lines('zjhm,xm', '1,a', '2,b', '1,c', '1,d'), ['4 has the key of line 2', '5 has the key of line 2']],
    ['no key', lines('zjhm,xm', ',a'), ['2 has no value in a column of the key']],
    ['an empty line', lines('zjhm,xm', '', '1,a'), ['2 has 1 cells where 2 are due']],
    ['a quote', lines('zjhm,xm', '1,a"b', '2,c', '3'), [`2 ${cells}`, '4 has 1 cells where 2 are due']],
    ['text after a quote', lines('zjhm,xm', '"1"2,a'), [`2 ${cells}`]],
    ['lines within quotes', lines('zjhm,xm', '1,"a\nb"', '2,a,b'), ['4 has 3 cells where 2 are due']],
    ['an open quote', lines('zjhm,xm', '1,a', '2,"b', '3,c'), ['3 has a quote that is never closed']],
    ['half a line', 'zjhm,xm\n1,a\n2', ['3 has 1 cells where 2 are due']],
    ['nothing', '', ['0 it has no row']],
    ['a header alone', lines('zjhm,xm'), ['0 it has no row']],
    [
      'GB 18030',
      encoded(lines('zjhm,xm', '1,陈思远'), 'gb18030'),
      ['2 holds bytes that are no character of the encoding'],
    ],
    [
      'half a character',
      Buffer.from('zjhm,xm\n1,\xe9\x99', 'latin1'),
      ['2 holds bytes that are no character of the encoding'],
    ],
    ['a long row', lines('zjhm,xm', `1,${'a'.repeat(70_000)}`), ['2 is longer than a row may be']],
    ['a row without an end', `zjhm,xm\n1,"${'a\n'.repeat(40_000)}`, ['2 is longer than a row may be']],
    [
      'many rows',
      lines('zjhm,xm', '1,a', '2,b', '3,c', '4,d', '5,e', '6,f'),
      ['7 is beyond the 5 rows that a file may have'],
    ],
  ] as const) {
    t.strictSame(await ingested(content, { limits: { rows: 5 } }), faults, what);
  }
});

t.test('an encoding that the bytes are not of', async t => {
  const text = lines('zjhm,xm', '1,陈思远');
  t.strictSame(await ingested(encoded(text, 'utf-16le'), { encoding: 'UTF-16' }), ['1 has no byte order mark']);
  t.strictSame(await ingested(Buffer.from('zjhm,xm\n1,\xff\n', 'latin1'), { encoding: 'GBK' }), [
    '2 holds bytes that are no character of the encoding',
  ]);
  const half = Buffer.concat([
    encoded('zjhm,xm\n1,', 'utf-16le'),
    Buffer.from([0x3d, 0xd8]),
    encoded('\n', 'utf-16le'),
  ]);
  t.strictSame(await ingested(half, { encoding: 'UTF-16LE' }), ['2 holds bytes that are no character of the encoding']);
  t.strictSame(await ingested(Buffer.from(text), { encoding: 'UTF-16LE' }), [
    '1 the header has no column zjhm',
    '1 the header has no column xm',
  ]);
});

t.test('faults are told up to twenty', async t => {
  const found = await ingested(lines('zjhm,xm', ...Array.from({ length: 500 }, () => 'x')));
  t.equal(found.length, 20);
  t.equal(found.at(-1), '21 has 1 cells where 2 are due');
});

t.test('without a header the columns are all there are, in their order', async t => {
  const form = { header: false };
  t.strictSame(await ingested('1,a\n2,b', form), [
    { line: 1, cells: ['1', 'a'] },
    { line: 2, cells: ['2', 'b'] },
  ]);
  t.strictSame(await ingested('1,a\n2,b,c', form), ['2 has 3 cells where 2 are due']);
});

t.test('rows and cells as long as they may be, across the pieces in which a file is read', async t => {
  const long = '陈'.repeat(60_000);
  const rows = Array.from({ length: 40 }, (_, at) => `${at},"${long}""\n${at}"`);
  const found = await ingested(lines('zjhm,xm', ...rows));
  t.equal(found.length, 40);
  t.strictSame(found[39], { line: 80, cells: ['39', `${long}"\n39`] });
});

t.test('a key of several columns', async t => {
  const form = { columns: ['a', 'b'], key: ['a', 'b'] };
  t.equal((await ingested(lines('a,b', '1,23', '12,3', '1,2'), form)).length, 3, 'no two of these are one');
  t.strictSame(await ingested(lines('a,b', '1,23', '1,23'), form), ['3 has the key of line 2']);
});

t.test('a file in which all rows have one key is read no further than it takes to say so', async t => {
  const found = await ingested(lines('zjhm,xm', ...Array.from({ length: 5000 }, () => '1,a')));
  t.equal(found.length, 20);
  t.equal(found[0], '3 has the key of line 2');
});
