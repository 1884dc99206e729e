/** Reads and writes XML in GB 18030, strictly: no document type, no entities of its own, no byte that is no character. */
import { libraries } from './libraries.js';
import { decodeXml } from './xml-charset.js';
import { xmlFault } from './xml-text.js';

const encoding = 'gb18030';
export const mediaType = 'text/xml; charset=GB18030';

export type XmlRead = { readonly value: unknown } | { readonly fault: string };

export const encodeXml = (root: string): Buffer =>
  libraries.iconv.encode(`<?xml version="1.0" encoding="GB18030"?>${root}`, encoding);

/**
 * Compiles a reader for documents of one kind.
 *
 * @param lists elements that may occur more than once; any other that does is an array where a text is looked for
 */
export function xmlReader(lists: ReadonlySet<string>): (body: Buffer, depthLimit: number) => XmlRead {
  return (body, depthLimit) => {
    const decoded = decodeXml(body, encoding);
    if ('fault' in decoded) return decoded;
    const { text } = decoded;
    const fault = xmlFault(text);
    if (fault !== undefined) return { fault };
    const parser = new libraries.xml.XMLParser({
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
