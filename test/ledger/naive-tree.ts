/** RFC 6962, section 2.1, word by word and without our own code: what roots and proofs are held against. */
import { createHash } from 'node:crypto';

const sha256 = (...parts: readonly Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

/** The Merkle Tree Hash of a list of entries. */
export function naiveRoot(entries: readonly Buffer[]): Buffer {
  const [only] = entries;
  if (only === undefined) return sha256();
  if (entries.length === 1) return sha256(Buffer.of(0), only);
  const split = splitOf(entries.length);
  return sha256(Buffer.of(1), naiveRoot(entries.slice(0, split)), naiveRoot(entries.slice(split)));
}

/** PATH(m, D[n]): the Merkle audit path of an entry. */
export function naivePath(index: number, entries: readonly Buffer[]): readonly Buffer[] {
  if (entries.length === 1) return [];
  const split = splitOf(entries.length);
  const [left, right] = [entries.slice(0, split), entries.slice(split)];
  return index < split
    ? [...naivePath(index, left), naiveRoot(right)]
    : [...naivePath(index - split, right), naiveRoot(left)];
}

/** SUBPROOF(m, D[n], b), which is PROOF(m, D[n]) when b is true. */
export function naiveProof(first: number, entries: readonly Buffer[], b = true): readonly Buffer[] {
  if (first === entries.length) return b ? [] : [naiveRoot(entries)];
  const split = splitOf(entries.length);
  const [left, right] = [entries.slice(0, split), entries.slice(split)];
  return first <= split
    ? [...naiveProof(first, left, b), naiveRoot(right)]
    : [...naiveProof(first - split, right, false), naiveRoot(left)];
}

/** "The largest power of two smaller than n." */
function splitOf(n: number): number {
  let split = 1;
  while (split * 2 < n) split *= 2;
  return split;
}
