/** Cuts delimited text into rows (RFC 4180): lines that end in LF or CRLF, cells that may be quoted. All cells are text, whatever they begin with. */
import type { TextReader } from './file-encoding.js';
import type { RowReader, RowSink } from './file-rows.js';

export interface CsvForm {
  readonly delimiter: string;
  /** Longest row, in UTF-16 units. */
  readonly longest: number;
}

export function openCsv(text: TextReader, { delimiter, longest }: CsvForm, sink: RowSink): RowReader {
  /** What has come and is no whole row yet. */
  let rest = '';
  /** Where in `rest` the search for its end goes on. */
  let searched = 0;
  /** Whether `rest` is within quotes there. */
  let quoted = false;
  let line = 1;
  let stopped = false;

  /** Takes whole rows off the front of `rest`. */
  function take(last: boolean): void {
    let start = 0;
    for (;;) {
      const end = endOfRow();
      if (end === -1) break;
      row(rest.slice(start, end));
      start = end + 1;
      if (stopped) return;
    }
    rest = rest.slice(start);
    searched -= start;
    if (rest.length > longest) stop('is longer than a row may be');
    else if (last && quoted) stop('has a quote that is never closed');
    else if (last && rest !== '') row(rest);
  }

  /** The next line feed outside quotes, from `searched` on; -1 when there is none yet. */
  function endOfRow(): number {
    for (;;) {
      const feed = rest.indexOf('\n', searched);
      const until = feed === -1 ? rest.length : feed;
      for (
        let quote = rest.indexOf('"', searched);
        quote !== -1 && quote < until;
        quote = rest.indexOf('"', quote + 1)
      ) {
        quoted = !quoted;
      }
      searched = until + (feed === -1 ? 0 : 1);
      if (feed === -1) return -1;
      if (!quoted) return feed;
    }
  }

  function row(text: string): void {
    const cells = cellsOf(text.endsWith('\r') ? text.slice(0, -1) : text, delimiter);
    const lines = text.includes('"') ? text.split('\n').length : 1;
    if (cells === undefined)
      stopped ||= !sink.fault(line, 'has a quote within a cell that is not quoted, or text after one');
    else sink.row(line, cells);
    line += lines;
  }

  function stop(fault: string): void {
    sink.fault(line, fault);
    stopped = true;
  }

  return {
    write(bytes) {
      rest += text.write(bytes);
      take(false);
      return !stopped;
    },
    end() {
      if (stopped) return;
      rest += text.end();
      take(true);
    },
  };
}

/** The cells of one row; undefined where its quotes are none of RFC 4180. */
function cellsOf(text: string, delimiter: string): readonly string[] | undefined {
  if (!text.includes('"')) return text.split(delimiter);
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    let end: number;
    if (text[at] === '"') {
      end = closingQuote(text, at + 1) + 1;
      if (end === 0) return undefined;
      cells.push(text.slice(at + 1, end - 1).replaceAll('""', '"'));
      if (end < text.length && text[end] !== delimiter) return undefined;
    } else {
      end = text.indexOf(delimiter, at);
      if (end === -1) end = text.length;
      const cell = text.slice(at, end);
      if (cell.includes('"')) return undefined;
      cells.push(cell);
    }
    if (end >= text.length) return cells;
    at = end + 1;
  }
}

function closingQuote(text: string, from: number): number {
  for (let quote = text.indexOf('"', from); quote !== -1; quote = text.indexOf('"', quote + 2)) {
    if (text[quote + 1] !== '"') return quote;
  }
  return -1;
}
