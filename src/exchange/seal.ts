/** Seals a released reply for its repeats: encrypted under a key outside the database, and short-lived. */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { Subject } from '../ledger/ledger.js';
import type { Under } from './parts.js';

/** What a repeat is answered with. */
export interface Sealed {
  readonly body: string;
  readonly asOf: string | undefined;
  readonly agreement: { readonly id: string; readonly version: number };
  readonly subjects: readonly Subject[];
  /** The agreements that a composite's parts were released under. */
  readonly under?: readonly Under[];
}

export interface Sealer {
  /** A keyed digest of a request; without the key it confirms no guess. */
  digest(request: string): Buffer;
  seal(reply: Sealed): Buffer;
  /** Null when it was sealed under another key or has been altered. */
  unseal(bytes: Buffer): Sealed | null;
}

const algorithm = 'aes-256-gcm';
const nonceLength = 12;
const tagLength = 16;

/** @param secret 32 random bytes shared by the replicas */
export function openSealer(secret: Buffer): Sealer {
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));
  const sealKey = derive('stile repeat seal');
  const digestKey = derive('stile repeat digest');
  return {
    digest: request => createHmac('sha256', digestKey).update(request).digest(),
    seal(reply) {
      const nonce = randomBytes(nonceLength);
      const cipher = createCipheriv(algorithm, sealKey, nonce);
      const text = Buffer.concat([cipher.update(JSON.stringify(reply), 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), text]);
    },
    unseal(bytes) {
      try {
        const decipher = createDecipheriv(algorithm, sealKey, bytes.subarray(0, nonceLength));
        decipher.setAuthTag(bytes.subarray(nonceLength, nonceLength + tagLength));
        const text = Buffer.concat([decipher.update(bytes.subarray(nonceLength + tagLength)), decipher.final()]);
        return JSON.parse(text.toString('utf8')) as Sealed;
      } catch {
        return null;
      }
    },
  };
}
