/** Gets a token in the sandbox, where every sample key can be derived from its client's id; elsewhere the gateway refuses it. */
import { createHash, createPrivateKey, type KeyObject, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';

/** PKCS #8 wrapping of an Ed25519 seed (RFC 8410, section 7). */
const ed25519Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The private key of a sample client or member of staff, such as `housing/permits` or `staff/auditor`. */
export function sandboxKey(client: string): KeyObject {
  const seed = createHash('sha256').update(`stile sandbox ${client}`).digest();
  return createPrivateKey({ key: Buffer.concat([ed25519Prefix, seed]), format: 'der', type: 'pkcs8' });
}

/**
 * Asks the gateway's token endpoint for a token by `private_key_jwt` (RFC 7523), as any OAuth client does.
 *
 * @param url where the gateway is, with no trailing slash
 * @param client `housing/permits`, `staff/security`, …
 * @returns the token, or null when the gateway gives none: it is no sandbox, or knows no such client
 * @throws when the gateway cannot be reached
 */
export async function sandboxToken(url: string, client: string, purpose?: string): Promise<string | null> {
  const metadata = await fetchJson(`${url}/.well-known/oauth-authorization-server`);
  const issuer = metadata?.issuer;
  if (typeof issuer !== 'string') return null;
  const assertion = await new SignJWT({})
    .setProtectedHeader({ alg: 'EdDSA' })
    .setIssuer(client)
    .setSubject(client)
    .setAudience(issuer)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('60s')
    .sign(sandboxKey(client));
  const reply = await fetchJson(`${url}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      ...(purpose === undefined ? {} : { purpose }),
    }),
  });
  return typeof reply?.access_token === 'string' ? reply.access_token : null;
}

async function fetchJson(url: string, init: RequestInit = {}): Promise<Record<string, unknown> | null> {
  const answer = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(10_000) });
  const body: unknown = await answer.json().catch(() => null);
  return answer.ok && typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : null;
}
