/** Reads the rows of one sheet of a workbook (ISO/IEC 29500). A formula is never evaluated, and neither is what it once made believed. */
import type { RowSink } from './file-rows.js';
import { attributeIn, attributesPattern, itemText, piecesOf, textOf } from './xlsx-markup.js';
import { readTree, type XmlElement } from './xml-tree.js';
import { openParts, PartError, type Parts } from './zip-parts.js';

export interface XlsxForm {
  /** The first sheet when absent. */
  readonly sheet: string | undefined;
  readonly limits: { readonly bytes: number; readonly rowLength: number };
}

/** Of what says where the sheets are. */
const mostBytes = 1_048_576;
const depth = 16;
/** Most text of the table that cells share, in UTF-16 units: it is held while the file is read. */
const mostShared = 33_554_432;
/** Digits that a whole number in a sheet keeps. */
const keptDigits = 15;
const relations = '{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id';
const strictRelations = '{http://purl.oclc.org/ooxml/officeDocument/relationships}id';

/** Tells the sink every row that is not empty, and a fault of the whole as one of line 0. */
export async function readXlsx(file: number, { sheet, limits }: XlsxForm, sink: RowSink): Promise<void> {
  try {
    const parts = await openParts(file, limits.bytes);
    const path = await sheetPath(parts, sheet);
    const shared = await sharedStrings(parts, limits.rowLength);
    const rows = openRows(shared, sink);
    for await (const { attributes, content } of piecesOf(parts.read(path), 'row', limits.rowLength * 16)) {
      if (!rows(attributeIn(attributes, 'r'), content)) return;
    }
  } catch (error) {
    if (!(error instanceof PartError)) throw error;
    sink.fault(0, error.message);
  }
}

async function sheetPath(parts: Parts, wanted: string | undefined): Promise<string> {
  const workbook = await treeOf(parts, 'xl/workbook.xml');
  const properties = workbook.children.find(({ name }) => name === 'workbookPr');
  if (['1', 'true'].includes(properties?.attributes.get('date1904') ?? ''))
    throw new PartError('it counts days from 1904');
  const sheets = workbook.children.find(({ name }) => name === 'sheets')?.children ?? [];
  const sheet = sheets.find(({ attributes }) => wanted === undefined || attributes.get('name') === wanted);
  const id = sheet?.attributes.get(relations) ?? sheet?.attributes.get(strictRelations);
  const links = (await treeOf(parts, 'xl/_rels/workbook.xml.rels')).children;
  const link = links.find(({ attributes }) => id !== undefined && attributes.get('Id') === id)?.attributes;
  const target = link?.get('Target');
  if (target === undefined || link?.get('TargetMode') === 'External') throw new PartError('it has no such sheet');
  return target.startsWith('/') ? target.slice(1) : `xl/${target}`;
}

async function treeOf(parts: Parts, name: string): Promise<XmlElement> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of parts.read(name)) {
    size += chunk.length;
    if (size > mostBytes) throw new PartError('a part of it is too large');
    chunks.push(chunk);
  }
  const read = readTree(
    Buffer.concat(chunks)
      .toString('utf8')
      .replace(/^\ufeff/, ''),
    depth,
  );
  if ('fault' in read) throw new PartError('a part of it is not XML');
  return read.root;
}

/** The table of texts that cells share, where there is one. */
async function sharedStrings(parts: Parts, longest: number): Promise<readonly (string | undefined)[]> {
  const shared: (string | undefined)[] = [];
  if (!parts.has('xl/sharedStrings.xml')) return shared;
  let size = 0;
  for await (const { content } of piecesOf(parts.read('xl/sharedStrings.xml'), 'si', longest * 16)) {
    const text = itemText(content);
    size += text?.length ?? 0;
    if (size > mostShared) throw new PartError('the texts that its cells share are too many');
    shared.push(text);
  }
  return shared;
}

type Cell = { readonly text: string } | { readonly fault: string };

/** Rows as wide as the first. Cells that cannot be read matter only in columns that are. */
function openRows(shared: readonly (string | undefined)[], sink: RowSink) {
  let line = 0;
  let width: number | undefined;
  const cellPattern = new RegExp(`\\s*<c${attributesPattern}(?:/>|>(.*?)</c>)`, 'sy');
  return (number: string | undefined, content: string): boolean => {
    line = number === undefined ? line + 1 : Number(number);
    const cells: string[] = [];
    const faults = new Map<number, string>();
    cellPattern.lastIndex = 0;
    let at = 0;
    for (let found = cellPattern.exec(content); found !== null; found = cellPattern.exec(content)) {
      at = cellPattern.lastIndex;
      const [, attributes = '', inside = ''] = found;
      const place = placeOf(attributeIn(attributes, 'r')) ?? cells.length;
      if (place < cells.length || place > 16_383) return sink.fault(line, 'has cells out of their order');
      while (cells.length < place) cells.push('');
      const cell = cellOf(attributeIn(attributes, 't'), inside, shared);
      if ('fault' in cell) faults.set(place, cell.fault);
      cells.push('text' in cell ? cell.text : '');
    }
    if (/<c[\s/>]/.test(content.slice(at))) return sink.fault(line, 'has a cell that cannot be read');
    if (faults.size === 0 && cells.every(cell => cell === '')) return true;
    width ??= cells.length;
    while (cells.length > width && cells.at(-1) === '' && !faults.has(cells.length - 1)) cells.pop();
    while (cells.length < width) cells.push('');
    return sink.row(line, cells, faults);
  };
}

/** `AB12` is the 28th column: 27. */
function placeOf(reference: string | undefined): number | undefined {
  const letters = /^([A-Z]{1,3})\d+$/.exec(reference ?? '')?.[1];
  if (letters === undefined) return undefined;
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

/** @param type ST_CellType; a number without one */
function cellOf(type: string | undefined, inside: string, shared: readonly (string | undefined)[]): Cell {
  if (/<f[\s/>]/.test(inside)) return { fault: 'is a formula' };
  if (type === 'e') return { fault: 'is an error' };
  if (type === 'inlineStr') return told(itemText(inside));
  const value = /<v(?:\s[^<>]*)?>([^<]*)<\/v>/.exec(inside)?.[1];
  if (value === undefined) return { text: '' };
  if (type === 's') return told(/^\d+$/.test(value) ? shared[Number(value)] : undefined);
  if (type === undefined || type === 'n') return numberOf(value);
  return told(textOf(value));
}

const told = (text: string | undefined): Cell => (text === undefined ? { fault: 'cannot be read' } : { text });

/** A whole number of more digits was rounded when it was written: an identity number among them. */
function numberOf(value: string): Cell {
  const [, whole] = /^-?(\d+)(?:\.\d+)?$/.exec(value) ?? [];
  return whole === undefined || whole.length > keptDigits
    ? { fault: 'is a number that a sheet has rounded' }
    : { text: value };
}
