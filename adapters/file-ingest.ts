/** Reads a whole file into a snapshot and an index, or finds what is wrong with it, line by line. Runs where it may take its time. */
import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import type { FileSettings } from '../schemas/stile/adapters/file-settings.js';
import { openCsv } from './file-csv.js';
import { isBroken, openText } from './file-encoding.js';
import { openFixedWidth } from './file-fixed-width.js';
import { hashAt, keyOf, longestSnapshot, offsetAt, openIndex } from './file-index.js';
import type { LineFault, RowReader, RowSink } from './file-rows.js';
import { openSnapshot, readRowSync } from './file-snapshot.js';
import { readXlsx } from './file-xlsx.js';

/** What of the settings says how a file is read. */
export type FileForm = Pick<
  FileSettings,
  | 'format'
  | 'encoding'
  | 'delimiter'
  | 'header'
  | 'columns'
  | 'positions'
  | 'unit'
  | 'sheet'
  | 'key'
  | 'repeats'
  | 'limits'
>;

export interface Ingestion {
  /** Open for reading, at its beginning. */
  readonly file: number;
  /** Open for reading and writing, empty. */
  readonly snapshot: number;
  readonly form: FileForm;
}

export interface Ingested {
  readonly index: BigUint64Array;
  readonly rows: number;
  readonly sha256: string;
}

/** A file that is refused; no fault holds a value. */
export interface Refused {
  readonly faults: readonly LineFault[];
}

export const defaultLimits = { bytes: 1_073_741_824, rows: 5_000_000, rowLength: 65_536 } as const;
type Limits = Readonly<Record<keyof typeof defaultLimits, number>>;
/** After so many faults a file is read no further. */
const mostFaults = 20;
const chunkBytes = 262_144;

export async function ingest({ file, snapshot, form }: Ingestion): Promise<Ingested | Refused> {
  const limits = { ...defaultLimits, ...form.limits };
  const faults: LineFault[] = [];
  const index = openIndex();
  const writer = openSnapshot(snapshot);
  const fault = (line: number, text: string): boolean => {
    faults.push({ line, fault: text });
    return faults.length < mostFaults;
  };
  const columns = openColumns(form, fault);
  let end = 0;
  const sink: RowSink = {
    fault,
    row(line, cells, unreadable) {
      const taken = columns(line, cells, unreadable);
      if (taken === undefined || faults.length > 0) return faults.length < mostFaults;
      if (index.rows >= limits.rows || end > longestSnapshot) {
        fault(line, `is beyond the ${limits.rows} rows that a file may have`);
        return false;
      }
      end = writer.add(line, taken.cells);
      index.add(taken.key, end);
      return true;
    },
  };
  const sha256 = await readAll(file, form, limits, sink, fault);
  if (faults.length === 0 && index.rows === 0) fault(0, 'it has no row');
  if (faults.length > 0) return { faults };
  writer.flush();
  const sorted = index.finish();
  const twice = form.repeats === true ? [] : repeated(sorted, snapshot, form);
  if (twice.length > 0) return { faults: twice };
  return { index: sorted, rows: sorted.length, sha256 };
}

/** Gives the sink all rows of the file. @returns the file's SHA-256, in hexadecimal */
async function readAll(
  file: number,
  form: FileForm,
  limits: Limits,
  sink: RowSink,
  fault: RowSink['fault'],
): Promise<string> {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(chunkBytes);
  let size = readSync(file, chunk, 0, chunkBytes, 0);
  const reader = openReader(form, chunk.subarray(0, size), sink);
  if (reader === undefined) fault(1, 'has no byte order mark');
  let goesOn = reader !== undefined;
  let read = 0;
  for (; size > 0 && goesOn; size = readSync(file, chunk, 0, chunkBytes, read)) {
    read += size;
    hash.update(chunk.subarray(0, size));
    if (read <= limits.bytes) goesOn = reader?.write(chunk.subarray(0, size)) ?? false;
    else {
      fault(0, `it has more than ${limits.bytes} bytes`);
      goesOn = false;
    }
  }
  if (goesOn) reader?.end();
  if (form.format === 'xlsx' && goesOn) await readXlsx(file, { sheet: form.sheet, limits }, sink);
  return hash.digest('hex');
}

/** Of a workbook, whose parts are read in another order, nothing is read here. @returns undefined for text whose encoding cannot be told */
function openReader(form: FileForm, start: Buffer, sink: RowSink): RowReader | undefined {
  const { encoding = 'UTF-8', columns, positions = {}, unit = 'bytes', header = false, delimiter = ',' } = form;
  const longest = form.limits?.rowLength ?? defaultLimits.rowLength;
  if (form.format === 'fixed-width') {
    return openFixedWidth({ encoding, columns, positions, unit, longest, header }, sink);
  }
  if (form.format === 'xlsx') return { write: () => true, end: () => undefined };
  const text = openText(encoding, start);
  return text && openCsv(text, { delimiter, longest }, sink);
}

interface Taken {
  readonly key: string;
  readonly cells: readonly string[];
}

/** Takes the columns that are read out of each row, by the header or by their order. */
function openColumns({ format, header = true, columns, key }: FileForm, fault: RowSink['fault']) {
  const named = header && format !== 'fixed-width';
  let places: readonly number[] | undefined = named ? undefined : columns.map((_, at) => at);
  let width = named ? 0 : columns.length;
  const keyPlaces = key.map(name => columns.indexOf(name));
  return (line: number, cells: readonly string[], unreadable?: ReadonlyMap<number, string>): Taken | undefined => {
    if (places === undefined) {
      width = cells.length;
      places = columns.map(name => cells.indexOf(name));
      for (const [at, name] of columns.entries()) {
        if (places[at] === -1) fault(line, `the header has no column ${name}`);
        else if (cells.indexOf(name) !== cells.lastIndexOf(name))
          fault(line, `the header has the column ${name} twice`);
      }
      return undefined;
    }
    if (cells.length !== width) {
      fault(line, `has ${cells.length} cells where ${width} are due`);
      return undefined;
    }
    const unread = places.findIndex(place => unreadable?.has(place));
    if (unread !== -1) {
      fault(line, `has a cell in the column ${columns[unread]} that ${unreadable?.get(places[unread] ?? 0)}`);
      return undefined;
    }
    const taken = places.map(place => cells[place] ?? '');
    if (taken.some(isBroken)) {
      fault(line, 'holds bytes that are no character of the encoding');
      return undefined;
    }
    const keys = keyPlaces.map(place => taken[place] ?? '');
    if (keys.includes('')) {
      fault(line, 'has no value in a column of the key');
      return undefined;
    }
    return { key: keyOf(keys), cells: taken };
  };
}

/** Lines whose key another line has too. */
function repeated(index: BigUint64Array, snapshot: number, { columns, key }: FileForm): LineFault[] {
  const keyPlaces = key.map(name => columns.indexOf(name));
  const found: LineFault[] = [];
  for (let at = 1; at < index.length && found.length < mostFaults; at += 1) {
    const seen = new Map<string, number>();
    for (let from = at - 1; at < index.length && hashAt(index, at) === hashAt(index, from); at += 1) {
      if (found.length >= mostFaults) break;
      for (const place of at === from + 1 ? [from, at] : [at]) {
        const { line, cells } = readRowSync(snapshot, offsetAt(index, place));
        const own = keyOf(keyPlaces.map(column => cells[column] ?? ''));
        const first = seen.get(own);
        if (first === undefined) seen.set(own, line);
        else found.push({ line, fault: `has the key of line ${first}` });
      }
    }
  }
  return found.sort((one, other) => one.line - other.line);
}
