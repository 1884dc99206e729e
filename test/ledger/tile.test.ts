import t from 'tap';
import { emptyRange, extend, type Hash, leafHash, rootOf } from '../../src/ledger/merkle.js';
import { proveConsistency, proveInclusion, type ReadNodes, readRoot } from '../../src/ledger/proof.js';
import {
  decodeTile,
  encodeTile,
  fullWidth,
  nodesInTiles,
  parseTilePath,
  placeOf,
  type Tile,
  tilePath,
  tileRoot,
  tilesOf,
  tileWidth,
} from '../../src/ledger/tile.js';
import { naivePath, naiveProof, naiveRoot } from './naive-tree.js';

t.test('paths', async t => {
  const paths: Readonly<Record<string, Tile>> = {
    'tile/0/000': { level: 0, index: 0, width: 256 },
    'tile/0/x001/x234/067': { level: 0, index: 1234067, width: 256 },
    'tile/0/x001/000.p/1': { level: 0, index: 1000, width: 1 },
    'tile/1/999.p/255': { level: 1, index: 999, width: 255 },
    'tile/63/000': { level: 63, index: 0, width: 256 },
    'tile/entries/273.p/112': { level: 'entries', index: 273, width: 112 },
    'tile/entries/x273/112': { level: 'entries', index: 273112, width: 256 },
    'tile/5/x009/x007/x199/x254/x740/991': { level: 5, index: Number.MAX_SAFE_INTEGER, width: 256 },
  };
  for (const [path, tile] of Object.entries(paths)) {
    t.equal(tilePath(tile), path);
    t.same(parseTilePath(path), tile, path);
  }
});

t.test('what is no path of a tile', async t => {
  for (const path of [
    '',
    'tile/0/',
    '/tile/0/000',
    'tile/0/000/',
    'tile/0/0',
    'tile/0/0000',
    'tile/0/x000',
    'tile/0/x000/001',
    'tile/0/001/234',
    'tile/0/X001/234',
    'tile/0/x001/x234',
    'tile/0/x01/234',
    'tile/0/x001//234',
    'tile/00/000',
    'tile/64/000',
    'tile/-1/000',
    'tile/ 1/000',
    'tile/8/0/000',
    'tile/data/000',
    'tile/entries',
    'tile/entries/000.p/0',
    'tile/0/000.p',
    'tile/0/000.p/',
    'tile/0/000.p/0',
    'tile/0/000.p/01',
    'tile/0/000.p/256',
    'tile/0/000.p/257',
    'tile/0/000.p/1/2',
    'tile/0/000p/1',
    'tile/0/x000.p/1',
    'tile/0/000\n',
    'tile/0/../0/000',
    'tile/0/٠٠٠',
    'tile/0/x009/x007/x199/x254/x740/992',
    `tile/0/${'x999/'.repeat(200)}999`,
    `tile/${'9'.repeat(400)}/000`,
  ]) {
    t.equal(parseTilePath(path), null, JSON.stringify(path.slice(0, 60)));
  }
});

t.test('the tiles of the sizes that the text names', async t => {
  const tiles = [...tilesOf(70_000)];
  const count = (level: Tile['level'], isFull: boolean) =>
    tiles.filter(tile => tile.level === level && (tile.width === fullWidth) === isFull).length;
  t.equal(count(0, true), 273);
  t.equal(count('entries', true), 273);
  t.equal(count(1, true), 1);
  t.equal(count(2, true), 0);
  t.same(tiles.filter(({ width }) => width < fullWidth).map(tilePath), [
    'tile/entries/273.p/112',
    'tile/0/273.p/112',
    'tile/1/001.p/17',
    'tile/2/000.p/1',
  ]);
  t.same([...tilesOf(256)].map(tilePath), ['tile/entries/000', 'tile/0/000', 'tile/1/000.p/1']);
  t.same([...tilesOf(0)], []);
  t.same([...tilesOf(1)].map(tilePath), ['tile/entries/000.p/1', 'tile/0/000.p/1']);
  t.equal(tileWidth(6, 0, Number.MAX_SAFE_INTEGER), 31, 'the highest level that a number reaches');
  t.equal(tileWidth(63, 0, Number.MAX_SAFE_INTEGER), 0);
  t.equal(tileWidth(0, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER), 0);
});

t.test('where a node is', async t => {
  t.same(placeOf({ level: 0, index: 0 }), { level: 0, index: 0, from: 0, to: 1 });
  t.same(placeOf({ level: 0, index: 511 }), { level: 0, index: 1, from: 255, to: 256 });
  t.same(placeOf({ level: 7, index: 1 }), { level: 0, index: 0, from: 128, to: 256 });
  t.same(placeOf({ level: 8, index: 1 }), { level: 1, index: 0, from: 1, to: 2 });
  t.same(placeOf({ level: 19, index: 33 }), { level: 2, index: 1, from: 8, to: 16 });
});

/** The tiles of a tree by their paths, each hash made from its leaves. */
function tilesFrom(leaves: readonly Hash[]): ReadonlyMap<string, Buffer> {
  const tiles = new Map<string, Buffer>();
  for (const tile of tilesOf(leaves.length)) {
    const { level, index, width } = tile;
    if (level === 'entries') continue;
    const below = fullWidth ** level;
    const hashes = Array.from({ length: width }, (_, at) => {
      const from = (index * fullWidth + at) * below;
      return rootOf(extend(emptyRange, leaves.slice(from, from + below)));
    });
    tiles.set(tilePath(tile), encodeTile(hashes));
  }
  return tiles;
}

/** Reads them back, and tells which. */
function readTiles(tiles: ReadonlyMap<string, Buffer>, size: number): { read: ReadNodes; asked: string[] } {
  const asked: string[] = [];
  const read = nodesInTiles(size, async tile => {
    const path = tilePath(tile);
    asked.push(path);
    return decodeTile(tiles.get(path) ?? Buffer.of(), tile.width);
  });
  return { read, asked };
}

t.test('proofs from tiles are those from entries', async t => {
  const all = Array.from({ length: 1100 }, (_, index) => Buffer.from(`entry ${index}`));
  for (const size of [1, 2, 255, 256, 257, 511, 512, 1100]) {
    const entries = all.slice(0, size);
    const { read } = readTiles(tilesFrom(entries.map(leafHash)), size);
    t.equal(await readRoot(size, read), naiveRoot(entries).toString('hex'), `the root of ${size}`);
    for (const index of new Set([0, Math.floor(size / 3), Math.floor(size / 2), size - 1])) {
      const path = naivePath(index, entries).map(hash => hash.toString('hex'));
      t.same(await proveInclusion(index, size, read), path, `inclusion of ${index} in ${size}`);
      const proof = naiveProof(index + 1, entries).map(hash => hash.toString('hex'));
      t.same(await proveConsistency(index + 1, size, read), proof, `consistency of ${index + 1} and ${size}`);
    }
  }
});

t.test('of three levels, each tile is read once', async t => {
  const leaves = Array.from({ length: 66_000 }, (_, index) => leafHash(Buffer.from(String(index))));
  const { read, asked } = readTiles(tilesFrom(leaves), leaves.length);
  t.equal(await readRoot(leaves.length, read), rootOf(extend(emptyRange, leaves)));
  t.same(asked.splice(0), ['tile/2/000.p/1', 'tile/1/001.p/1', 'tile/0/257.p/208']);
  await proveInclusion(1000, leaves.length, read);
  t.same(asked.sort(), ['tile/0/003', 'tile/0/257.p/208', 'tile/1/000', 'tile/1/001.p/1']);
  await t.rejects(async () => read([{ level: 0, index: 66_000 }]), RangeError, 'a node that the tree has not');
});

t.test('hashes of a tile', async t => {
  const hashes = Array.from({ length: fullWidth }, (_, index) => leafHash(Buffer.from(String(index))));
  const bytes = encodeTile(hashes);
  t.equal(bytes.length, 8192);
  t.same(decodeTile(bytes, fullWidth), hashes);
  t.same(decodeTile(bytes.subarray(0, 64), 2), hashes.slice(0, 2));
  for (const length of [0, 8191, 8160]) t.throws(() => decodeTile(bytes.subarray(0, length), fullWidth), SyntaxError);
  t.throws(() => decodeTile(bytes, 255), SyntaxError);
  const entries = Array.from({ length: fullWidth }, (_, index) => Buffer.from(String(index)));
  t.equal(tileRoot(hashes), naiveRoot(entries).toString('hex'), 'make the one above them');
});
