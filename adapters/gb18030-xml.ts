/** Reads and writes XML in GB 18030, strictly: no document type, no entities of its own, no byte that is no character. */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import iconv from 'iconv-lite';

const encoding = 'gb18030';
export const mediaType = 'text/xml; charset=GB18030';

export type XmlRead = { readonly value: unknown } | { readonly fault: string };

/** Text as the content of an element. */
export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export const encodeXml = (root: string): Buffer =>
  iconv.encode(`<?xml version="1.0" encoding="GB18030"?>${root}`, encoding);

/** What stands for a byte that is no character. */
const replacement = '\ufffd';
/** An XML declaration of another encoding: its bytes would most often be some characters here too, but wrong ones. */
const foreign = /^\s*<\?xml[^>]*?encoding\s*=\s*["'](?!(?:gb18030|gbk|gb2312)["'])/i;
/** A declaration, which could define entities, or a CDATA section, of which these documents have none; a comment is neither. */
const declaration = /<!(?!--)/;
/** A reference to anything but a character or one of XML's own five. */
const entity = /&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)/;
const control = /[^\P{Cc}\t\n\r]/u;

/**
 * Compiles a reader for documents of one kind.
 *
 * @param lists elements that may occur more than once; any other that does is an array where a text is looked for
 */
export function xmlReader(lists: ReadonlySet<string>): (body: Buffer, depthLimit: number) => XmlRead {
  return (body, depthLimit) => {
    const text = iconv.decode(body, encoding);
    if (text.includes(replacement)) return { fault: 'not GB 18030' };
    if (foreign.test(text)) return { fault: 'another encoding declared' };
    if (declaration.test(text) || entity.test(text)) return { fault: 'a declaration or an entity of its own' };
    if (control.test(text) || XMLValidator.validate(text) !== true) return { fault: 'not XML' };
    const parser = new XMLParser({
      parseTagValue: false,
      ignoreAttributes: true,
      ignoreDeclaration: true,
      // The name is misleading: this is what makes it read character references.
      htmlEntities: true,
      isArray: name => lists.has(name),
      maxNestedTags: depthLimit,
    });
    try {
      return { value: parser.parse(text) };
    } catch {
      return { fault: 'nested too deeply, or with a forbidden name' };
    }
  };
}

/** True for XML that says it is in GB 18030, or in one of the sets it contains. */
export const isXml = (type: string | undefined): boolean =>
  type !== undefined && /^(?:text|application)\/xml\s*;\s*charset="?(?:gb18030|gbk|gb2312)"?\s*$/i.test(type);
