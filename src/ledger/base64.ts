/** Standard base64 (RFC 4648, section 4), read strictly: one text for one value, so that nothing signed has a second form. */
import { type Hash, hashLength } from './merkle.js';

/** The bytes of a base64 text, or null when it is not just as it would be written. */
export function readBase64(text: string): Buffer | null {
  // Buffer skips what is not base64, and takes its URL alphabet too.
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

/** The hash that a base64 text stands for, or null. */
export function readHash(text: string): Hash | null {
  const bytes = readBase64(text);
  return bytes?.length === hashLength ? bytes.toString('hex') : null;
}

/** A hash as base64, the form it has in checkpoints and proofs. */
export const writeHash = (hash: Hash): string => Buffer.from(hash, 'hex').toString('base64');
