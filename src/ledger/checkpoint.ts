/** Checkpoints (c2sp.org/tlog-checkpoint): the text of the signed note in which a log says its size and root. */
import { readHash, writeHash } from './base64.js';
import { readDecimal } from './decimal.js';
import type { Hash } from './merkle.js';

export interface Checkpoint {
  /** Which log it is of. */
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
  /** "The use of extension lines is NOT RECOMMENDED": we write none, and read those of others. */
  readonly extensions?: readonly string[];
}

/**
 * @returns the text of the note to be signed
 * @throws {TypeError} when that would not be a checkpoint
 */
export function formatCheckpoint({ origin, size, root, extensions = [] }: Checkpoint): string {
  const [decimal, base64] = [String(size), writeHash(root)];
  const lines = [origin, decimal, base64, ...extensions];
  const isOneEach = lines.every(line => line !== '' && !line.includes('\n'));
  if (!isOneEach || readDecimal(decimal) === null || readHash(base64) === null) {
    throw new TypeError('this cannot be written as a checkpoint');
  }
  return `${lines.join('\n')}\n`;
}

/**
 * Reads the text of a note, "a sequence of at least three non-empty lines, separated by newlines" ("Note text").
 *
 * @param text of a note whose signatures were verified
 * @throws {SyntaxError} when it is no checkpoint
 */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n');
  const last = lines.pop();
  const [origin = '', decimal = '', base64 = '', ...extensions] = lines;
  const size = readDecimal(decimal);
  const root = readHash(base64);
  if (last !== '' || lines.includes('') || size === null || root === null) throw new SyntaxError('not a checkpoint');
  return extensions.length > 0 ? { origin, size, root, extensions } : { origin, size, root };
}
