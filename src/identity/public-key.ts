/** Public keys as config has them, made ready once: which of a party's keys may have signed an assertion. */
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';

/** A public JWK (RFC 7517). */
export type PublicKey = Readonly<Record<string, unknown>>;

/** Signature algorithms (RFC 7518, RFC 8037, RFC 9864), each with the keys it may be used with. */
const fits: Readonly<Record<string, (key: KeyObject) => boolean>> = {
  ES256: key => key.asymmetricKeyDetails?.namedCurve === 'prime256v1',
  EdDSA: key => key.asymmetricKeyType === 'ed25519',
  Ed25519: key => key.asymmetricKeyType === 'ed25519',
  // RFC 7518, section 3.5, asks for 2048 bits or more.
  PS256: key => key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048,
};
export const assertionAlgorithms: readonly string[] = Object.keys(fits);

/** The algorithm that assertions are signed with by this key, private or public; undefined when there is none. */
export const assertionAlgorithm = (key: KeyObject): string | undefined =>
  assertionAlgorithms.find(algorithm => fits[algorithm]?.(key));

/** `EdDSA` and `Ed25519` name the same signature (RFC 9864, section 2.2). */
const canonical = (algorithm: unknown): unknown => (algorithm === 'EdDSA' ? 'Ed25519' : algorithm);

/**
 * The keys to try: all that fit, or, where the JWT names one by its `kid`, only those of that name.
 *
 * @param kid the JWT's; a party with several keys may leave it out
 */
export function candidates(keys: readonly PublicKey[], algorithm: string, kid: string | undefined): KeyObject[] {
  const found: KeyObject[] = [];
  for (const jwk of keys) {
    if (kid !== undefined && jwk.kid !== kid) continue;
    if (jwk.alg !== undefined && canonical(jwk.alg) !== canonical(algorithm)) continue;
    if (jwk.use !== undefined && jwk.use !== 'sig') continue;
    const key = keyOf(jwk);
    if (key !== null && fits[algorithm]?.(key) === true) found.push(key);
  }
  return found;
}

const read = new WeakMap<PublicKey, KeyObject | null>();

/** The key of a JWK, or null when it is none; the same object each time, as `jose` caches by it. */
function keyOf(jwk: PublicKey): KeyObject | null {
  let key = read.get(jwk);
  if (key !== undefined) return key;
  try {
    key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
  } catch {
    // The check of config names such a key; here it only proves nothing.
    key = null;
  }
  read.set(jwk, key);
  return key;
}
