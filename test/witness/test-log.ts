/** A log for witnesses to be shown: grows, and forks, as a test wants. Its trees and proofs are none of our own code's. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { formatCheckpoint } from '../../src/ledger/checkpoint.js';
import { formatNote, signText } from '../../src/ledger/note.js';
import { formatVerifierKey, noteKey, noteSigner, signatureType } from '../../src/ledger/note-key.js';
import { formatWitnessRequest } from '../../src/ledger/witness-request.js';
import { naiveProof, naiveRoot } from '../ledger/naive-tree.js';

export interface TestLog {
  readonly origin: string;
  readonly verifierKey: string;
  readonly privateKey: KeyObject;
  /** Signed checkpoint of the first entries of a branch; branches are alike up to where they fork. */
  checkpoint(size: number, branch?: Branch): string;
  /** A request to cosign, with the proof from the old size. */
  request(old: number, size: number, branch?: Branch): string;
}

export interface Branch {
  readonly name: string;
  /** The first entry that is the branch's own. */
  readonly from: number;
}

const trunk: Branch = { name: 'trunk', from: 0 };

export function testLog(origin = 'log.example/ledger'): TestLog {
  const { privateKey } = generateKeyPairSync('ed25519');
  const entries = (size: number, { name, from }: Branch): readonly Buffer[] =>
    Array.from({ length: size }, (_, index) => Buffer.from(`${index < from ? trunk.name : name} ${index}`));
  const checkpoint = (size: number, branch = trunk) => {
    const text = formatCheckpoint({ origin, size, root: naiveRoot(entries(size, branch)).toString('hex') });
    return formatNote({ text, signatures: [signText(text, noteSigner(origin, privateKey))] });
  };
  return {
    origin,
    verifierKey: formatVerifierKey(noteKey(origin, signatureType.note, privateKey)),
    privateKey,
    checkpoint,
    request(old, size, branch = trunk) {
      const proof = old === 0 || old > size ? [] : naiveProof(old, entries(size, branch));
      return formatWitnessRequest({
        old,
        proof: proof.map(hash => hash.toString('hex')),
        checkpoint: checkpoint(size, branch),
      });
    },
  };
}
