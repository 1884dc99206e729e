/** What somebody might hide in a workbook that is dropped for the gateway to read. */
import { strToU8, zipSync } from 'fflate';
import t from 'tap';
import { ingested } from '../adapters/ingested.js';
import { declaration, rowOf, sheetOf, workbook } from '../adapters/workbooks.js';

const form = { format: 'xlsx' } as const;
const header = rowOf(1, 'zjhm', 'xm');
const megabyte = 1_048_576;

t.test('an archive that unpacks beyond measure', async t => {
  const limits = { bytes: megabyte };
  const spaces = ' '.repeat(20 * megabyte);
  for (const [what, made] of [
    ['a sheet', { sheet: sheetOf(header + spaces) }],
    ['the texts that cells share', { sheet: sheetOf(header), shared: spaces }],
  ] as const) {
    const bomb = workbook(made);
    t.ok(bomb.length < megabyte, 'it is small as it lies there');
    t.strictSame(await ingested(bomb, { ...form, limits }), [`0 it unpacks to more than ${megabyte} bytes`], what);
  }
  const relation = `<Relationship Id="rId1" Target="${'a'.repeat(2 * megabyte)}"/>`;
  t.strictSame(await ingested(workbook({ sheet: '', relation }), form), ['0 a part of it is too large']);
});

t.test('an archive whose directory lies about a size', async t => {
  const bomb = Buffer.from(workbook({ sheet: sheetOf(header + ' '.repeat(megabyte)) }));
  // The uncompressed size in the central directory (APPNOTE, 4.3.12), of every file.
  for (let at = bomb.indexOf('PK\x01\x02', 0, 'latin1'); at !== -1; at = bomb.indexOf('PK\x01\x02', at + 4, 'latin1')) {
    bomb.writeUInt32LE(Math.min(bomb.readUInt32LE(at + 24), 2000), at + 24);
  }
  t.strictSame(await ingested(bomb, form), ['0 a part of it is damaged']);
});

t.test('entities, declarations, comments and sections', async t => {
  const entities = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>';
  const refused = ['0 a part of it holds a comment, a section or a declaration'];
  const body = sheetOf(header + rowOf(2, '1', '&b;')).slice(declaration.length);
  t.match(await ingested(workbook({ sheet: declaration + entities + body }), form), [/^0 a part of it/]);
  const row = rowOf(2, '1', '<!-- </row><row r="9"> -->a');
  t.strictSame(await ingested(workbook({ sheet: sheetOf(header + row) }), form), refused);
  const section = rowOf(2, '1', '<![CDATA[</t></is></c></row><row r="3"><c><v>2</v></c>]]>');
  t.strictSame(await ingested(workbook({ sheet: sheetOf(header + section) }), form), refused);
  const outside = { 'xl/workbook.xml': '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>' };
  t.strictSame(await ingested(workbook({ sheet: sheetOf(header), parts: outside }), form), [
    '0 a part of it is not XML',
  ]);
});

t.test('a sheet outside of the workbook', async t => {
  for (const target of [
    '../../../../etc/passwd',
    '/etc/passwd',
    'file:///etc/passwd',
    'http://evil.example/sheet.xml',
  ]) {
    const relation = `<Relationship Id="rId1" Target="${target}"/>`;
    t.strictSame(await ingested(workbook({ sheet: '', relation }), form), ['0 a part of it is missing'], target);
  }
  const relation = '<Relationship Id="rId1" TargetMode="External" Target="worksheets/sheet1.xml"/>';
  t.strictSame(await ingested(workbook({ sheet: sheetOf(header), relation }), form), ['0 it has no such sheet']);
});

t.test('thousands of files in the archive, and names that lead out of it', async t => {
  const many = Object.fromEntries(Array.from({ length: 1500 }, (_, at) => [`${at}`, strToU8('')]));
  t.strictSame(await ingested(zipSync(many), form), ['0 it holds more than 1000 files']);
  const out = workbook({ sheet: sheetOf(header), parts: { '../../out.xml': 'x' } });
  t.strictSame(await ingested(out, form), ['0 it is a damaged ZIP archive']);
});

t.test('cells that a spreadsheet would take for formulas are text', async t => {
  const sheet = sheetOf(
    header +
      rowOf(2, '1', '=HYPERLINK(&quot;http://evil.example&quot;)') +
      rowOf(3, '2', "@SUM(1+1)*cmd|' /C calc'!A0"),
  );
  t.strictSame(await ingested(workbook({ sheet }), form), [
    { line: 2, cells: ['1', '=HYPERLINK("http://evil.example")'] },
    { line: 3, cells: ['2', "@SUM(1+1)*cmd|' /C calc'!A0"] },
  ]);
});
