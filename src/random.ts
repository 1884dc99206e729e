/** Random identifiers from a refilled pool: one call into the kernel serves many exchanges. */
import { randomFillSync } from 'node:crypto';

const pool = Buffer.allocUnsafeSlow(8192);
let used = pool.length;

function take(bytes: number): number {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const start = used;
  used += bytes;
  return start;
}

/** 128 random bits in base64url: the id of an entry. */
export function randomId(): string {
  const start = take(16);
  return pool.toString('base64url', start, start + 16);
}

/** Random bytes in hex, for trace and span ids. */
export function randomHex(bytes: number): string {
  const start = take(bytes);
  return pool.toString('hex', start, start + bytes);
}
