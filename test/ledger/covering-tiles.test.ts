import t from 'tap';
import { chainTiles, coveringTiles } from '../../src/ledger/covering-tiles.js';
import { emptyRange, extend, leafHash, rootOf } from '../../src/ledger/merkle.js';
import { fullWidth, tilePath, tileRoot } from '../../src/ledger/tile.js';

/** The hashes of each level of tiles over so many leaves. */
function levelsOf(size: number): string[][] {
  const levels = [Array.from({ length: size }, (_, at) => leafHash(Buffer.from(String(at))))];
  for (let below = levels[0] ?? []; below.length >= fullWidth; ) {
    const from = below;
    const full = Math.floor(from.length / fullWidth);
    below = Array.from({ length: full }, (_, at) => tileRoot(from.slice(at * fullWidth, (at + 1) * fullWidth)));
    levels.push(below);
  }
  return levels;
}

/** Two levels filled to the last, and into the third: 65,536 leaves are one tile of level 1. */
const large = levelsOf(66_400);

t.test('the tiles over some entries lead to the root, and cover each of them', async t => {
  for (const [first, end, size] of [
    [0, 1, 1],
    [0, 256, 256],
    [255, 257, 257],
    [256, 300, 513],
    [0, 10, 1000],
    [65_000, 65_536, 65_536],
    [0, 1, 65_536],
    [65_536, 65_540, 65_541],
    [100, 66_300, 66_400],
    [66_390, 66_400, 66_400],
  ] as const) {
    const levels = large.map((hashes, level) => hashes.slice(0, Math.floor(size / fullWidth ** level)));
    const chain = chainTiles(size);
    const leaves = new Set<number>();
    const paths: string[] = [];
    for (const tile of coveringTiles(first, end, size)) {
      const from = tile.index * fullWidth;
      const hashes = levels[tile.level]?.slice(from, from + tile.width) ?? [];
      t.equal(hashes.length, tile.width, tilePath(tile));
      t.ok(chain.add(tile, hashes), tilePath(tile));
      paths.push(tilePath(tile));
      if (tile.level === 0) for (let at = 0; at < tile.width; at++) leaves.add(from + at);
    }
    t.equal(new Set(paths).size, paths.length, 'each once');
    for (let index = first; index < end; index++) if (!leaves.has(index)) t.fail(`${index} is in no tile`);
    t.equal(await chain.root(), rootOf(extend(emptyRange, levels[0] ?? [])), `${first} to ${end} of ${size}`);
  }
});

t.test('a tile that is not in the one above it is refused, and one that is missing is missed', async t => {
  const tiles = [...coveringTiles(0, 600, 1000)];
  const hashesOf = (tile: (typeof tiles)[number]) =>
    (levelsOf(1000)[tile.level] ?? []).slice(tile.index * fullWidth, tile.index * fullWidth + tile.width);
  const chain = chainTiles(1000);
  const [top, , second] = tiles;
  if (top === undefined || second === undefined) throw new Error('there are more tiles');
  t.ok(chain.add(top, hashesOf(top)));
  t.ok(chain.add(second, hashesOf(second)));
  t.notOk(chain.add(second, hashesOf(second).toReversed()));
  await t.rejects(chain.root(), RangeError, 'the right edge was not added');
});
