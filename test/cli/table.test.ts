import t from 'tap';
import { displayWidth } from '../../src/cli/display.js';
import { type Column, layOut, rowLine, ruleLine, titleLine } from '../../src/cli/table.js';
import { environmentLanguage, type Terminal, terminalOf } from '../../src/cli/terminal.js';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly note: string;
}
const plain: Terminal = { width: undefined, colour: false, language: 'en' };
const columns: readonly Column<Row>[] = [
  { title: 'Id', cell: row => row.id, rank: 0, least: 4, usual: 6 },
  { title: '名称', cell: row => row.name, rank: 2, least: 6, usual: 10 },
  { title: 'Note', cell: row => row.note, rank: 1, least: 8, usual: 12 },
];
const rows: readonly Row[] = [
  { id: '1', name: '公共租赁住房', note: 'short' },
  { id: '22', name: '婚姻登记', note: 'a much longer note than that' },
];

t.test('every line fits every width, and the rule is exactly as wide', async t => {
  for (let width = 4; width <= 80; width++) {
    const layout = layOut(columns, rows, width);
    const lines = [titleLine(layout, plain), ...rows.map(row => rowLine(layout, row, plain))];
    for (const line of lines) t.ok(displayWidth(line) <= width, `${width}: ${line}`);
    t.equal(displayWidth(ruleLine(layout, 'a day', plain)), width);
  }
});

t.test('a column of a higher rank gets what those of a lower one do not need, and all keep their order', async t => {
  const shown = (width: number) => layOut(columns, rows, width).columns.map(({ column }) => column.title);
  const note = 'a much longer note than that'.length;
  t.same(shown(2 + 2 + 6 + 2 + note), ['Id', '名称', 'Note']);
  t.same(shown(2 + 2 + 6 + 2 + note - 1), ['Id', 'Note']);
  t.same(shown(2 + 2 + 8), ['Id', 'Note']);
  t.same(shown(2 + 2 + 8 - 1), ['Id']);
});

t.test('columns of one rank share what there is', async t => {
  const peers = columns.map(column => ({ ...column, rank: 0 }));
  const widths = layOut(peers, rows, 2 + 2 + 9 + 2 + 11).columns.map(({ width }) => width);
  t.same(widths, [2, 9, 11], 'three more each');
});

t.test('without a terminal nothing is cut', async t => {
  const layout = layOut(columns, rows, undefined);
  t.equal(rowLine(layout, rows[1] as Row, plain), '22  婚姻登记      a much longer note than that');
  const toCome = layOut(columns, null, undefined);
  t.match(
    rowLine(toCome, { id: '1', name: '公共租赁住房和保障性住房', note: 'x' }, plain),
    '公共租赁住房和保障性住房  x',
  );
});

t.test('a column that is empty in all rows is left out, unless rows are yet to come', async t => {
  const empty = rows.map(row => ({ ...row, note: '' }));
  t.same(
    layOut(columns, empty, 80).columns.map(({ column }) => column.title),
    ['Id', '名称'],
  );
  t.equal(layOut(columns, null, 80).columns.length, 3);
});

t.test('a cell from the ledger cannot steer the terminal', async t => {
  const row = { id: '3', name: 'x', note: '\u001b]0;owned\u0007' };
  t.notMatch(rowLine(layOut(columns, [row], 80), row, plain), /\p{Cc}/u);
});

t.test('colour and language follow the environment', async t => {
  const tty = { isTTY: true, columns: 120 };
  t.same(terminalOf(tty, { LANG: 'zh_CN.UTF-8' }), { width: 120, colour: true, language: 'zh' });
  t.equal(terminalOf(tty, { NO_COLOR: '1' }).colour, false);
  t.equal(terminalOf(tty, { NO_COLOR: '' }).colour, true);
  t.equal(terminalOf(tty, { TERM: 'dumb' }).colour, false);
  t.same(terminalOf({}, {}), { width: undefined, colour: false, language: 'en' });
  t.equal(environmentLanguage({ LC_ALL: 'en_GB.UTF-8', LANG: 'zh_CN.UTF-8' }), 'en');
  t.equal(terminalOf(tty, { LANG: 'zh_CN.UTF-8' }, 'en').language, 'en');
});
