/** The tiles that lead from some entries of a tree up to its root, and the proof that they do. */
import type { Hash } from './merkle.js';
import { readRoot } from './proof.js';
import { fullWidth, nodesInTiles, type Tile, tilePath, tileRoot, tileWidth } from './tile.js';

/**
 * The tiles above the entries from `first` up to, not including, `end`, and those at the right edge of a tree of that size,
 * from which its root is made. The highest come first, so that each is known before those it holds the roots of.
 */
export function* coveringTiles(first: number, end: number, size: number): Generator<Tile & { readonly level: number }> {
  let top = 0;
  while (tileWidth(top + 1, 0, size) > 0) top += 1;
  for (let level = top; level >= 0; level--) {
    const leaves = fullWidth ** (level + 1);
    const edge = Math.ceil(Math.floor(size / fullWidth ** level) / fullWidth) - 1;
    const last = Math.min(Math.floor((end - 1) / leaves), edge);
    for (let index = Math.floor(first / leaves); index <= last; index++) {
      yield { level, index, width: tileWidth(level, index, size) };
    }
    if (last < edge || Math.floor(first / leaves) > edge)
      yield { level, index: edge, width: tileWidth(level, edge, size) };
  }
}

export interface TileChain {
  /**
   * Takes the next tile.
   *
   * @returns whether a full one is the root of which the tile above it has the hash; a partial one is in the root
   */
  add(tile: Tile & { readonly level: number }, hashes: readonly Hash[]): boolean;
  /** The root of the tree, once all tiles were taken. @throws {RangeError} when one is missing */
  root(): Promise<Hash>;
}

/** Keeps the upper tiles and the right edge only: some 1 % of all. */
export function chainTiles(size: number): TileChain {
  const kept = new Map<string, readonly Hash[]>();
  return {
    add(tile, hashes) {
      const { level, index, width } = tile;
      if (level > 0 || width < fullWidth) kept.set(tilePath(tile), hashes);
      if (width < fullWidth) return true;
      const above = { level: level + 1, index: Math.floor(index / fullWidth) };
      const holder = kept.get(tilePath({ ...above, width: tileWidth(above.level, above.index, size) }));
      return holder?.[index % fullWidth] === tileRoot(hashes);
    },
    root: () =>
      readRoot(
        size,
        nodesInTiles(size, async tile => {
          const hashes = kept.get(tilePath(tile));
          if (hashes === undefined) throw new RangeError(`there is no ${tilePath(tile)}`);
          return hashes;
        }),
      ),
  };
}
