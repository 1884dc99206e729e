/** Masks: how a granted value is coarsened before it is released. */
import { createHmac } from 'node:crypto';
import type { Mask } from './agreement.js';

/** Coarsens a value, undefined when it is absent; what comes back undefined is not released. */
export type Coarsen = (value: unknown) => unknown;

/**
 * Compiles a mask. A value that it does not fit, such as an object or a date that is none, is never released as it is
 * but left out; null stays null.
 *
 * @param key the agreement's, from {@link maskKey}
 */
export function compileMask(mask: Mask, key: Buffer): Coarsen {
  switch (mask.kind) {
    case 'keep-first':
      return ofText(text => keepFirst(text, mask.count));
    case 'keep-last':
      return ofText(text => keepLast(text, mask.count));
    case 'year-only':
      return ofText(yearOnly);
    case 'hash':
      return ofText(text => createHmac('sha256', key).update(text).digest('base64url'));
    case 'exists':
      return value => value !== undefined && value !== null;
  }
}

/**
 * The key under which an agreement's `hash` masks are made.
 *
 * Identity numbers and dates are so few that a plain hash of one is found by trying them all, so the hash is an
 * HMAC-SHA256 under a key that never leaves the gateway. It is the agreement's own: a consumer can tell that two values
 * it was given are the same, today and after the agreement changes, but two consumers cannot join what they were given.
 *
 * @param secret 32 random bytes shared by the replicas
 */
export const maskKey = (secret: Buffer, agreement: string): Buffer =>
  createHmac('sha256', secret).update(`mask\0${agreement}`).digest();

function ofText(coarsen: (text: string) => string | undefined): Coarsen {
  const one: Coarsen = value => {
    if (typeof value === 'string') return coarsen(value);
    if (typeof value === 'number' || typeof value === 'boolean') return coarsen(String(value));
    if (Array.isArray(value)) return value.map(one).filter(item => item !== undefined);
    return value === null ? null : undefined;
  };
  return one;
}

/** Counted by Unicode code points, so that no half of a rare character is left. */
function keepFirst(text: string, count: number): string {
  const characters = Array.from(text);
  return characters.slice(0, count).join('') + '*'.repeat(Math.max(0, characters.length - count));
}

function keepLast(text: string, count: number): string {
  const characters = Array.from(text);
  const hidden = Math.max(0, characters.length - count);
  return '*'.repeat(hidden) + characters.slice(hidden).join('');
}

/** A date as the vocabulary has it (RFC 3339, section 5.6), or a date and time; its year is its first four digits. */
const yearOnly = (text: string): string | undefined =>
  /^\d{4}-\d{2}-\d{2}(?:$|T)/.test(text) ? text.slice(0, 4) : undefined;
