/** What adapters are given in tests: a context whose log is kept, and calls as the gateway makes them. */
import { pino } from 'pino';
import type { AdapterContext, Call } from '../../adapters/adapter.js';
import { readJson } from '../../src/json.js';
import { randomId } from '../../src/random.js';

/** @param log each line the adapter logs is added to it */
export function contextOf(log: string[] = []): AdapterContext {
  const logger = pino({ level: 'trace' }, { write: (line: string) => void log.push(line) });
  return { logger, deployment: 'stile.example', readJson, concurrency: 8 };
}

/** A call of a safe service within three seconds, but for what is given. */
export const callOf = (call: Partial<Call>): Call => ({
  ask: {},
  safe: true,
  deadline: 3000,
  retries: call.safe === false ? 0 : 2,
  replyLimit: 1_048_576,
  depthLimit: 16,
  service: 'civil-affairs/marriage-status/v1',
  purpose: 'public-rental-housing',
  case: undefined,
  operator: undefined,
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  requestId: randomId(),
  origin: { client: 'housing/permits', idempotencyKey: undefined, record: '0/7', via: [] },
  ...call,
});
