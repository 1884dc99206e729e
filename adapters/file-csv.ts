/** Cuts delimited text into rows (RFC 4180): lines that end in LF or CRLF, cells that may be quoted. All cells are text, whatever they begin with. */
import { broken, cellsOf, open } from './csv.js';
import type { TextReader } from './file-encoding.js';
import type { RowReader, RowSink } from './file-rows.js';

export interface CsvForm {
  readonly delimiter: string;
  /** Longest row, in UTF-16 units. */
  readonly longest: number;
}

export function openCsv(text: TextReader, { delimiter, longest }: CsvForm, sink: RowSink): RowReader {
  /** What has come and is no whole line yet. */
  let rest = '';
  /** The lines so far of a row with a cell that goes on in the next. */
  let begun = '';
  let line = 1;
  /** Of the row that is under way. */
  let first = 1;
  let goesOn = true;

  function take(end: boolean): boolean {
    let start = 0;
    for (let feed = rest.indexOf('\n'); feed !== -1 && goesOn; feed = rest.indexOf('\n', start)) {
      takeLine(rest.slice(start, feed));
      start = feed + 1;
    }
    rest = rest.slice(start);
    if (goesOn && begun.length + rest.length > longest) refuse('is longer than a row may be');
    if (goesOn && end && rest !== '') takeLine(rest);
    if (goesOn && end && begun !== '') refuse('has a quote that is never closed');
    return goesOn;
  }

  function takeLine(found: string): void {
    const row = begun + (found.endsWith('\r') ? found.slice(0, -1) : found);
    if (row.length > longest) {
      refuse('is longer than a row may be');
      return;
    }
    // Within a quoted cell only an odd number of quotes can end it: so each line is looked at once.
    const cells = begun !== '' && quotesIn(found) % 2 === 0 ? open : cellsOf(row, delimiter);
    line += 1;
    if (cells === open) {
      begun = `${begun}${found}\n`;
      return;
    }
    if (cells === broken) goesOn = sink.fault(first, 'has a quote within a cell that is not quoted, or text after one');
    else goesOn = sink.row(first, cells);
    begun = '';
    first = line;
  }

  /** Nothing after it can be told apart. */
  function refuse(fault: string): void {
    sink.fault(first, fault);
    goesOn = false;
  }

  return {
    write(bytes) {
      rest += text.write(bytes);
      return take(false);
    },
    end() {
      rest += text.end();
      take(true);
    },
  };
}

function quotesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) count += 1;
  return count;
}
