/** A table exactly as wide as the terminal: which columns there is room for, and each row as one line. */
import { displayWidth, fit, harmless } from './display.js';
import { type Paint, paint, type Terminal } from './terminal.js';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  readonly look?: (row: Row) => Paint | undefined;
  /** Those of a lower rank are shown, and as wide as they need to be, before those of a higher one get anything. */
  readonly rank: number;
  /** Columns of the terminal below which it is not worth showing. */
  readonly least: number;
  /** Columns it usually fills; for rows that are yet to come. */
  readonly usual: number;
}

export interface Layout<Row> {
  readonly columns: readonly { readonly column: Column<Row>; readonly width: number }[];
  /** Whether a cell is cut to its column; where there is no terminal, it pushes on what follows. */
  readonly cuts: boolean;
}

/** Spaces between two columns. */
const gap = 2;

/**
 * Chooses the columns that fit and gives each its width; the last one takes what is left.
 *
 * @param rows what will be shown: a column empty in all of them is left out. Null when they are yet to come.
 * @param width columns of the terminal; undefined shows every column as wide as it needs
 */
export function layOut<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[] | null,
  width: number | undefined,
): Layout<Row> {
  const wanted = columns
    .map(column => ({ column, natural: naturalWidth(column, rows) }))
    .filter(({ natural }) => natural > 0)
    .map(({ column, natural }) => ({ column, natural, width: leastWidth(column, natural) }));
  if (width === undefined) {
    return { columns: wanted.map(({ column, natural }) => ({ column, width: natural })), cuts: false };
  }

  const chosen = new Set<Candidate<Row>>();
  let left = width + gap;
  for (const rank of new Set(wanted.map(({ column }) => column.rank).toSorted((a, b) => a - b))) {
    const peers = wanted.filter(({ column }) => column.rank === rank);
    for (const candidate of peers) {
      if (candidate.width + gap > left) continue;
      chosen.add(candidate);
      left -= candidate.width + gap;
    }
    const entered = peers.filter(candidate => chosen.has(candidate));
    left -= grow(entered, left);
    if (entered.length < peers.length) break;
  }
  const shown = wanted.filter(candidate => chosen.has(candidate));
  const last = shown.at(-1);
  if (last !== undefined) last.width += left;
  return { columns: shown, cuts: true };
}

interface Candidate<Row> {
  readonly column: Column<Row>;
  readonly natural: number;
  width: number;
}

/** Widens columns by turns, until each has what it needs or nothing is left; gives back how much they took. */
function grow<Row>(columns: readonly Candidate<Row>[], left: number): number {
  let taken = 0;
  for (let growing = columns; growing.length > 0 && taken < left; ) {
    growing = growing.filter(candidate => candidate.width < candidate.natural);
    for (const candidate of growing.slice(0, left - taken)) {
      candidate.width++;
      taken++;
    }
  }
  return taken;
}

/** A title is never cut, and a column never wider than it needs. */
const leastWidth = <Row>({ title, least }: Column<Row>, natural: number): number =>
  Math.max(displayWidth(title), Math.min(least, natural));

function naturalWidth<Row>(column: Column<Row>, rows: readonly Row[] | null): number {
  const title = displayWidth(column.title);
  if (rows === null) return Math.max(title, column.usual);
  const cells = rows.reduce((most, row) => Math.max(most, displayWidth(harmless(column.cell(row)))), 0);
  return cells === 0 ? 0 : Math.max(title, cells);
}

/** The titles as one line. */
export const titleLine = <Row>({ columns }: Layout<Row>, terminal: Terminal): string =>
  join(
    columns.map(({ column, width }) => ({ text: fit(column.title, width), look: 'bold' })),
    terminal,
  );

/** One row as one line. */
export const rowLine = <Row>({ columns, cuts }: Layout<Row>, row: Row, terminal: Terminal): string =>
  join(
    columns.map(({ column, width }) => {
      const text = harmless(column.cell(row));
      return { text: fit(text, cuts ? width : Math.max(width, displayWidth(text))), look: column.look?.(row) };
    }),
    terminal,
  );

/** A rule across the whole table, with a label near its left end. */
export function ruleLine<Row>({ columns }: Layout<Row>, label: string, terminal: Terminal): string {
  const width = columns.reduce((sum, column) => sum + column.width + gap, -gap);
  const text = label === '' ? '' : fit(`── ${label} `, Math.min(width, displayWidth(label) + 4));
  return paint(text + '─'.repeat(Math.max(0, width - displayWidth(text))), 'dim', terminal);
}

/** Nothing is padded at a line's end, so that a copied one has no tail of spaces. */
function join(cells: readonly { text: string; look?: Paint | undefined }[], terminal: Terminal): string {
  const last = cells.findLastIndex(({ text }) => text.trimEnd() !== '');
  return cells
    .slice(0, last + 1)
    .map(({ text, look }, at) => paint(at === last ? text.trimEnd() : text, look, terminal))
    .join(' '.repeat(gap));
}
