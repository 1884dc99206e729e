/** The proofs that implementations of Certificate Transparency test each other with, and the faults they try them with. */
import t from 'tap';
import { emptyRange, extend, type Hash, leafHash, rootOf } from '../../src/ledger/merkle.js';
import {
  proveConsistency,
  proveInclusion,
  type ReadNodes,
  verifyConsistency,
  verifyInclusion,
} from '../../src/ledger/proof.js';
import { merkleVector } from './vectors.js';

const leaves = merkleVector.entries.map(entry => leafHash(Buffer.from(entry, 'hex')));
const read: ReadNodes = nodes =>
  nodes.map(({ level, index }) => {
    const width = 2 ** level;
    return rootOf(extend(emptyRange, leaves.slice(index * width, (index + 1) * width)));
  });

const emptyRoot = rootOf(emptyRange);
const otherHash = leafHash(Buffer.from('another'));
const flip = (hash: Hash, bit: number): Hash => {
  const bytes = Buffer.from(hash, 'hex');
  bytes.writeUInt8(bytes.readUInt8(0) ^ (1 << bit));
  return bytes.toString('hex');
};

/** The faults of `corruptInclusionProof` and `corruptConsistencyProof` in transparency-dev/merkle, by the names there. */
function faultyProofs(proof: readonly Hash[], roots: readonly Hash[]): [string, readonly Hash[]][] {
  const faulty: [string, readonly Hash[]][] = [
    ['trailing garbage', [...proof, '']],
    ['preceding garbage', ['', ...proof]],
  ];
  for (const root of roots) faulty.push(['trailing root', [...proof, root]], ['preceding root', [root, ...proof]]);
  for (const [at, hash] of proof.entries()) faulty.push([`modified proof ${at}`, proof.with(at, flip(hash, 4))]);
  if (proof.length > 0) faulty.push(['removed component', proof.slice(0, -1)], ['empty proof', []]);
  if (proof.length > 0) faulty.push(['preceding proof', [...proof.slice(0, 1), ...proof]]);
  return faulty;
}

for (const { index, size, root, proof } of merkleVector.inclusion) {
  t.test(`inclusion of ${index} in ${size}`, async t => {
    const leaf = leaves[index] ?? '';
    const head = { size, root };
    t.same(await proveInclusion(index, size, read), proof);
    t.ok(verifyInclusion(proof, index, leaf, head));
    for (const [fault, other] of faultyProofs(proof, [root])) t.notOk(verifyInclusion(other, index, leaf, head), fault);
    for (const other of [index - 1, index + 1, index ^ 2]) {
      t.notOk(verifyInclusion(proof, other, leaf, head), `index ${other}`);
    }
    for (const other of [size * 2, Math.floor(size / 2)]) {
      t.notOk(verifyInclusion(proof, index, leaf, { ...head, size: other }), `size ${other}`);
    }
    t.notOk(verifyInclusion(proof, index, Buffer.from('WrongLeaf').toString('hex'), head), 'wrong leaf');
    t.notOk(verifyInclusion(proof, index, otherHash, head), 'another leaf');
    for (const other of [emptyRoot, otherHash, '']) {
      t.notOk(verifyInclusion(proof, index, leaf, { ...head, root: other }), `root ${other}`);
    }
  });
}

for (const { first, second, proof } of merkleVector.consistency) {
  t.test(`consistency of ${first.size} and ${second.size}`, async t => {
    t.same(await proveConsistency(first.size, second.size, read), proof);
    t.ok(verifyConsistency(proof, first, second));
    for (const [fault, other] of faultyProofs(proof, [first.root, second.root])) {
      t.notOk(verifyConsistency(other, first, second), fault);
    }
    for (const size of [first.size - 1, first.size + 1, first.size ^ 2]) {
      t.notOk(verifyConsistency(proof, { ...first, size }, second), `first size ${size}`);
    }
    for (const size of [second.size * 2, Math.floor(second.size / 2)]) {
      t.notOk(verifyConsistency(proof, first, { ...second, size }), `second size ${size}`);
    }
    t.notOk(verifyConsistency(proof, { ...first, root: otherHash }, second), 'wrong first root');
    t.notOk(verifyConsistency(proof, first, { ...second, root: otherHash }), 'wrong second root');
    if (first.size === second.size) return;
    const swapped = [
      { ...first, root: second.root },
      { ...second, root: first.root },
    ] as const;
    t.notOk(verifyConsistency(proof, ...swapped), 'swapped roots');
  });
}
