/** What stands in the ledger for a person or a payload: keyed hashes that say nothing without the period's key. */
import { createHmac } from 'node:crypto';

/** The tag of a subject: HMAC-SHA256 over "subject", kind and identifier, parted by null bytes. */
export const tagOf = (key: Buffer, kind: string, identifier: string): Buffer =>
  createHmac('sha256', key).update(`subject\u0000${kind}\u0000${identifier}`).digest();

/** The digest of a payload: HMAC-SHA256 over its name, a null byte and its bytes; base64url. */
export const digestOf = (key: Buffer, name: string, bytes: string | Buffer): string =>
  createHmac('sha256', key).update(`${name}\u0000`).update(bytes).digest('base64url');
