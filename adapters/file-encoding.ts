/** Turns the bytes of a drop into text as they come; a byte that is no character becomes one that no row may hold. */

import type { FileSettings } from '../schemas/stile/adapters/file-settings.js';
import { libraries } from './libraries.js';

export type Encoding = NonNullable<FileSettings['encoding']>;

/** What stands for a byte that is no character. */
const replacement = '\ufffd';

/** GBK is a part of GB 18030, and read as it. */
const names: Readonly<Record<Exclude<Encoding, 'UTF-16'>, string>> = {
  'UTF-8': 'utf-8',
  'UTF-16LE': 'utf-16le',
  'UTF-16BE': 'utf-16be',
  GB18030: 'gb18030',
  GBK: 'gb18030',
};

export interface TextReader {
  write(bytes: Buffer): string;
  end(): string;
}

/**
 * Reads one file from its beginning; a byte order mark is left out.
 *
 * @param start its first two bytes
 * @returns undefined for UTF-16 whose byte order nothing tells
 */
export function openText(encoding: Encoding, [first, second]: Buffer): TextReader | undefined {
  const bigEndian = first === 0xfe && second === 0xff;
  const littleEndian = first === 0xff && second === 0xfe;
  if (encoding === 'UTF-16' && !bigEndian && !littleEndian) return undefined;
  const name = encoding === 'UTF-16' ? (bigEndian ? 'utf-16be' : 'utf-16le') : names[encoding];
  const decoder = libraries.iconv.getDecoder(name, { stripBOM: true });
  return { write: bytes => decoder.write(bytes), end: () => decoder.end() ?? '' };
}

/** Whether text holds what came of bytes that are no character, half a surrogate pair among them. */
export const isBroken = (text: string): boolean => text.includes(replacement) || /\p{Surrogate}/u.test(text);
