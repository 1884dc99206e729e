/** The hashes of RFC 6962, section 2.1, and the compact range from which a log grows without reading what it holds. */
import { hash } from 'node:crypto';

/** A SHA-256 in hex: strings, because making a Buffer costs more than the hash. */
export type Hash = string;

/** Bytes of a hash. */
export const hashLength = 32;

/** What stands before an entry when it is hashed; the byte that tells leaves from nodes. */
export const leafPrefix = 0x00;
const nodePrefix = 0x01;

/** A whole tree in O(log n): the roots of the perfect subtrees its leaves make, largest first. */
export interface CompactRange {
  readonly size: number;
  readonly hashes: readonly Hash[];
}

export const emptyRange: CompactRange = { size: 0, hashes: [] };

/** SHA-256(0x00 ‖ entry) */
export const leafHash = (entry: Buffer): Hash => hash('sha256', Buffer.concat([Buffer.of(leafPrefix), entry]), 'hex');

const node = Buffer.alloc(1 + 2 * hashLength);
node[0] = nodePrefix;

/** SHA-256(0x01 ‖ left ‖ right) */
export function nodeHash(left: Hash, right: Hash): Hash {
  node.write(left, 1, 'hex');
  node.write(right, 1 + hashLength, 'hex');
  return hash('sha256', node, 'hex');
}

/** The range of a tree with more leaves; the given range is left as it is. */
export function extend(range: CompactRange, leaves: readonly Hash[]): CompactRange {
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
export function rootOf(range: CompactRange): Hash {
  if (range.hashes.length === 0) return hash('sha256', '', 'hex');
  return range.hashes.reduceRight((right, left) => nodeHash(left, right));
}

/**
 * Reads a range from the bytes it is stored as, its hashes one after another.
 *
 * @throws when the bytes are not the range of a tree of this size
 */
export function readRange(size: number, bytes: Buffer): CompactRange {
  let subtrees = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) subtrees += rest % 2;
  if (bytes.length !== subtrees * hashLength) throw new Error('a compact range does not fit its size');
  const hashes = Array.from({ length: subtrees }, (_, at) =>
    bytes.toString('hex', at * hashLength, (at + 1) * hashLength),
  );
  return { size, hashes };
}
