/** Asks again what may be asked again, within one deadline. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Failure, failure } from './adapter.js';

/** Longest pause before the first retry, milliseconds; it doubles with each, and a random part of it is taken. */
const pause = 50;
/** Shortest, so that a system that stamps questions by the millisecond sees two. */
const shortest = 5;

/**
 * @param attempt told how many milliseconds it has
 * @param deadline milliseconds for all tries together
 * @param retries tries after the first
 * @param isPassing whether an answer says that the next may be another
 */
export async function retrying<Reply extends object>(
  attempt: (time: number) => Promise<Reply | Failure>,
  deadline: number,
  retries: number,
  isPassing: (reply: Reply) => boolean,
): Promise<Reply | Failure> {
  const end = performance.now() + deadline;
  let found = await attempt(deadline);
  for (let retry = 0; retry < retries && deservesRetry(found, isPassing); retry++) {
    const wait = shortest + Math.random() * pause * 2 ** retry;
    if (performance.now() + wait >= end) break;
    await sleep(wait);
    found = await attempt(end - performance.now());
  }
  return found;
}

function deservesRetry<Reply extends object>(found: Reply | Failure, isPassing: (reply: Reply) => boolean): boolean {
  if (!('failure' in found)) return isPassing(found);
  return found.failure === failure.unreachable || found.failure === failure.cutOff;
}
