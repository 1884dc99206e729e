import { createHash } from 'node:crypto';
import t from 'tap';
import {
  type CompactRange,
  emptyRange,
  extend,
  leafHash,
  nodeHash,
  readRange,
  rootOf,
} from '../../src/ledger/merkle.js';
import { naiveRoot } from './naive-tree.js';

/** The leaves and roots that Certificate Transparency's implementations test each other with. */
const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(
  hex => Buffer.from(hex, 'hex'),
);
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

t.test('the published roots', async t => {
  for (const [size, root] of roots.entries()) {
    t.equal(rootOf(extend(emptyRange, leaves.slice(0, size).map(leafHash))), root, `of ${size} leaves`);
  }
});

t.test('a leaf is never taken for a node', async t => {
  const [left = '', right = ''] = leaves.map(leafHash);
  const asLeaf = Buffer.concat([Buffer.of(1), Buffer.from(left, 'hex'), Buffer.from(right, 'hex')]);
  t.not(leafHash(asLeaf), nodeHash(left, right));
  t.equal(nodeHash(left, right), createHash('sha256').update(asLeaf).digest('hex'));
});

t.test('grown in any steps, a range has the root of the whole', async t => {
  const entries = Array.from({ length: 300 }, (_, index) => Buffer.from(`entry ${index}`));
  for (const step of [1, 2, 3, 7, 64, 100]) {
    let range: CompactRange = emptyRange;
    for (let size = 0; size < entries.length; size += step) {
      range = extend(range, entries.slice(size, size + step).map(leafHash));
      const whole = naiveRoot(entries.slice(0, size + step)).toString('hex');
      if (rootOf(range) !== whole) t.fail(`wrong root at ${range.size} by steps of ${step}`);
    }
    t.equal(range.size, 300);
    t.equal(rootOf(range), naiveRoot(entries).toString('hex'), `by steps of ${step}`);
    t.equal(range.hashes.length, 4, '300 is 256 + 32 + 8 + 4');
  }
});

t.test('a range is read back from its bytes, and only with its size', async t => {
  const range = extend(emptyRange, leaves.slice(0, 7).map(leafHash));
  const bytes = Buffer.from(range.hashes.join(''), 'hex');
  t.same(readRange(7, bytes), range);
  t.same(readRange(0, Buffer.alloc(0)), emptyRange);
  t.throws(() => readRange(8, bytes), /does not fit/);
  t.throws(() => readRange(7, bytes.subarray(1)), /does not fit/);
  t.throws(() => extend({ size: 1, hashes: [] }, range.hashes), /does not fit/);
});

t.test('a tree beyond 2^32 leaves', async t => {
  const size = 2 ** 40 + 3;
  const range = readRange(size, Buffer.concat([1, 2, 3].map(byte => Buffer.alloc(32, byte))));
  const grown = extend(range, [leafHash(Buffer.from('the next'))]);
  t.equal(grown.size, size + 1);
  t.equal(grown.hashes.length, 2, '2^40 + 4');
  t.equal(grown.hashes[0], range.hashes[0]);
});
