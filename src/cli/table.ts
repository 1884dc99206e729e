/** A table exactly as wide as the terminal: which columns there is room for, and each row as one line. */
import { displayWidth, fit, harmless } from './display.js';
import { type Paint, paint, type Terminal } from './terminal.js';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  readonly look?: (row: Row) => Paint | undefined;
  /** Who stays when it gets narrow: the lowest rank longest. Columns of one rank come and go on their own. */
  readonly rank: number;
  /** Columns of the terminal below which it is not worth showing. */
  readonly least: number;
  /** Columns it usually fills; for rows that are yet to come. */
  readonly usual: number;
}

export type Layout<Row> = readonly { readonly column: Column<Row>; readonly width: number }[];

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
    .map(({ column, natural }) => ({ column, natural, width: Math.min(column.least, natural) }));
  if (width === undefined) return wanted.map(({ column, natural }) => ({ column, width: natural }));

  const byRank = wanted.toSorted((a, b) => a.column.rank - b.column.rank);
  const chosen = new Set<(typeof wanted)[number]>();
  let left = width + gap;
  for (const candidate of byRank) {
    if (candidate.width + gap > left) continue;
    chosen.add(candidate);
    left -= candidate.width + gap;
  }
  for (const candidate of byRank) {
    if (!chosen.has(candidate)) continue;
    const more = Math.min(left, candidate.natural - candidate.width);
    candidate.width += more;
    left -= more;
  }
  const layout = wanted.filter(candidate => chosen.has(candidate));
  const last = layout.at(-1);
  if (last !== undefined) last.width += left;
  return layout;
}

function naturalWidth<Row>(column: Column<Row>, rows: readonly Row[] | null): number {
  const title = displayWidth(column.title);
  if (rows === null) return Math.max(title, column.usual);
  const cells = rows.reduce((most, row) => Math.max(most, displayWidth(harmless(column.cell(row)))), 0);
  return cells === 0 ? 0 : Math.max(title, cells);
}

/** The titles as one line. */
export const titleLine = <Row>(layout: Layout<Row>, terminal: Terminal): string =>
  join(
    layout.map(({ column, width }) => ({ text: fit(column.title, width), look: 'bold' })),
    terminal,
  );

/** One row as one line. */
export const rowLine = <Row>(layout: Layout<Row>, row: Row, terminal: Terminal): string =>
  join(
    layout.map(({ column, width }) => ({ text: fit(harmless(column.cell(row)), width), look: column.look?.(row) })),
    terminal,
  );

/** A rule across the whole table, with a label near its left end. */
export function ruleLine<Row>(layout: Layout<Row>, label: string, terminal: Terminal): string {
  const width = layout.reduce((sum, column) => sum + column.width + gap, -gap);
  const text = label === '' ? '' : fit(`── ${label} `, Math.min(width, displayWidth(label) + 4));
  return paint(text + '─'.repeat(Math.max(0, width - displayWidth(text))), 'dim', terminal);
}

/** The last cell keeps no padding, so that a copied line has no tail of spaces. */
const join = (cells: readonly { text: string; look?: Paint | undefined }[], terminal: Terminal): string =>
  cells
    .map(({ text, look }, at) => paint(at === cells.length - 1 ? text.trimEnd() : text, look, terminal))
    .join(' '.repeat(gap));
