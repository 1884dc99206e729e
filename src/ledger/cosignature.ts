/** Ed25519 cosignatures (c2sp.org/tlog-cosignature): a witness's word that a checkpoint extends all it saw of a log. */
import { type KeyObject, sign, verify } from 'node:crypto';
import { parseCheckpoint } from './checkpoint.js';
import type { Signature, Signer, Verifier } from './note.js';
import { noteKey, parseVerifierKey, signatureType } from './note-key.js';

const timestampLength = 8;
const signatureLength = 64;

/**
 * @param time of the cosigning, seconds since 1970
 * @throws {TypeError} for what is no such time or no Ed25519 key. Its `sign` throws a SyntaxError for the text of a note
 * that is no checkpoint.
 */
export function cosigner(name: string, privateKey: KeyObject, time: number): Signer {
  if (!Number.isSafeInteger(time) || time <= 0) throw new TypeError('the time of a cosignature is in whole seconds');
  const { id } = noteKey(name, signatureType.cosignature, privateKey);
  const timestamp = Buffer.alloc(timestampLength);
  timestamp.writeBigUInt64BE(BigInt(time));
  return {
    name,
    id,
    sign(text) {
      parseCheckpoint(text);
      return Buffer.concat([timestamp, sign(null, signedMessage(text, time), privateKey)]);
    },
  };
}

/**
 * @param verifierKey of signature type 0x04
 * @throws {SyntaxError} when it is not
 */
export function cosignatureVerifier(verifierKey: string): Verifier {
  const { name, id, key } = parseVerifierKey(verifierKey, signatureType.cosignature);
  return {
    name,
    id,
    verify(text, bytes) {
      const time = cosignatureTime({ bytes });
      return time !== null && verify(null, signedMessage(text, time), key, bytes.subarray(timestampLength));
    },
  };
}

/**
 * When a cosignature was made, seconds since 1970: true once the cosignature is verified.
 *
 * @returns null when it has not the form of one ("Format"), or a time that will not come: beyond 2^53 seconds
 */
export function cosignatureTime({ bytes }: Pick<Signature, 'bytes'>): number | null {
  if (bytes.length !== timestampLength + signatureLength) return null;
  const time = Number(bytes.readBigUInt64BE());
  return Number.isSafeInteger(time) ? time : null;
}

/** Two lines "followed by the whole note body of the cosigned checkpoint" ("Ed25519 signed message"). */
const signedMessage = (text: string, time: number): Buffer => Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);
