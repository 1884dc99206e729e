/**
 * What lets a reader go on with a question already recorded: the next page of a search, the next step of a follow.
 *
 * A cursor stands for a record, so nobody else can make one, nor use it for another question: it is sealed with a key
 * that replicas share, over who asked and what.
 */
import { timingSafeEqual } from 'node:crypto';
import { type PeriodKeys, periodOf } from './period-keys.js';
import type { PeriodKey } from './tag.js';

/** Milliseconds for which one recorded question may be gone on with: a night's watch. */
export const cursorLife = 12 * 60 * 60 * 1000;

export interface Cursor<State> {
  /** When the question was recorded, milliseconds since 1970 UTC. */
  readonly began: number;
  /** Plain JSON data. The reader can see it but not change it. */
  readonly state: State;
}

/**
 * @param bound what the cursor is good for and no other: kind of question, who asks, every filter
 */
export function writeCursor<State>(keys: PeriodKeys, bound: string, cursor: Cursor<State>): string {
  const key = keys.keyOf(periodOf(cursor.began));
  const text = Buffer.from(JSON.stringify(cursor)).toString('base64url');
  return `${text}.${seal(key, bound, text).toString('base64url')}`;
}

/** The cursor, or null when it was not made here for the same question, or has outlived it. */
export function readCursor<State>(keys: PeriodKeys, bound: string, written: string, now: number): Cursor<State> | null {
  const [text = '', mark = '', ...rest] = written.split('.');
  if (rest.length > 0) return null;
  // Only two periods can be in question, so that nobody makes this a way to try, or to make, keys of others.
  const known = keys.all();
  for (const period of new Set([periodOf(now), periodOf(now - cursorLife)])) {
    const key = known.get(period);
    if (key === undefined || !sameBytes(seal(key, bound, text), Buffer.from(mark, 'base64url'))) continue;
    const cursor = JSON.parse(Buffer.from(text, 'base64url').toString()) as Cursor<State>;
    return now - cursor.began <= cursorLife ? cursor : null;
  }
  return null;
}

const noSalt = Buffer.alloc(0);

/** Its name keeps a seal apart from whatever else is hashed under the period's key. */
const seal = (key: PeriodKey, bound: string, text: string): Buffer =>
  Buffer.from(key.digest('cursor', noSalt, `${bound}\u0000${text}`), 'base64url');

const sameBytes = (one: Buffer, other: Buffer): boolean => one.length === other.length && timingSafeEqual(one, other);
