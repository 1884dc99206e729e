/** Test vectors that others published: each file under `vectors/` says where it is from and under which licence. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Hash } from '../../src/ledger/merkle.js';
import type { TreeHead } from '../../src/ledger/proof.js';
import { root } from '../../src/root.js';

const read = (name: string) =>
  JSON.parse(readFileSync(join(root, 'test', 'ledger', 'vectors', `${name}.json`), 'utf8'));

/** Proofs in trees of the first of these entries, which are in hex. */
export const merkleVector: {
  readonly entries: readonly string[];
  readonly inclusion: readonly (TreeHead & { readonly index: number; readonly proof: readonly Hash[] })[];
  readonly consistency: readonly {
    readonly first: TreeHead;
    readonly second: TreeHead;
    readonly proof: readonly Hash[];
  }[];
} = read('merkle');

interface NoteVector {
  readonly source: string;
  readonly text: string;
  readonly keys: readonly {
    readonly verifierKey: string;
    /** The private key, where it is published. */
    readonly seed?: string;
    /** The signature. */
    readonly line: string;
  }[];
}

export const noteVectors: {
  readonly xmod: NoteVector;
  readonly c2sp: NoteVector;
  readonly badVerifierKeys: readonly string[];
} = read('note');

export const checkpointVector: TreeHead & {
  readonly checkpoint: string;
  readonly origin: string;
  readonly logKey: string;
  readonly witnessKey: string;
  /** Of the witness's cosignature, seconds since 1970. */
  readonly time: number;
} = read('checkpoint');

/** @param seed the private key of RFC 8032, in hex */
export function privateKeyOf(seed = ''): KeyObject {
  // PKCS #8 of Ed25519 (RFC 8410, section 7), up to the seed.
  const key = Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex');
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}
