/**
 * Finds rows by their key with 8 bytes of memory a row: 32 bits of the key's hash and 32 of the row's place in the
 * snapshot, sorted. Whoever looks up reads the row and compares the key itself, so that a hash decides nothing.
 */

/** Rows begin at multiples of this, so that 32 bits reach 64 GiB. */
export const rowAlignment = 16;
/** Beyond it a row's place has no 32 bits. */
export const longestSnapshot = 2 ** 32 * rowAlignment;

const part = 32n;
const chunkRows = 131_072;

/** FNV-1a over UTF-16 units, with a last mixing (MurmurHash3's) that spreads numbers counting up. */
export function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

export interface IndexBuilder {
  readonly rows: number;
  add(key: string, offset: number): void;
  /** All of it, sorted; the builder is of no use after it. */
  finish(): BigUint64Array;
}

/** Collects in pieces, so that growing copies nothing. */
export function openIndex(): IndexBuilder {
  const chunks: BigUint64Array[] = [];
  let rows = 0;
  return {
    get rows() {
      return rows;
    },
    add(key, offset) {
      const at = rows % chunkRows;
      if (at === 0) chunks.push(new BigUint64Array(chunkRows));
      const chunk = chunks[chunks.length - 1];
      if (chunk !== undefined) chunk[at] = (BigInt(hashOf(key)) << part) | BigInt(offset / rowAlignment);
      rows += 1;
    },
    finish() {
      const index = new BigUint64Array(rows);
      let at = 0;
      for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) {
        index.set(chunk.subarray(0, Math.min(chunkRows, rows - at)), at);
        at += chunkRows;
      }
      return index.sort();
    },
  };
}

const entryAt = (index: BigUint64Array, at: number): bigint => index[at] ?? 0n;
export const hashAt = (index: BigUint64Array, at: number): number => Number(entryAt(index, at) >> part);
export const offsetAt = (index: BigUint64Array, at: number): number =>
  Number(BigInt.asUintN(32, entryAt(index, at))) * rowAlignment;

/** Where the entries of a hash begin, if there are any. */
export function firstOf(index: BigUint64Array, hash: number): number {
  const wanted = BigInt(hash) << part;
  let low = 0;
  let high = index.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (entryAt(index, middle) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One key of several columns; no two lists of cells make the same. */
export const keyOf = (cells: readonly string[]): string =>
  cells.length === 1 ? (cells[0] ?? '') : JSON.stringify(cells);
