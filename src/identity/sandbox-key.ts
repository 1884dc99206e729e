/** Keys that anyone can derive from a client's id, so that the sandbox needs no secret handed round; refused everywhere else. */
import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';

/** PKCS #8 wrapping of an Ed25519 seed (RFC 8410, section 7), up to the seed itself. */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * The private key of a sandbox client: Ed25519 whose seed is SHA-256 of `stile sandbox ` and the client's id.
 *
 * @param id `department/client` or `staff/role`
 */
export function sandboxKey(id: string): KeyObject {
  const seed = createHash('sha256').update(`stile sandbox ${id}`).digest();
  return createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: 'der', type: 'pkcs8' });
}

/** The public half as a JWK (RFC 8037), as `config/departments/<id>.yaml` has it. */
export function sandboxPublicKey(id: string): Readonly<Record<string, unknown>> {
  const { kty, crv, x } = sandboxKey(id).export({ format: 'jwk' });
  return { kty, crv, x };
}
