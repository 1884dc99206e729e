/** Transparency log proofs (c2sp.org/tlog-proof): all that shows, offline, that an entry is in a log. */
import { readBase64, readHash, writeHash } from './base64.js';
import { parseCheckpoint } from './checkpoint.js';
import { readDecimal } from './decimal.js';
import type { Hash } from './merkle.js';
import { parseNote } from './note.js';

export interface TlogProof {
  /** "MUST NOT implicitly trust the extra data, as it is not authenticated" ("Format"). Never empty. */
  readonly extra?: Buffer;
  /** Of the entry, from 0. */
  readonly index: number;
  /** The inclusion proof: from the leaf's sibling up. */
  readonly proof: readonly Hash[];
  /** The signed note, "verbatim". */
  readonly checkpoint: string;
}

const header = 'c2sp.org/tlog-proof@v1';
const extraLine = 'extra ';
const indexLine = 'index ';

/**
 * @returns the proof as the text of a `.tlog-proof` file
 * @throws {TypeError} when that would not be one
 */
export function formatTlogProof({ extra, index, proof, checkpoint }: TlogProof): string {
  const extraLines = extra === undefined ? [] : [`${extraLine}${extra.toString('base64')}`];
  const text = [header, ...extraLines, `${indexLine}${index}`, ...proof.map(writeHash), '', checkpoint].join('\n');
  try {
    parseTlogProof(text);
  } catch (cause) {
    throw new TypeError('this cannot be written as a proof', { cause });
  }
  return text;
}

/**
 * Takes a proof apart. It proves nothing before the signatures of its checkpoint and the inclusion of the leaf are verified.
 *
 * @throws {SyntaxError} when the text has not the form of one ("Format")
 */
export function parseTlogProof(text: string): TlogProof {
  const end = text.indexOf('\n\n');
  const [first, ...lines] = text.slice(0, Math.max(end, 0)).split('\n');
  if (first !== header) throw new SyntaxError('not a proof of a transparency log');

  const extra = lines[0]?.startsWith(extraLine) ? readBase64(lines.shift()?.slice(extraLine.length) ?? '') : undefined;
  if (extra === null || extra?.length === 0) throw new SyntaxError('the extra data of a proof is not base64');

  const line = lines.shift() ?? '';
  const index = line.startsWith(indexLine) ? readDecimal(line.slice(indexLine.length)) : null;
  if (index === null) throw new SyntaxError('a proof has not the index of its entry');

  const proof = lines.map(base64 => {
    const hash = readHash(base64);
    if (hash === null) throw new SyntaxError('a line of an inclusion proof is not a hash');
    return hash;
  });
  const checkpoint = text.slice(end + 2);
  parseCheckpoint(parseNote(checkpoint).text);
  return extra === undefined ? { index, proof, checkpoint } : { extra, index, proof, checkpoint };
}
