/** Tiles (c2sp.org/tlog-tiles): the hashes of a tree, 256 of a level together, from which others make their own proofs. */
import { readDecimal } from './decimal.js';
import { emptyRange, extend, type Hash, hashLength, rootOf } from './merkle.js';
import type { Node, ReadNodes } from './proof.js';

/** Hashes of a full tile, and entries of a full bundle. */
export const fullWidth = 256;
/** A tile is a subtree of this height. */
const tileHeight = 8;
/** Of a tile: "a decimal ASCII integer between 0 and 63" ("Merkle Tree"). */
const highestLevel = 63;

/** One resource: hashes of the tree, or a bundle of the entries below a tile of level 0. */
export interface Tile {
  readonly level: number | 'entries';
  readonly index: number;
  /** 1 to 255 of a partial one, 256 of a full one. */
  readonly width: number;
}

/** `tile/<L>/<N>[.p/<W>]` and `tile/entries/<N>[.p/<W>]`, with no slash before it ("Merkle Tree", "Log entries"). */
export function tilePath({ level, index, width }: Tile): string {
  let number = String(index % 1000).padStart(3, '0');
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    number = `x${String(rest % 1000).padStart(3, '0')}/${number}`;
  }
  return `tile/${level}/${number}${width === fullWidth ? '' : `.p/${width}`}`;
}

const pathForm = /^tile\/(entries|\d+)\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d+))?$/;

/** The tile that has this path, or null when none has: each has one path only. */
export function parseTilePath(path: string): Tile | null {
  const [, part = '', number = '', partial] = pathForm.exec(path) ?? [];
  const level: Tile['level'] | null = part === 'entries' ? part : readDecimal(part);
  const index = Number(number.replaceAll(/[x/]/g, ''));
  const width = partial === undefined ? fullWidth : readDecimal(partial);
  if (level === null || width === null || (level !== 'entries' && level > highestLevel)) return null;
  if (width === 0 || width > fullWidth || !Number.isSafeInteger(index)) return null;
  const tile: Tile = { level, index, width };
  return tilePath(tile) === path ? tile : null;
}

/**
 * How wide a tile is in a tree of that size, 0 when the tree has not got that far. Narrower ones of the same index are
 * those of smaller trees.
 */
export function tileWidth(level: Tile['level'], index: number, size: number): number {
  const hashes = Math.floor(size / fullWidth ** (level === 'entries' ? 0 : level));
  return Math.min(Math.max(hashes - index * fullWidth, 0), fullWidth);
}

/** The tiles of a tree of that size, bundles of entries included; partial ones only of just this size. */
export function* tilesOf(size: number): Generator<Tile> {
  yield* tilesOfLevel('entries', size);
  for (let level = 0; fullWidth ** level <= size; level++) yield* tilesOfLevel(level, size);
}

function* tilesOfLevel(level: Tile['level'], size: number): Generator<Tile> {
  for (let index = 0; ; index++) {
    const width = tileWidth(level, index, size);
    if (width === 0) return;
    yield { level, index, width };
  }
}

export const encodeTile = (hashes: readonly Hash[]): Buffer => Buffer.from(hashes.join(''), 'hex');

/** @throws {SyntaxError} when the bytes are not those of as many hashes */
export function decodeTile(bytes: Buffer, width: number): readonly Hash[] {
  if (bytes.length !== width * hashLength) throw new SyntaxError(`not the ${width} hashes of a tile`);
  return Array.from({ length: width }, (_, at) => bytes.toString('hex', at * hashLength, (at + 1) * hashLength));
}

/** The one hash that a full tile has in the tile above it. */
export const tileRoot = (hashes: readonly Hash[]): Hash => rootOf(extend(emptyRange, hashes));

/** Where the hash of a node is: the root over the hashes `from` up to, not including, `to` of a tile. */
export interface NodePlace {
  readonly level: number;
  readonly index: number;
  readonly from: number;
  readonly to: number;
}

export function placeOf(node: Node): NodePlace {
  const height = node.level % tileHeight;
  const width = 2 ** height;
  const first = node.index * width;
  const from = first % fullWidth;
  return { level: (node.level - height) / tileHeight, index: (first - from) / fullWidth, from, to: from + width };
}

/**
 * Reads nodes from the tiles of a tree of that size, each tile once for all the nodes asked for together.
 *
 * @param readTile is asked for tiles that the tree has, as wide as it has them. What it answers is taken as it is: the
 * proof or the root made of it is what is to be verified.
 */
export function nodesInTiles(size: number, readTile: (tile: Tile) => Promise<readonly Hash[]>): ReadNodes {
  return async nodes => {
    const places = nodes.map(node => {
      const { level, index, from, to } = placeOf(node);
      const width = tileWidth(level, index, size);
      if (to > width) throw new RangeError(`a tree of ${size} has no node ${node.index} of level ${node.level}`);
      const tile = { level, index, width };
      return { tile, path: tilePath(tile), from, to };
    });
    const tiles = new Map(places.map(({ path, tile }) => [path, tile]));
    const reads = Array.from(tiles, async ([path, tile]) => [path, await readTile(tile)] as const);
    const hashes = new Map(await Promise.all(reads));
    return places.map(({ path, from, to }) => tileRoot(hashes.get(path)?.slice(from, to) ?? []));
  };
}
