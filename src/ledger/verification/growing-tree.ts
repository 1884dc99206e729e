/** A tree that is built again leaf by leaf, giving out each tile it fills: O(log n) of memory, each hash made once. */
import { type Hash, nodeHash, rootOf } from '../merkle.js';
import { fullWidth } from '../tile.js';

/** A full tile, `level` and `index` as in its path. */
export interface FullTile {
  readonly level: number;
  readonly index: number;
  readonly hashes: readonly Hash[];
  /** The one hash it has in the tile above. */
  readonly root: Hash;
}

/** For each level of tiles, the hashes of the one that is not full: enough to go on from. */
export interface TreeState {
  readonly size: number;
  readonly levels: readonly (readonly Hash[])[];
}

export interface GrowingTree {
  readonly size: number;
  /** @param filled is told of each tile that the leaf fills, from the bottom up */
  add(leaf: Hash, filled: (tile: FullTile) => void): void;
  root(): Hash;
  state(): TreeState;
}

interface Level {
  hashes: Hash[];
  /** The compact range over those hashes. */
  range: Hash[];
  /** Of the tile that is being filled. */
  index: number;
}

export const emptyTree: TreeState = { size: 0, levels: [] };

export function growTree({ size: from, levels: begun }: TreeState): GrowingTree {
  let size = from;
  const levels: Level[] = [];
  for (const [at, hashes] of begun.entries()) {
    levels.push({ hashes: [], range: [], index: Math.floor(from / fullWidth ** (at + 1)) });
    for (const hash of hashes) put(at, hash, () => {});
  }

  function put(at: number, hash: Hash, filled: (tile: FullTile) => void): void {
    let level = levels[at];
    if (level === undefined) {
      level = { hashes: [], range: [], index: 0 };
      levels.push(level);
    }
    const { range } = level;
    let subtree = hash;
    // As `extend`, in place.
    for (let rest = level.hashes.length; rest % 2 === 1; rest = (rest - 1) / 2)
      subtree = nodeHash(range.pop() ?? '', subtree);
    range.push(subtree);
    level.hashes.push(hash);
    if (level.hashes.length < fullWidth) return;
    filled({ level: at, index: level.index, hashes: level.hashes, root: subtree });
    levels[at] = { hashes: [], range: [], index: level.index + 1 };
    put(at + 1, subtree, filled);
  }

  return {
    get size() {
      return size;
    },
    add(leaf, filled) {
      put(0, leaf, filled);
      size += 1;
    },
    root: () => rootOf({ size, hashes: levels.toReversed().flatMap(({ range }) => range) }),
    state: () => ({ size, levels: levels.map(({ hashes }) => [...hashes]) }),
  };
}
