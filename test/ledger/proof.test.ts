import { randomBytes } from 'node:crypto';
import t from 'tap';
import { type Hash, leafHash, nodeHash } from '../../src/ledger/merkle.js';
import {
  type Node,
  proveConsistency,
  proveInclusion,
  type ReadNodes,
  readRoot,
  verifyConsistency,
  verifyInclusion,
} from '../../src/ledger/proof.js';
import { naivePath, naiveProof, naiveRoot } from './naive-tree.js';

const hex = (hash: Buffer): Hash => hash.toString('hex');
const entriesOf = (size: number): Buffer[] => Array.from({ length: size }, (_, index) => Buffer.from(`entry ${index}`));

/** Reads nodes of a tree, each made from its entries. */
const nodesOf =
  (entries: readonly Buffer[]): ReadNodes =>
  nodes =>
    nodes.map(({ level, index }) => {
      const width = 2 ** level;
      if ((index + 1) * width > entries.length) throw new Error('not a node of the tree');
      return hex(naiveRoot(entries.slice(index * width, (index + 1) * width)));
    });

t.test('proofs are those of RFC 6962, and only they verify', async t => {
  const all = entriesOf(33);
  for (let size = 1; size <= all.length; size++) {
    const entries = all.slice(0, size);
    const head = { size, root: hex(naiveRoot(entries)) };
    const read = nodesOf(entries);
    if ((await readRoot(size, read)) !== head.root) t.fail(`wrong root of ${size}`);
    for (const [index, entry] of entries.entries()) {
      const proof = await proveInclusion(index, size, read);
      t.same(proof, naivePath(index, entries).map(hex), `inclusion of ${index} in ${size}`);
      const indexes = [...entries.keys()].filter(other => verifyInclusion(proof, other, leafHash(entry), head));
      t.same(indexes, [index], 'verified there and nowhere else');
    }
    for (let first = 1; first <= size; first++) {
      const proof = await proveConsistency(first, size, read);
      t.same(proof, naiveProof(first, entries).map(hex), `consistency of ${first} and ${size}`);
      const earlier = all.map((_, at) => ({ size: at + 1, root: hex(naiveRoot(all.slice(0, at + 1))) }));
      const sizes = earlier.filter(other => verifyConsistency(proof, other, head)).map(other => other.size);
      t.same(sizes, [first], 'verified from there and from nowhere else');
    }
  }
});

t.test('a changed byte is always refused', async t => {
  const entries = entriesOf(700);
  const random = (below: number): number => randomBytes(4).readUInt32BE() % below;
  const spoil = (hash: Hash): Hash => {
    const bytes = Buffer.from(hash, 'hex');
    bytes.writeUInt8(bytes.readUInt8(random(32)) ^ (1 + random(255)), random(32));
    return hex(bytes) === hash ? spoil(hash) : hex(bytes);
  };
  for (let round = 0; round < 60; round++) {
    const size = 2 + random(entries.length - 1);
    const first = 1 + random(size - 1);
    const index = random(size);
    const read = nodesOf(entries.slice(0, size));
    const leaf = leafHash(entries[index] ?? Buffer.of());
    const head = { size, root: await readRoot(size, read) };
    const earlier = { size: first, root: await readRoot(first, read) };
    const inclusion = await proveInclusion(index, size, read);
    const consistency = await proveConsistency(first, size, read);
    const what = `${first}, ${index} and ${size}`;
    if (!verifyInclusion(inclusion, index, leaf, head)) t.fail(`a good inclusion proof: ${what}`);
    if (!verifyConsistency(consistency, earlier, head)) t.fail(`a good consistency proof: ${what}`);
    for (const at of inclusion.keys()) {
      if (verifyInclusion(inclusion.with(at, spoil(inclusion[at] ?? '')), index, leaf, head))
        t.fail(`hash ${at}: ${what}`);
    }
    for (const at of consistency.keys()) {
      if (verifyConsistency(consistency.with(at, spoil(consistency[at] ?? '')), earlier, head))
        t.fail(`${at}: ${what}`);
    }
    t.notOk(verifyInclusion(inclusion, index, spoil(leaf), head), `another leaf: ${what}`);
    t.notOk(verifyInclusion(inclusion, index, leaf, { size, root: spoil(head.root) }), `another root: ${what}`);
    t.notOk(verifyConsistency(consistency, { size: first, root: spoil(earlier.root) }, head), `another first: ${what}`);
    t.notOk(verifyConsistency(consistency, earlier, { size, root: spoil(head.root) }), `another second: ${what}`);
  }
});

t.test('a tree beyond 2^32 leaves', async t => {
  // All leaves are one, so that a node's hash is its level's.
  const levels = [leafHash(Buffer.from('the same'))];
  for (let level = 0; level < 53; level++) levels.push(nodeHash(levels[level] ?? '', levels[level] ?? ''));
  const asked: Node[][] = [];
  const read: ReadNodes = async nodes => {
    asked.push([...nodes]);
    return nodes.map(({ level }) => levels[level] ?? '');
  };
  const size = 2 ** 40 + 3;
  const index = 2 ** 33 + 7;
  const head = { size, root: await readRoot(size, read) };
  const earlier = { size: index, root: await readRoot(index, read) };
  asked.length = 0;
  const inclusion = await proveInclusion(index, size, read);
  const consistency = await proveConsistency(index, size, read);
  t.equal(asked.length, 2, 'each proof asks once');
  t.equal(inclusion.length, 41);
  t.ok(verifyInclusion(inclusion, index, levels[0] ?? '', head));
  t.notOk(verifyInclusion(inclusion, index, levels[0] ?? '', { ...head, size: 2 * size }));
  t.ok(verifyConsistency(consistency, earlier, head));
  t.notOk(verifyConsistency(consistency, { ...earlier, size: index % 2 ** 32 }, head));
});

t.test('what cannot be proved', async t => {
  const entries = entriesOf(8);
  const read = nodesOf(entries);
  const root = hex(naiveRoot(entries));
  t.equal(await readRoot(0, read), hex(naiveRoot([])), 'though the empty tree has its root');
  for (const size of [-1, 1.5, Number.NaN, 2 ** 53])
    await t.rejects(readRoot(size, read), RangeError, `a tree of ${size}`);
  await t.rejects(
    proveInclusion(0, 8, nodes => read(nodes.slice(1))),
    /2 hashes were read for 3 nodes/,
    'with a node missing',
  );
  for (const index of [8, -1, 1.5, Number.NaN, 2 ** 53]) {
    await t.rejects(proveInclusion(index, 8, read), RangeError, `the leaf ${index}`);
    t.notOk(verifyInclusion([], index, root, { size: 8, root }), `the leaf ${index}`);
  }
  for (const first of [9, 0, -1, 1.5, Number.NaN]) {
    await t.rejects(proveConsistency(first, 8, read), RangeError, `a tree of ${first}`);
    t.notOk(verifyConsistency([], { size: first, root }, { size: 8, root }), `a tree of ${first}`);
  }
});

t.test('a proof that goes on above the root', async t => {
  const [one = '', two = '', three = '', four = ''] = entriesOf(4).map(leafHash);
  t.notOk(verifyInclusion([one], 0, two, { size: 1, root: nodeHash(one, two) }), 'of one leaf nothing is to be proved');
  const below = nodeHash(one, two);
  const [first, second] = [nodeHash(below, three), nodeHash(below, nodeHash(three, four))];
  t.ok(verifyConsistency([three, four, below], { size: 3, root: first }, { size: 4, root: second }));
  const above = [
    { size: 3, root: nodeHash(one, first) },
    { size: 4, root: nodeHash(one, second) },
  ] as const;
  t.notOk(verifyConsistency([three, four, below, one], ...above));
});

t.test('what is no hash never verifies', async t => {
  const [left, right] = [leafHash(Buffer.from('left')), leafHash(Buffer.from('right'))];
  const head = { size: 2, root: nodeHash(left, right) };
  t.ok(verifyInclusion([left], 1, right, head));
  // Hashed as they are, these would leave bytes of the node hashed before, which is the right one.
  for (const hash of ['', left.slice(2), 'zz', left.toUpperCase(), `${left}00`]) {
    nodeHash(left, right);
    t.notOk(verifyInclusion([hash], 1, right, head), `the sibling ${hash}`);
    nodeHash(left, right);
    t.notOk(verifyInclusion([right], 0, hash, head), `the leaf ${hash}`);
    nodeHash(left, right);
    t.notOk(verifyConsistency([right], { size: 1, root: hash }, head), `the first root ${hash}`);
  }
});
