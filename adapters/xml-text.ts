/** What text must be to pass as XML here: well formed, without a document type, without entities of its own. */
import { libraries } from './libraries.js';

/** Text as the content of an element. A bare carriage return would be read as a line feed (XML 1.0, section 2.11). */
export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;');

/** Text as the value of an attribute in double quotes. */
export const escapeAttribute = (text: string): string => escapeText(text).replaceAll('"', '&quot;');

/** True when XML 1.0 has all its characters (section 2.2), and none is of the control characters that it discourages. */
export const isXmlText = (text: string): boolean =>
  !/[^\t\n\r\u{20}-\u{7e}\u{a0}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u.test(text);

/** A declaration, which could define entities, or a CDATA section where none is expected; a comment is neither. */
const declaration = /<!(?!--)/;
/** A reference to anything but a character or one of XML's own five. */
const entity = /&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)/;

/** The characters that references name by number: the parser would leave out those that XML cannot hold. */
function namesCharacters(text: string): boolean {
  for (const [, hexadecimal, decimal] of text.matchAll(/&#(?:x([0-9A-Fa-f]+)|(\d+));/g)) {
    const code = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
    if (code > 0x10ffff || !isXmlText(String.fromCodePoint(code))) return false;
  }
  return true;
}

/** Why the text is none that is read; undefined where it is. */
export function xmlFault(text: string): string | undefined {
  if (declaration.test(text) || entity.test(text)) return 'a declaration or an entity of its own';
  if (!isXmlText(text) || !namesCharacters(text)) return 'not XML';
  // The validator lets text pass after the root.
  if (libraries.xml.XMLValidator.validate(text) !== true || !text.trimEnd().endsWith('>')) return 'not XML';
  return undefined;
}
