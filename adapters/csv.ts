/** Cells of CSV (RFC 4180), line by line. A quoted cell may go on in the next line. */

/** The text is no CSV: a quote stands within an unquoted cell, or text behind a closing one. */
export const broken = Symbol('broken');
/** A quoted cell is still open at the end of the text. */
export const open = Symbol('open');

/**
 * @param text one record, without the line's end; line feeds within quoted cells
 */
export function cellsOf(text: string, delimiter = ','): readonly string[] | typeof broken | typeof open {
  if (!text.includes('"')) return text.split(delimiter);
  const cells: string[] = [];
  for (let at = 0; ; ) {
    if (text.charAt(at) !== '"') {
      const end = text.indexOf(delimiter, at);
      const cell = end < 0 ? text.slice(at) : text.slice(at, end);
      if (cell.includes('"')) return broken;
      cells.push(cell);
      if (end < 0) return cells;
      at = end + 1;
      continue;
    }
    const end = closingQuote(text, at + 1);
    if (end < 0) return open;
    cells.push(text.slice(at + 1, end).replaceAll('""', '"'));
    if (end + 1 === text.length) return cells;
    if (text.charAt(end + 1) !== delimiter) return broken;
    at = end + 2;
  }
}

/** Where the cell that begins here is closed; a doubled quote is one of the cell's own. */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && text.charAt(at + 1) === '"') at = text.indexOf('"', at + 2);
  return at;
}
