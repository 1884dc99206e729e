/** The hashes of RFC 6962, section 2.1, and the compact range from which a log grows without reading what it holds. */
import { hash } from 'node:crypto';

/** Bytes of a hash. */
export const hashLength = 32;

/** A whole tree in O(log n): the roots of the perfect subtrees its leaves make, largest first. */
export interface CompactRange {
  readonly size: number;
  readonly hashes: readonly Buffer[];
}

/** SHA-256(0x00 ‖ entry), the entry as UTF-8. */
export const leafHash = (entry: string): Buffer => hash('sha256', `\u0000${entry}`, 'buffer');

/** SHA-256(0x01 ‖ left ‖ right) */
export function nodeHash(left: Buffer, right: Buffer): Buffer {
  pair.set(left, 1);
  pair.set(right, 1 + hashLength);
  return hash('sha256', pair, 'buffer');
}

const pair = Buffer.alloc(1 + 2 * hashLength);
pair[0] = 0x01;

/** The range of a tree with more leaves; the given range is left as it is. */
export function extend(range: CompactRange, leaves: readonly Buffer[]): CompactRange {
  const hashes = [...range.hashes];
  let size = range.size;
  for (const leaf of leaves) {
    let subtree = leaf;
    // Each trailing 1 of the size is a perfect subtree as large as the one at hand: the two become one.
    for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) {
      const left = hashes.pop();
      if (left === undefined) throw new Error('a compact range does not fit its size');
      subtree = nodeHash(left, subtree);
    }
    hashes.push(subtree);
    size += 1;
  }
  return { size, hashes };
}

/** The root hash of the tree; of an empty one, SHA-256 of nothing. */
export function rootOf(range: CompactRange): Buffer {
  let root: Buffer | undefined;
  for (let index = range.hashes.length - 1; index >= 0; index--) {
    const subtree = range.hashes[index];
    if (subtree !== undefined) root = root === undefined ? subtree : nodeHash(subtree, root);
  }
  return root ?? hash('sha256', '', 'buffer');
}

/** The bytes a range is stored as. */
export const rangeBytes = (range: CompactRange): Buffer => Buffer.concat(range.hashes);

/** @throws when the bytes are not the range of a tree of this size */
export function readRange(size: number, bytes: Buffer): CompactRange {
  const hashes: Buffer[] = [];
  for (let offset = 0; offset < bytes.length; offset += hashLength) {
    hashes.push(bytes.subarray(offset, offset + hashLength));
  }
  let subtrees = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) subtrees += rest % 2;
  if (bytes.length !== subtrees * hashLength) throw new Error('a compact range does not fit its size');
  return { size, hashes };
}
