/** Reads a department's list of request ids, CSV or NDJSON, as it comes in, and says of each bad line what is wrong with it. */

import { broken, cellsOf, open } from '../../adapters/csv.js';
import { readJson } from '../json.js';
import type { Text } from '../text.js';
import { lineLimit, openLines } from './lines.js';
import { mostIds, type RequestList } from './request-list.js';

export const listForm = { csv: 'csv', ndjson: 'ndjson' } as const;
export type ListForm = (typeof listForm)[keyof typeof listForm];

/** A line that cannot be read. It never repeats what stands there. */
export interface LineFault {
  /** From 1. */
  readonly line: number;
  readonly message: Text;
}

export interface ListReader {
  /** True once so much is wrong that reading on is of no use. */
  readonly isHopeless: boolean;
  readonly faults: readonly LineFault[];
  write(chunk: Buffer): void;
  end(): void;
}

/** Most faults told of one list. */
const mostFaults = 20;
/** What an id may be: printable ASCII, and no longer than any system's. */
const goodId = /^[\x21-\x7e]{1,128}$/;
/** Deepest nesting of a line of NDJSON. */
const depthLimit = 8;

/**
 * @param column the CSV column, or the member of each JSON object, that holds the id
 * @param list gets the ids
 */
export function openListReader(form: ListForm, column: string, list: RequestList): ListReader {
  const faults: LineFault[] = [];
  let isHopeless = false;

  function refuse(line: number, message: Text): void {
    faults.push({ line, message });
    if (faults.length >= mostFaults) isHopeless = true;
  }

  /** Faults after which no other line can be read either. */
  function giveUp(line: number, message: Text): void {
    refuse(line, message);
    isHopeless = true;
  }

  function take(id: unknown, line: number): void {
    if (typeof id !== 'string' || !goodId.test(id)) refuse(line, words.id);
    else if (!list.add(id, line)) giveUp(line, words.full);
  }

  const rows = form === listForm.csv ? csvRows(column, take, refuse, giveUp) : jsonRows(column, take, refuse);
  const lines = openLines(
    (line, number) => {
      if (!isHopeless) rows.take(line, number);
    },
    number => {
      if (!isHopeless) refuse(number, words.long);
    },
  );
  return {
    get isHopeless() {
      return isHopeless;
    },
    faults,
    write: lines.write,
    end() {
      lines.end();
      if (!isHopeless) rows.end();
    },
  };
}

type Take = (id: unknown, line: number) => void;
type Refuse = (line: number, message: Text) => void;

interface Rows {
  take(line: Buffer, number: number): void;
  end(): void;
}

function csvRows(column: string, take: Take, refuse: Refuse, giveUp: Refuse): Rows {
  let at = -1;
  let width = 0;
  /** A record whose quoted cell is still open, and the line it began in. */
  let begun = '';
  let beganAt = 0;

  function record(cells: readonly string[], line: number): void {
    if (at >= 0) {
      if (cells.length === width) take(cells[at], line);
      else refuse(line, words.cells);
      return;
    }
    const names = cells.map(nameOf);
    at = names.indexOf(column);
    width = names.length;
    if (at < 0) giveUp(line, words.noColumn);
    else if (names.includes(column, at + 1)) giveUp(line, words.columnTwice);
  }

  return {
    take(line, number) {
      // Ids are ASCII; other cells are of no interest, in UTF-8 or in GB 18030, neither of which hides a quote or a comma.
      const piece = line.toString('latin1');
      if (begun === '' && piece.trim() === '') return;
      const text = begun === '' ? piece : `${begun}\n${piece}`;
      if (begun === '') beganAt = number;
      begun = '';
      const cells = cellsOf(text);
      if (cells === broken || (cells === open && text.length > lineLimit)) refuse(beganAt, words.quote);
      else if (cells === open) begun = text;
      else record(cells, beganAt);
    },
    end() {
      if (begun !== '') refuse(beganAt, words.quote);
      else if (at < 0) giveUp(1, words.noColumn);
    },
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const gb18030 = new TextDecoder('gb18030');

/** The name of a column, whose bytes came as Latin-1. */
function nameOf(cell: string): string {
  const bytes = Buffer.from(cell, 'latin1');
  try {
    return utf8.decode(bytes).trim();
  } catch {
    return gb18030.decode(bytes).trim();
  }
}

function jsonRows(member: string, take: Take, refuse: Refuse): Rows {
  let isEmpty = true;
  return {
    take(line, number) {
      if (line.every(isSpace)) return;
      isEmpty = false;
      const read = readJson(line, depthLimit);
      if ('fault' in read) refuse(number, words.json);
      else if (typeof read.value !== 'object' || read.value === null || Array.isArray(read.value)) {
        refuse(number, words.object);
      } else if (!Object.hasOwn(read.value, member)) refuse(number, words.noMember);
      else take((read.value as Readonly<Record<string, unknown>>)[member], number);
    },
    end() {
      if (isEmpty) refuse(1, words.noMember);
    },
  };
}

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x09;

const words = {
  id: {
    zh: '请求编号须为 1 至 128 个可见 ASCII 字符',
    en: 'the request id must be 1 to 128 visible ASCII characters',
  },
  long: { zh: '超过 65,536 字节', en: 'has more than 65,536 bytes' },
  full: {
    zh: `不同的请求编号超过 ${mostIds.toLocaleString('en')} 个，请缩短时间分批核对`,
    en: `there are more than ${mostIds.toLocaleString('en')} different request ids: compare shorter times`,
  },
  quote: { zh: '引号不配对', en: 'its quotes do not match' },
  cells: { zh: '列数与表头不同', en: 'has another number of cells than the header' },
  noColumn: { zh: '表头中没有该列', en: 'the header has no such column' },
  columnTwice: { zh: '表头中该列出现两次', en: 'the header has the column twice' },
  json: { zh: '不是合法的 JSON', en: 'is not JSON' },
  object: { zh: '不是 JSON 对象', en: 'is no JSON object' },
  noMember: { zh: '没有该成员', en: 'has no such member' },
} satisfies Record<string, Text>;
