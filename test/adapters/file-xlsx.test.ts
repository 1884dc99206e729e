import t from 'tap';
import writeXlsxFile from 'write-excel-file/node';
import { dropFolder, openDrop } from './drops.js';
import { ingested } from './ingested.js';
import { rowOf, sheetOf, workbook } from './workbooks.js';

const form = { format: 'xlsx' } as const;
const header = rowOf(1, 'zjhm', 'xm');
const only = (xm: string) => [{ line: 2, cells: ['1', xm] }];

t.test('a workbook as another program writes it', async t => {
  const text = (value: string) => ({ value, type: String });
  const rows = [
    [text('备注'), text('zjhm'), text('xm'), text('je')],
    [text('a & b'), text('440304198804123031'), text('陈思远 <"\'>'), { value: 12.5, type: Number }],
    [null, text('440305199008261020'), text('林𬱖'), { value: -3, type: Number }],
    [text('x'), text('44030419931106105X'), null, { value: true, type: Boolean }],
  ];
  const written = await writeXlsxFile([{ data: rows, sheet: '账户' }]).toBuffer();
  const columns = { columns: ['zjhm', 'xm', 'je'] };
  t.strictSame(await ingested(written, { ...form, ...columns }), [
    { line: 2, cells: ['440304198804123031', '陈思远 <"\'>', '12.5'] },
    { line: 3, cells: ['440305199008261020', '林𬱖', '-3'] },
    { line: 4, cells: ['44030419931106105X', '', '1'] },
  ]);
  t.equal((await ingested(written, { ...form, ...columns, sheet: '账户' })).length, 3);
  t.strictSame(await ingested(written, { ...form, ...columns, sheet: '其他' }), ['0 it has no such sheet']);

  const { folder, put } = dropFolder(t);
  put('accounts.xlsx', written);
  const { ask } = openDrop(t, folder, { ...form, ...columns, file: 'accounts.xlsx' });
  t.match(await ask('440305199008261020'), { body: { name: '林𬱖' } });
});

t.test('what workbooks may hold', async t => {
  const shared =
    '<si><t>zjhm</t></si><si><r><t>x</t></r><r><t>m</t></r><rPh sb="0" eb="1"><t>ignored</t></rPh></si><si><t xml:space="preserve"> a&#x4e2d;_x000D_&amp;</t></si><si/>';
  const cell = (reference: string, index: number) => `<c r="${reference}" s="4" t="s"><v>${index}</v></c>`;
  const rows = `<row r="1" spans="1:2">${cell('A1', 0)}${cell('B1', 1)}</row>`;
  for (const [what, sheet, expected] of [
    ['shared texts', `${rows}<row r="2"><c r="A2"><v>1</v></c>${cell('B2', 2)}</row>`, only(' a中\r&')],
    [
      'gaps, and styles alone',
      `${rows}<row r="2"/><row r="3"><c r="A3" s="1"/></row><row r="5"><c r="A5"><v>1</v></c></row>`,
      [{ line: 5, cells: ['1', ''] }],
    ],
    [
      'rows wider than the header, with nothing there',
      `${rows}<row r="2"><c r="A2"><v>1</v></c><c r="C2"/></row>`,
      only(''),
    ],
    [
      'a formula in a column that is not read',
      `<row r="1">${cell('A1', 0)}${cell('B1', 1)}<c r="C1" t="inlineStr"><is><t>je</t></is></c></row><row r="2"><c r="A2"><v>1</v></c><c r="C2"><f>1+1</f><v>2</v></c></row>`,
      only(''),
    ],
    ['a tag’s value with >', `${rows}<row r="2" a="x>y"><c a="/>" r="A2"><v>1</v></c></row>`, only('')],
  ] as const) {
    t.strictSame(await ingested(workbook({ sheet: sheetOf(sheet), shared }), form), expected, what);
  }
  const prefixed = sheetOf(
    '<x:row r="1"><x:c t="inlineStr"><x:is><x:t>zjhm</x:t></x:is></x:c><x:c t="inlineStr"><x:is><x:t>xm</x:t></x:is></x:c></x:row><x:row r="2"><x:c><x:v>1</x:v></x:c></x:row>',
    'x:worksheet',
  );
  t.strictSame(await ingested(workbook({ sheet: prefixed }), form), only(''));
  const absolute = '<Relationship Id="rId1" Target="/xl/worksheets/sheet1.xml"/>';
  t.strictSame(
    await ingested(workbook({ sheet: sheetOf(header + rowOf(2, '1', 'a')), relation: absolute }), form),
    only('a'),
  );
});

t.test('rows across the pieces in which a sheet is unpacked', async t => {
  const rows = Array.from({ length: 20_000 }, (_, at) => rowOf(at + 2, String(at), `陈思远${at}`)).join('');
  const found = await ingested(workbook({ sheet: sheetOf(header + rows) }), form);
  t.equal(found.length, 20_000);
  t.strictSame(found.at(-1), { line: 20_001, cells: ['19999', '陈思远19999'] });
});

t.test('what is refused, and where', async t => {
  const rounded = 'has a cell in the column zjhm that is a number that a sheet has rounded';
  const rows = (cells: string) => sheetOf(`${header}<row r="2">${cells}</row>`);
  for (const [what, sheet, faults] of [
    ['a formula', rows('<c><f>1+1</f><v>2</v></c>'), ['2 has a cell in the column zjhm that is a formula']],
    [
      'a formula’s text',
      rows('<c><v>1</v></c><c t="str"><f>A1</f><v>a</v></c>'),
      ['2 has a cell in the column xm that is a formula'],
    ],
    ['an error', rows('<c t="e"><v>#N/A</v></c>'), ['2 has a cell in the column zjhm that is an error']],
    ['an identity number as a number', rows('<c><v>4.4030419880412301E+17</v></c>'), [`2 ${rounded}`]],
    ['a number that is little', rows('<c><v>1E-3</v></c>'), [`2 ${rounded}`]],
    ['too many digits', rows('<c><v>4403041988041230</v></c>'), [`2 ${rounded}`]],
    [
      'a text that is not there',
      rows('<c t="s"><v>7</v></c>'),
      ['2 has a cell in the column zjhm that cannot be read'],
    ],
    [
      'an entity of its own',
      rows('<c t="inlineStr"><is><t>&x;</t></is></c>'),
      ['2 has a cell in the column zjhm that cannot be read'],
    ],
    ['cells out of order', rows('<c r="B2"><v>1</v></c><c r="A2"><v>1</v></c>'), ['2 has cells out of their order']],
    ['a cell that does not end', rows('<c r="A2"><v>1</v>'), ['2 has a cell that cannot be read']],
    ['more cells than the header', rows('<c><v>1</v></c><c/><c><v>3</v></c>'), ['2 has 3 cells where 2 are due']],
    ['a key that repeats', sheetOf(header + rowOf(2, '1', 'a') + rowOf(7, '1', 'b')), ['7 has the key of line 2']],
    ['a sheet that breaks off', sheetOf(header).slice(0, -60), ['0 a part of it breaks off']],
    ['another root', '<svg xmlns="http://www.w3.org/2000/svg"/>', ['0 a part of it is no part of a workbook']],
    ['nothing', sheetOf(''), ['0 it has no row']],
  ] as const) {
    t.strictSame(await ingested(workbook({ sheet }), form), faults, what);
  }
  const sheet = sheetOf(header);
  for (const [what, bytes, faults] of [
    ['no archive', Buffer.from('zjhm,xm\n1,a\n'), ['0 it is no ZIP archive']],
    ['half an archive', workbook({ sheet }).slice(0, 500), ['0 it is no ZIP archive']],
    ['days from 1904', workbook({ sheet, properties: '<workbookPr date1904="1"/>' }), ['0 it counts days from 1904']],
    ['no sheet', workbook({ sheet, relation: '' }), ['0 it has no such sheet']],
    [
      'a sheet that is not there',
      workbook({ sheet, relation: '<Relationship Id="rId1" Target="other.xml"/>' }),
      ['0 a part of it is missing'],
    ],
  ] as const) {
    t.strictSame(await ingested(bytes, form), faults, what);
  }
});
