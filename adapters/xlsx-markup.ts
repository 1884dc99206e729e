/**
 * Cuts a part of a workbook into elements of one name as it is unpacked, since a sheet of a million rows is no tree to hold. It takes
 * what spreadsheet programs write, and refuses comments, sections and declarations: so that `<` begins a tag and nothing else.
 */
import { PartError } from './zip-parts.js';

/** Of SpreadsheetML, transitional and strict (ISO/IEC 29500). */
const namespaces = [
  'http://schemas.openxmlformats.org/spreadsheetml/2006/main',
  'http://purl.oclc.org/ooxml/spreadsheetml/main',
];

export interface Piece {
  /** What is written in the tag behind the name. */
  readonly attributes: string;
  /** What is between its tags; empty for an element that is. Prefixes are cut off. */
  readonly content: string;
}

/** In a tag; a value may hold `>`, and never `<`. */
export const attributesPattern = `((?:\\s+[\\w:.-]+\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*`;

/**
 * @param name local name of the elements that are wanted; none of them is within another
 * @param longest of one element, in UTF-16 units
 */
export async function* piecesOf(bytes: AsyncIterable<Buffer>, name: string, longest: number): AsyncGenerator<Piece> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let prefix: string | undefined;
  let open = /(?!)/;
  let close = '';
  const decode = (chunk?: Buffer): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch {
      throw new PartError('a part of it is not UTF-8');
    }
  };
  for await (const chunk of bytes) {
    rest += decode(chunk);
    if (prefix === undefined) {
      const root = /^\s*(?:<\?xml[^>]*\?>)?\s*<(?:([\w.-]+):)?[\w.-]+((?:\s[^<>]*)?)>/.exec(rest);
      if (root === null && rest.length <= longest) continue;
      prefix = prefixOf(root);
      rest = rest.slice(root?.[0].length);
      open = new RegExp(`<${prefix}${name}${attributesPattern}(/?)>`, 'g');
      close = `</${prefix}${name}>`;
    }
    if (/<[!?]/.test(rest)) throw new PartError('a part of it holds a comment, a section or a declaration');
    for (;;) {
      open.lastIndex = 0;
      const found = open.exec(rest);
      if (found === null) break;
      const [tag, attributes = '', empty] = found;
      const start = found.index + tag.length;
      const end = empty === '/' ? start : rest.indexOf(close, start);
      if (end === -1) break;
      const content = rest.slice(start, end);
      yield {
        attributes,
        content: prefix === '' ? content : content.replaceAll(new RegExp(`<(/?)${prefix}`, 'g'), '<$1'),
      };
      rest = rest.slice(empty === '/' ? end : end + close.length);
    }
    const begun = rest.search(new RegExp(`<${prefix}${name}[\\s/>]`));
    // What is before it belongs to other elements; a tag may be cut in two.
    rest = begun === -1 ? rest.slice(Math.max(0, rest.lastIndexOf('<'))) : rest.slice(begun);
    if (rest.length > longest) throw new PartError(`one ${name} of it is longer than it may be`);
  }
  decode();
  if (prefix === undefined) throw new PartError('a part of it is no part of a workbook');
  if (new RegExp(`<${prefix}${name}[\\s/>]`).test(rest)) throw new PartError('a part of it breaks off');
}

/** What goes before the names of SpreadsheetML in this part. */
function prefixOf(root: RegExpExecArray | null): string {
  const [, prefix, attributes = ''] = root ?? [];
  const declared = new RegExp(`\\sxmlns${prefix === undefined ? '' : `:${prefix}`}\\s*=\\s*["']([^"']*)["']`).exec(
    attributes,
  );
  if (!namespaces.includes(declared?.[1] ?? '')) throw new PartError('a part of it is no part of a workbook');
  return prefix === undefined ? '' : `${prefix}:`;
}

export const attributeIn = (attributes: string, name: string): string | undefined =>
  new RegExp(`\\s${name}\\s*=\\s*["']([^"']*)["']`).exec(attributes)?.[1];

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Text with its references and its own escapes (`_x000D_`) read; undefined for a reference to anything else. */
export function textOf(written: string): string | undefined {
  let known = true;
  const read = written.replace(/&(?:#(\d{1,7})|#x([\dA-Fa-f]{1,6})|([a-z]+));|&/g, (_, decimal, hex, name) => {
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    const character = name === undefined ? codePoint(code) : named[name];
    known &&= character !== undefined;
    return character ?? '';
  });
  return known
    ? read.replace(/_x([\dA-Fa-f]{4})_/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    : undefined;
}

const codePoint = (code: number): string | undefined =>
  code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;

/** All text of a string item, without its phonetic runs. */
export function itemText(content: string): string | undefined {
  const runs = content.replace(/<rPh\b.*?<\/rPh>/gs, '');
  const texts = [...runs.matchAll(/<t(?:\s[^<>]*)?>([^<]*)<\/t>/g)].map(([, text = '']) => textOf(text));
  return texts.includes(undefined) ? undefined : texts.join('');
}
