/** The key of a department's new client: made here, the private half for the client alone, or the public half as the client gave it. */
import { createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { JWK } from 'jose';
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint';
import { OperatorError } from '../operator-error.js';

export interface ClientKey {
  /** As it goes into config (RFC 7517). */
  readonly jwk: Readonly<Record<string, string>>;
  /** PKCS #8 in PEM; absent where the client keeps it itself. */
  readonly pem?: string;
}

/** Makes a key of Ed25519. */
export async function newClientKey(): Promise<ClientKey> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { jwk: await publicJwk(publicKey), pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/**
 * Reads a public key, PEM or JWK.
 *
 * @throws {OperatorError} when it cannot be read, is private, or of a kind that no client may have; never with its content
 */
export async function readClientKey(file: string): Promise<ClientKey> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new OperatorError({ zh: `读不到 ${file}`, en: `${file} cannot be read` });
  }
  if (text.includes('PRIVATE KEY') || /"(?:d|p|q|dp|dq|qi)"\s*:/.test(text)) throw new OperatorError(isPrivate(file));
  return { jwk: await publicJwk(keyIn(text, file)) };
}

function keyIn(text: string, file: string): KeyObject {
  try {
    return text.trimStart().startsWith('{')
      ? createPublicKey({ key: JSON.parse(text) as JsonWebKey, format: 'jwk' })
      : createPublicKey(text);
  } catch {
    throw new OperatorError(noKey(file));
  }
}

const algorithms: Readonly<Record<string, string>> = { 'P-256': 'ES256', Ed25519: 'EdDSA' };

async function publicJwk(key: KeyObject): Promise<Readonly<Record<string, string>>> {
  const jwk = key.export({ format: 'jwk' }) as Record<string, string>;
  const alg = algorithms[jwk.crv ?? ''] ?? 'PS256';
  return { ...jwk, alg, use: 'sig', kid: await calculateJwkThumbprint(jwk as JWK) };
}

const isPrivate = (file: string) => ({
  zh: `${file} 是私钥，不应离开调用系统；请给出公钥。`,
  en: `${file} is a private key, which should never leave the client: give its public half.`,
});
const noKey = (file: string) => ({
  zh: `${file} 不是公钥（PEM 或 JWK）。`,
  en: `${file} is no public key, neither PEM nor JWK.`,
});
