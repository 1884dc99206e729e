/** Ed25519 keys of signed notes (c2sp.org/signed-note): names, ids, and the text in which others are told of them. */
import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';
import { readBase64 } from './base64.js';
import { isKeyName, type Signer, type Verifier } from './note.js';

/** Those of Ed25519 ("Signature types"). */
export const signatureType = { note: 0x01, cosignature: 0x04 } as const;
export type SignatureType = (typeof signatureType)[keyof typeof signatureType];

/** A public key as notes know it. */
export interface NoteKey {
  readonly name: string;
  /** Eight hex digits. */
  readonly id: string;
  readonly type: SignatureType;
  readonly key: KeyObject;
}

const keyLength = 32;

/**
 * @param key Ed25519, public or private
 * @throws {TypeError} for another kind of key, or a name that no key can have
 */
export function noteKey(name: string, type: SignatureType, key: KeyObject): NoteKey {
  if (!isKeyName(name)) throw new TypeError('a key name is not empty and has no space and no plus');
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return { name, id: keyId(name, type, rawKey(publicKey)), type, key: publicKey };
}

/** SHA-256(key name || 0x0A || signature type || public key)[:4] ("Signatures") */
const keyId = (name: string, type: SignatureType, key: Buffer): string =>
  hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(type), key]), 'hex').slice(0, 8);

/** The 32 bytes of RFC 8032. */
function rawKey(key: KeyObject): Buffer {
  const { crv, x } = key.asymmetricKeyType === 'ed25519' ? key.export({ format: 'jwk' }) : {};
  if (crv !== 'Ed25519' || x === undefined) throw new TypeError('a key that signs notes is of Ed25519');
  return Buffer.from(x, 'base64url');
}

/** `<key name>+hex(32-bit key ID)+base64(signature type || public key)` ("Verifier keys") */
export const formatVerifierKey = ({ name, id, type, key }: NoteKey): string =>
  `${name}+${id}+${Buffer.concat([Buffer.of(type), rawKey(key)]).toString('base64')}`;

const verifierKeyForm = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/;

/**
 * @param type the only one that is taken: "implementations SHOULD select only the one(s) required" ("Signature types")
 * @throws {SyntaxError} when it is no verifier key of that type, or its id is not that of its key
 */
export function parseVerifierKey(text: string, type: SignatureType): NoteKey {
  const [, name = '', id = '', base64 = ''] = verifierKeyForm.exec(text) ?? [];
  const bytes = readBase64(base64);
  if (bytes?.length !== 1 + keyLength || !isKeyName(name)) throw new SyntaxError('not a verifier key of Ed25519');
  if (bytes[0] !== type) throw new SyntaxError(`the verifier key of ${name} is not of signature type ${type}`);
  const raw = bytes.subarray(1);
  if (id !== keyId(name, type, raw)) throw new SyntaxError(`the verifier key of ${name} has not the id of its key`);
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') };
  return { name, id, type, key: createPublicKey({ key: jwk, format: 'jwk' }) };
}

/**
 * Signs notes as they are ("Ed25519 signatures").
 *
 * @throws {TypeError} as {@link noteKey}
 */
export function noteSigner(name: string, privateKey: KeyObject): Signer {
  const { id } = noteKey(name, signatureType.note, privateKey);
  return { name, id, sign: text => sign(null, Buffer.from(text), privateKey) };
}

/**
 * @param verifierKey of signature type 0x01
 * @throws {SyntaxError} as {@link parseVerifierKey}
 */
export function noteVerifier(verifierKey: string): Verifier {
  const { name, id, key } = parseVerifierKey(verifierKey, signatureType.note);
  return { name, id, verify: (text, signature) => verify(null, Buffer.from(text), key, signature) };
}
