/**
 * Reads YAML as config is mostly written, some ten times as fast as the parser of all YAML: block maps and lists, flow collections,
 * scalars on one line, and texts line by line after `|`. At anything else, or anything wrong, it gives up, and the parser of all YAML has the say.
 */

interface Line {
  readonly indent: number;
  readonly text: string;
  /** The lines below it, when it ends as one that texts follow. */
  readonly below?: string;
}

/** Thrown where the text is not plain; never leaves this file. */
const notPlain = Symbol('not plain');

/** @returns the value just as YAML 1.2 has it (core schema, keys as text), or undefined where the text is not plain */
export function readPlainYaml(text: string): { readonly value: unknown } | undefined {
  // Tabs, other line breaks and controls; a byte order mark.
  if (/[^\n\P{Cc}]|[\u2028\u2029\ufeff]/u.test(text)) return undefined;
  const lines = linesOf(text);
  if (lines === undefined || lines.length === 0) return undefined;
  const reader = { lines, at: 0 };
  try {
    const value = readBlock(reader, lines[0]?.indent ?? 0);
    return reader.at === lines.length ? { value } : undefined;
  } catch (cause) {
    if (cause === notPlain) return undefined;
    throw cause;
  }
}

interface Reader {
  readonly lines: Line[];
  at: number;
}

function giveUp(): never {
  throw notPlain;
}

/** Without comments and empty lines. */
function linesOf(text: string): Line[] | undefined {
  const lines: Line[] = [];
  const all = text.split('\n');
  for (let at = 0; at < all.length; at++) {
    const whole = all[at] ?? '';
    const indent = whole.search(/[^ ]/);
    if (indent === -1 || whole[indent] === '#') continue;
    const mark = whole.indexOf(' #');
    // What stands in quotes may look like a comment.
    const held = mark === -1 ? whole : /["']/.test(whole) ? undefined : whole.slice(0, mark);
    if (held === undefined) return undefined;
    const line = { indent, text: held.slice(indent).trimEnd() };
    const [, dash = '', key = ''] = literal.exec(line.text) ?? [];
    if (dash === '' && key === '') {
      lines.push(line);
      continue;
    }
    const taken = linesBelow(all, at + 1, key === '' ? indent : indent + dash.length);
    if (taken === undefined) return undefined;
    lines.push({ ...line, below: taken.text });
    at = taken.last;
  }
  return lines;
}

/** A line that texts follow, if nothing in it is quoted. */
const literal = /^(- +)?(\S.*: +)?\|-?$/;

/** The text line by line that stands deeper than what it is the value of; undefined where it is not plain. */
function linesBelow(
  all: readonly string[],
  first: number,
  around: number,
): { readonly text: string; readonly last: number } | undefined {
  const indent = all[first]?.search(/[^ ]/) ?? -1;
  if (indent <= around) return undefined;
  let end = first;
  for (let at = first; at < all.length; at++) {
    const line = all[at] ?? '';
    const depth = line.search(/[^ ]/);
    if (depth === -1 ? line.length > indent : depth > around && depth < indent) return undefined;
    if (depth !== -1 && depth <= around) break;
    if (depth !== -1) end = at;
  }
  // A last line that does not end.
  if (end === all.length - 1) return undefined;
  const lines = all.slice(first, end + 1).map(line => line.slice(indent));
  return { text: lines.join('\n'), last: end };
}

const isItem = (text: string): boolean => text === '-' || text.startsWith('- ');

function readBlock(reader: Reader, indent: number): unknown {
  const line = reader.lines[reader.at];
  if (line === undefined || line.indent !== indent) giveUp();
  return isItem(line.text) ? readList(reader, indent) : readMap(reader, indent);
}

function readList(reader: Reader, indent: number): unknown[] {
  const items: unknown[] = [];
  for (let line = reader.lines[reader.at]; line !== undefined; line = reader.lines[reader.at]) {
    if (line.indent !== indent || !isItem(line.text)) break;
    const rest = line.text.slice(1).trimStart();
    if (rest === '') giveUp();
    const inner = indent + line.text.length - rest.length;
    if (isItem(rest)) giveUp();
    if (blockKey.test(rest)) {
      reader.lines[reader.at] = { ...line, indent: inner, text: rest };
      items.push(readMap(reader, inner));
    } else {
      items.push(restOf(line, rest));
      reader.at += 1;
    }
  }
  return atEnd(reader, indent, items);
}

const blockKey = /^(?:([A-Za-z_$\p{Script=Han}][\w$./\p{Script=Han}-]*)|"([^"\\]*)"):(?: +(.*))?$/u;

function readMap(reader: Reader, indent: number): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  for (let line = reader.lines[reader.at]; line !== undefined; line = reader.lines[reader.at]) {
    if (line.indent !== indent || isItem(line.text)) break;
    const [found, plain, quoted, rest = ''] = blockKey.exec(line.text) ?? [];
    const key = plain ?? quoted ?? '';
    if (found === undefined || key === '__proto__' || Object.hasOwn(map, key)) giveUp();
    reader.at += 1;
    const next = reader.lines[reader.at];
    if (rest !== '') map[key] = restOf(line, rest);
    else if (next !== undefined && (next.indent > indent || (next.indent === indent && isItem(next.text)))) {
      map[key] = readBlock(reader, next.indent);
    } else map[key] = null;
  }
  return atEnd(reader, indent, map);
}

/** What follows belongs to something around this: a text that goes on in the next line would stand deeper. */
function atEnd<T>({ lines, at }: Reader, indent: number, value: T): T {
  const next = lines[at];
  if (next !== undefined && next.indent > indent) giveUp();
  return value;
}

/** A value on the rest of a line, or in those below it. */
function restOf({ below }: Line, rest: string): unknown {
  if (rest === '|') return `${below ?? giveUp()}\n`;
  return rest === '|-' ? (below ?? giveUp()) : scalarOf(rest);
}

/** A value on the rest of a line. */
function scalarOf(text: string): unknown {
  const flow = { text, at: 0 };
  if (text.startsWith('{') || text.startsWith('[') || text.startsWith('"') || text.startsWith("'")) {
    const value = readFlow(flow);
    return flow.at === text.length ? value : giveUp();
  }
  if (text.includes(': ') || text.endsWith(':')) giveUp();
  return plainValue(text);
}

interface Flow {
  readonly text: string;
  at: number;
}

const doubleQuoted = /"((?:[^"\\]|\\["\\nt])*)"/y;
const singleQuoted = /'((?:[^']|'')*)'/y;
const plainInFlow = /[^\s,[\]{}"':#&*!|>%@`?-][^,[\]{}:]*/y;
const flowKey = /(?:([A-Za-z_$\p{Script=Han}][\w$./\p{Script=Han}-]*):(?= )|"([^"\\]*)":)/uy;
const space = / */y;

function take(expression: RegExp, flow: Flow): RegExpExecArray | undefined {
  expression.lastIndex = flow.at;
  const found = expression.exec(flow.text);
  if (found !== null) flow.at += found[0].length;
  return found ?? undefined;
}

function readFlow(flow: Flow): unknown {
  const first = flow.text[flow.at];
  if (first === '{') return readFlowMap(flow);
  if (first === '[') return readFlowList(flow);
  if (first === '"') {
    const found = take(doubleQuoted, flow);
    return found === undefined ? giveUp() : JSON.parse(found[0]);
  }
  if (first === "'") return (take(singleQuoted, flow)?.[1] ?? giveUp()).replaceAll("''", "'");
  const found = take(plainInFlow, flow);
  if (found === undefined || flow.text[flow.at] === ':') giveUp();
  return plainValue(found[0].trimEnd());
}

function readFlowMap(flow: Flow): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  readItems(flow, '}', () => {
    const [found, plain, quoted] = take(flowKey, flow) ?? [];
    const key = plain ?? quoted ?? '';
    if (found === undefined || key === '__proto__' || Object.hasOwn(map, key)) giveUp();
    take(space, flow);
    map[key] = readFlow(flow);
  });
  return map;
}

function readFlowList(flow: Flow): unknown[] {
  const list: unknown[] = [];
  readItems(flow, ']', () => list.push(readFlow(flow)));
  return list;
}

function readItems(flow: Flow, end: string, readItem: () => void): void {
  flow.at += 1;
  take(space, flow);
  for (let first = true; flow.text[flow.at] !== end; first = false) {
    if (!first) {
      if (flow.text[flow.at] !== ',') giveUp();
      flow.at += 1;
      take(space, flow);
    }
    readItem();
    take(space, flow);
  }
  flow.at += 1;
}

/** Texts that begin so are never numbers, marks or keywords of YAML. */
const surelyText = /^(?:[\p{Script=Han}《（/$A-Za-z]|\.[a-z]|\d.*[G-NP-WYZg-np-wyz])/u;
const keyword = /^(?:null|true|false|\.inf|\.nan)$/i;
const wholeNumber = /^(?:0|[1-9][0-9]{0,14})$/;

function plainValue(text: string): unknown {
  if (text === 'true') return true;
  if (text === 'false') return false;
  if (wholeNumber.test(text)) return Number(text);
  if (!surelyText.test(text) || keyword.test(text)) giveUp();
  return text;
}
