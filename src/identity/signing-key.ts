/**
 * The private keys that sign tokens: files whose name says from when each signs, so that replicas agree without talking.
 * A key that signs later is already read and published, so no replica meets a token whose key it does not know.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JWK } from 'jose';
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint';
import { writeSecretFile } from '../secret-file.js';

export interface SigningKey {
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  /** When it begins to sign, milliseconds since 1970. */
  readonly from: number;
  readonly algorithm: 'ES256' | 'EdDSA';
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** As it is published (RFC 7517). */
  readonly publicJwk: JWK;
}

/** The first key of a folder signs from the beginning of time: its name is the same for every replica that starts. */
const first = 0;
/** How long before it signs a new key is published; well over the time in which every replica reads it. */
export const publishedBefore = 60_000;

const keyFile = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z\.jwk$/;

/** `20260131T120000Z.jwk` */
const fileName = (from: number): string => `${new Date(from).toISOString().replace(/[-:]|\.\d+/g, '')}.jwk`;

/** The keys in a folder, the earliest first; files with other names are left alone. */
export async function readSigningKeys(folder: string): Promise<SigningKey[]> {
  const keys: SigningKey[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const match = keyFile.exec(name);
    if (match === null) continue;
    const [, year, month, day, hour, minute, second] = match;
    const from = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    if (Number.isNaN(from)) throw new Error(`${join(folder, name)}: the name is no time, such as 20260131T120000Z.jwk`);
    keys.push(await readSigningKey(join(folder, name), from));
  }
  return keys;
}

/**
 * Reads one private JWK, of P-256 or Ed25519.
 *
 * @throws with the file's name when it cannot be read or is no such key; never with its content
 */
export async function readSigningKey(file: string, from: number): Promise<SigningKey> {
  const text = await readFile(file, 'utf8');
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey({ key: JSON.parse(text) as JsonWebKey, format: 'jwk' });
  } catch {
    throw new Error(`${file}: not a private JWK`);
  }
  const publicKey = createPublicKey(privateKey);
  const jwk = publicKey.export({ format: 'jwk' });
  const algorithm = jwk.crv === 'P-256' ? 'ES256' : jwk.crv === 'Ed25519' ? 'EdDSA' : undefined;
  if (algorithm === undefined) throw new Error(`${file}: a key that signs tokens is of P-256 or Ed25519`);
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, from, algorithm, privateKey, publicKey, publicJwk: { ...jwk, kid, alg: algorithm, use: 'sig' } };
}

/** Makes the folder and its first key unless there is one; several replicas may do so at once. */
export async function ensureSigningKey(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).some(name => keyFile.test(name))) return;
  writeSigningKey(folder, first);
}

/**
 * Adds a key that takes over signing; tokens of the earlier ones stay valid until they expire.
 *
 * @param from when it begins to sign, milliseconds since 1970, cut to the second
 * @returns false when the folder already has a key that begins at that second
 */
export const rotateSigningKey = (folder: string, from: number = Date.now() + publishedBefore): boolean =>
  writeSigningKey(folder, from);

function writeSigningKey(folder: string, from: number): boolean {
  // P-256: fast-jwt verifies ES256 in three quarters of the time it takes for EdDSA.
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return writeSecretFile(join(folder, fileName(from)), `${JSON.stringify(privateKey.export({ format: 'jwk' }))}\n`);
}
