/** Asks again what may be asked again, within one deadline. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Failure, failure } from './adapter.js';
import type { WireReply } from './flight.js';
import { isPassing } from './http-status.js';

/** Tries after the first where config says nothing. */
export const defaultRetries = 2;

/** Longest pause before the first retry, milliseconds; it doubles with each, and a random part of it is taken. */
const pause = 50;
/** Shortest, so that a system that stamps questions by the millisecond sees two. */
const shortest = 5;

/**
 * @param attempt told how many milliseconds it has
 * @param deadline milliseconds for all tries together
 * @param retries tries after the first
 */
export async function retrying(
  attempt: (time: number) => Promise<WireReply | Failure>,
  deadline: number,
  retries: number,
): Promise<WireReply | Failure> {
  const end = performance.now() + deadline;
  let found = await attempt(deadline);
  for (let retry = 0; retry < retries && deservesRetry(found); retry++) {
    const wait = shortest + Math.random() * pause * 2 ** retry;
    if (performance.now() + wait >= end) break;
    await sleep(wait);
    found = await attempt(end - performance.now());
  }
  return found;
}

const deservesRetry = (found: WireReply | Failure): boolean =>
  'failure' in found
    ? found.failure === failure.unreachable || found.failure === failure.cutOff
    : isPassing(found.status);
