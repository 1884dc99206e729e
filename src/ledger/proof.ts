/** Inclusion and consistency proofs: made from the nodes of a tree as RFC 6962 says, and verified as RFC 9162 does. */
import { emptyRange, type Hash, nodeHash, rootOf } from './merkle.js';

/** A perfect subtree: that of the leaves from `index` · 2^level on, 2^level of them. A leaf is one of level 0. */
export interface Node {
  readonly level: number;
  readonly index: number;
}

/**
 * Reads the hashes of nodes, in their order. A proof asks once for all it needs, as each question may be a trip to a
 * database or a tile server.
 */
export type ReadNodes = (nodes: readonly Node[]) => readonly Hash[] | Promise<readonly Hash[]>;

/** A tree of which size and root are known, as from a checkpoint. */
export interface TreeHead {
  readonly size: number;
  readonly root: Hash;
}

/** The leaves from `start` up to, not including, `end`; one of those into which RFC 6962 splits a tree. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * The root of a tree of that size: RFC 6962, section 2.1, MTH(D[n]).
 *
 * @throws {RangeError} for what is no size
 */
export async function readRoot(size: number, read: ReadNodes): Promise<Hash> {
  if (!isIndex(size)) throw new RangeError(`no tree is of size ${size}`);
  const [root] = size === 0 ? [] : await readRanges([{ start: 0, end: size }], read);
  return root ?? rootOf(emptyRange);
}

/**
 * The proof that a leaf is in a tree: RFC 6962, section 2.1.1, PATH(m, D[n]).
 *
 * @returns hashes from the leaf's sibling up
 * @throws {RangeError} unless index < size
 */
export async function proveInclusion(index: number, size: number, read: ReadNodes): Promise<readonly Hash[]> {
  if (!isIndex(index) || !isIndex(size) || index >= size)
    throw new RangeError(`a tree of ${size} has no leaf ${index}`);
  return readRanges(inclusionRanges(index, { start: 0, end: size }), read);
}

/**
 * The proof that a tree is the beginning of a larger one: RFC 6962, section 2.1.2, PROOF(m, D[n]).
 *
 * @throws {RangeError} unless 0 < first <= second: of an empty tree there is nothing to prove
 */
export async function proveConsistency(first: number, second: number, read: ReadNodes): Promise<readonly Hash[]> {
  if (!isIndex(first) || !isIndex(second) || first === 0 || first > second) {
    throw new RangeError(`a tree of ${second} is none that one of ${first} grew to`);
  }
  return readRanges(consistencyRanges(first, { start: 0, end: second }), read);
}

function inclusionRanges(index: number, range: Range): Range[] {
  const { start, end } = range;
  if (end - start === 1) return [];
  const split = splitOf(range);
  const left = { start, end: split };
  const right = { start: split, end };
  return index < split ? [...inclusionRanges(index, left), right] : [...inclusionRanges(index, right), left];
}

/** SUBPROOF(m, D[n], b), where b holds just as long as the range begins where the tree does. */
function consistencyRanges(first: number, range: Range): Range[] {
  const { start, end } = range;
  if (first === end) return start === 0 ? [] : [range];
  const split = splitOf(range);
  const left = { start, end: split };
  const right = { start: split, end };
  return first <= split ? [...consistencyRanges(first, left), right] : [...consistencyRanges(first, right), left];
}

/** Where "k is the largest power of two smaller than n" splits a range. */
function splitOf({ start, end }: Range): number {
  let k = 1;
  while (k * 2 < end - start) k *= 2;
  return start + k;
}

/** The root of each range, from the perfect subtrees it is made of, largest first. */
async function readRanges(ranges: readonly Range[], read: ReadNodes): Promise<readonly Hash[]> {
  const nodes = ranges.map(nodesOf);
  const all = nodes.flat();
  const hashes = await read(all);
  if (hashes.length !== all.length) throw new Error(`${hashes.length} hashes were read for ${all.length} nodes`);
  let next = 0;
  return ranges.map(({ start, end }, at) => {
    const from = next;
    next += nodes[at]?.length ?? 0;
    return rootOf({ size: end - start, hashes: hashes.slice(from, next) });
  });
}

function nodesOf({ start, end }: Range): Node[] {
  const nodes: Node[] = [];
  let from = start;
  while (from < end) {
    let level = 0;
    let width = 1;
    while (width * 2 <= end - from) {
      width *= 2;
      level += 1;
    }
    nodes.push({ level, index: from / width });
    from += width;
  }
  return nodes;
}

/** RFC 9162, section 2.1.3.2. */
export function verifyInclusion(proof: readonly Hash[], index: number, leaf: Hash, { size, root }: TreeHead): boolean {
  if (!isIndex(index) || !isIndex(size) || index >= size || ![leaf, ...proof].every(isHash)) return false;
  let fn = index;
  let sn = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(sibling, hash);
      while (fn % 2 === 0 && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 && hash === root;
}

/**
 * RFC 9162, section 2.1.4.2.
 *
 * @returns false for an empty first tree too: everything is consistent with it, and no proof says so
 */
export function verifyConsistency(proof: readonly Hash[], first: TreeHead, second: TreeHead): boolean {
  if (!isIndex(first.size) || !isIndex(second.size) || first.size === 0) return false;
  if (first.size === second.size) return proof.length === 0 && first.root === second.root;
  if (first.size > second.size || proof.length === 0 || ![first.root, ...proof].every(isHash)) return false;

  let fn = first.size - 1;
  let sn = second.size - 1;
  while (fn % 2 === 1) {
    fn = half(fn);
    sn = half(sn);
  }
  // Only where the first size is a power of two is nothing left of it: then the path begins with the first root.
  const [start = '', ...path] = fn === 0 ? [first.root, ...proof] : proof;
  let fr = start;
  let sr = start;
  for (const sibling of path) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      fr = nodeHash(sibling, fr);
      sr = nodeHash(sibling, sr);
      while (fn % 2 === 0 && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      sr = nodeHash(sr, sibling);
    }
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 && fr === first.root && sr === second.root;
}

/** Not by shifting: that ends at 2^32. */
const half = (number: number): number => Math.floor(number / 2);

const isIndex = (number: number): boolean => Number.isSafeInteger(number) && number >= 0;

/** What is none would leave bytes of another in the node that is hashed. */
const hashForm = /^[0-9a-f]{64}$/;
const isHash = (text: Hash): boolean => hashForm.test(text);
