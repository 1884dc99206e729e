/** Verifies a receipt offline: needs the receipt and the roll's verifier key, and believes nothing else. */
import type { Receipt } from '../../schemas/stile/receipt.js';
import { type Checkpoint, parseCheckpoint } from './checkpoint.js';
import { originOf } from './checkpoint-signer.js';
import { cosignatureVerifier } from './cosignature.js';
import { type Cosigned, cosignedBy } from './cosigned.js';
import { rollShard } from './ledger.js';
import { leafHash } from './merkle.js';
import { parseNote, verifyNote } from './note.js';
import { formatVerifierKey, noteKey, noteVerifier, parseVerifierKey, signatureType } from './note-key.js';
import { verifyInclusion } from './proof.js';
import { parseTlogProof } from './tlog-proof.js';

/** The first thing about a receipt that does not hold. */
export const receiptFault = {
  malformed: 'malformed',
  /** No known key signed the shard's checkpoint, or a signature is not good. */
  signature: 'signature',
  /** The entry is not in the tree of the shard's checkpoint. */
  entry: 'entry',
  /** No known key signed the roll's checkpoint, or a signature is not good. */
  rollSignature: 'roll-signature',
  /** The shard's checkpoint is not in the tree of the roll's. */
  roll: 'roll',
  /** Fewer of the known witnesses than are needed cosigned the roll's checkpoint. */
  witnesses: 'witnesses',
} as const;
export type ReceiptFault = (typeof receiptFault)[keyof typeof receiptFault];

export interface VerifiedReceipt {
  readonly position: string;
  readonly shard: Checkpoint;
  readonly roll: Checkpoint;
  /** Those of the known witnesses who cosigned the roll's checkpoint, and when. */
  readonly witnesses: readonly Cosigned[];
}

/** Whom the verifier trusts to have seen no other ledger than this. */
export interface TrustedWitnesses {
  /** Their verifier keys. */
  readonly keys: readonly string[];
  /** How many of them must have cosigned. */
  readonly required: number;
}

/**
 * @param verifierKeys of the roll, `<deployment>/ledger+<id>+<key>`; the shards' have the same public key under their own name
 * @param trusted witnesses, of whom so many must have cosigned
 * @throws {SyntaxError} when a verifier key is none
 */
export function verifyReceipt(
  receipt: Receipt,
  verifierKeys: readonly string[],
  trusted: TrustedWitnesses = { keys: [], required: 0 },
): VerifiedReceipt | { readonly fault: ReceiptFault } {
  const witnessVerifiers = trusted.keys.map(cosignatureVerifier);
  const known = verifierKeys.map(text => parseVerifierKey(text, signatureType.note));
  const { position } = receipt;
  const [shard = Number.NaN, index = Number.NaN] = position.split('/').map(Number);
  const keysOf = (of: number) =>
    known.map(({ name, key }) => {
      const deployment = name.slice(0, -'/ledger'.length);
      return noteVerifier(formatVerifierKey(noteKey(originOf(deployment, of), signatureType.note, key)));
    });

  function proved(text: string, entry: string, of: number, wanted: number): Checkpoint | 'signature' | 'inclusion' {
    const { index: at, proof, checkpoint } = parseTlogProof(text);
    const verifiers = keysOf(of);
    const note = parseNote(checkpoint);
    try {
      verifyNote(note, verifiers);
    } catch {
      return 'signature';
    }
    const tree = parseCheckpoint(note.text);
    const isOwn = verifiers.some(({ name }) => name === tree.origin);
    const isIn = at === wanted && verifyInclusion(proof, at, leafHash(Buffer.from(entry)), tree);
    return isOwn && isIn ? tree : 'inclusion';
  }

  try {
    const own = proved(receipt.proof, receipt.entry, shard, index);
    if (own === 'signature') return { fault: receiptFault.signature };
    if (own === 'inclusion') return { fault: receiptFault.entry };
    const { entry, proof } = receipt.roll;
    const roll = proved(proof, entry, rollShard, parseTlogProof(proof).index);
    if (roll === 'signature') return { fault: receiptFault.rollSignature };
    const held = JSON.parse(entry) as {
      readonly kind?: unknown;
      readonly shard?: unknown;
      readonly checkpoint?: unknown;
    };
    const isHeld = held.shard === shard && held.checkpoint === parseTlogProof(receipt.proof).checkpoint;
    if (roll === 'inclusion' || !isHeld) return { fault: receiptFault.roll };
    const witnesses = cosignedBy(parseTlogProof(proof).checkpoint, witnessVerifiers);
    if (witnesses.length < trusted.required) return { fault: receiptFault.witnesses };
    return { position, shard: own, roll, witnesses };
  } catch (error) {
    if (error instanceof SyntaxError) return { fault: receiptFault.malformed };
    throw error;
  }
}
