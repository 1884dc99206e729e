/** Turns the bytes of an XML document into text, where all that tells its encoding agrees (RFC 7303, section 3). */
import { libraries } from './libraries.js';

/** GBK and GB 2312 are parts of GB 18030, and read as it. */
const gb = 'gb18030';
/** UTF-16 whose byte order something else must tell. */
const utf16 = 'utf-16';
const known: ReadonlyMap<string, string> = new Map([
  ...['utf-8', 'utf8'].map(name => [name, 'utf-8'] as const),
  ...[utf16, 'utf-16le', 'utf-16be'].map(name => [name, name] as const),
  ...[gb, 'gbk', 'gb2312'].map(name => [name, gb] as const),
]);

/** Longest beginning in which an XML declaration is looked for. */
const declarationBytes = 400;
const declaration = /^\ufeff?<\?xml\s[^>]*?encoding\s*=\s*["']([\w.-]+)["']/;
/** What stands for a byte that is no character. */
const replacement = '\ufffd';

export type Decoded = { readonly text: string } | { readonly fault: string };

/**
 * @param told what the media type says, if anything
 * @returns the text, unless the media type, the byte order mark and the XML declaration name different encodings, one
 *   names another than UTF-8, UTF-16, GB 18030, GBK and GB 2312, or a byte is no character
 */
export function decodeXml(body: Buffer, told: string | undefined): Decoded {
  const layout = layoutOf(body);
  const head = body.subarray(0, declarationBytes);
  const start = layout?.startsWith(utf16) ? new TextDecoder(layout).decode(head) : head.toString('latin1');
  const declared = declaration.exec(start.replace(/^\xef\xbb\xbf/, ''))?.[1];
  const named = [told, declared].filter(name => name !== undefined).map(name => known.get(name.toLowerCase()));
  if (named.includes(undefined)) return { fault: 'another encoding' };
  const all = new Set([...named, layout].filter(name => name !== undefined));
  if (all.size > 1) all.delete(utf16);
  const [only = 'utf-8'] = all;
  if (all.size > 1 || only === utf16) return { fault: 'encodings that disagree' };
  const text = only === gb ? decodeGb(body) : decodeUnicode(body, only);
  return text === undefined ? { fault: `not ${only}` } : { text };
}

/** What the first bytes show: a byte order mark, or how a `<` is laid out (XML 1.0, appendix F). */
function layoutOf([first, second, third]: Buffer): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return 'utf-16be';
  return undefined;
}

function decodeGb(body: Buffer): string | undefined {
  const text = libraries.iconv.decode(body, gb);
  return text.includes(replacement) ? undefined : text;
}

function decodeUnicode(body: Buffer, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}
