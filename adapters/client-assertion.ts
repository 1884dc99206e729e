/** Signs the assertions by which the gateway proves itself to an authorisation server (RFC 7523, section 2.2). */
import { createPrivateKey, type KeyObject, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose/jwt/sign';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Life of an assertion, seconds. */
const life = 60;

export interface AssertionSettings {
  readonly clientId: string;
  /** PEM. */
  readonly key: string;
  readonly keyId?: string | undefined;
  readonly audience: string;
}

/** Makes the two parameters of a token request, an assertion for one use each time; undefined when the key is none. */
export function assertionSigner(settings: AssertionSettings): (() => Promise<Record<string, string>>) | undefined {
  const { clientId, keyId, audience } = settings;
  const key = privateKey(settings.key);
  const alg = key && algorithmOf(key);
  if (key === undefined || alg === undefined) return undefined;
  const header = keyId === undefined ? { alg } : { alg, kid: keyId };
  return async () => ({
    client_assertion_type: assertionType,
    client_assertion: await new SignJWT({})
      .setProtectedHeader(header)
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(audience)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(`${life}s`)
      .sign(key),
  });
}

function privateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

/** The algorithm that goes with the key (RFC 7518, section 3.1; RFC 8037, section 3.1). */
function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string | undefined {
  if (asymmetricKeyType === 'ed25519') return 'EdDSA';
  if (asymmetricKeyType === 'rsa') return (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048 ? 'PS256' : undefined;
  return asymmetricKeyDetails?.namedCurve === 'prime256v1' ? 'ES256' : undefined;
}
