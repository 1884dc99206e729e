/** An open adapter behind its bulkhead and its breaker, with an account of what it is asked. */
import { CircuitState } from 'cockatiel';
import type { Logger } from 'pino';
import type { Adapter, Answer, Call, Failure, JsonObject } from '../../adapters/adapter.js';
import type { AdapterConfig } from '../registry/registry.js';
import { openBreaker, throughBreaker } from './breaker.js';
import { Bulkhead, type Caller, throughBulkhead } from './bulkhead.js';
import { type Account, Standing } from './standing.js';

/** In a word, for operators. */
export const adapterState = {
  /** Its last question was answered. */
  answering: 'answering',
  /** Its last question was not. */
  failing: 'failing',
  /** It failed too often, and is not asked for a while. */
  paused: 'paused',
  /** One question tries whether it may be asked again. */
  tried: 'tried',
  /** Nobody has asked yet. */
  unasked: 'unasked',
} as const;
export type AdapterState = (typeof adapterState)[keyof typeof adapterState];

/** How an adapter stands now. */
export interface AdapterReport extends Account {
  readonly state: AdapterState;
  readonly underWay: number;
  readonly concurrency: number;
  readonly waiting: number;
  readonly queue: number;
}

export interface GuardedAdapter {
  ask(request: JsonObject, call: Call, caller: Caller): Promise<Answer | Failure>;
  /** Whether the system can be reached now; a probe takes a place as a question does, and is no question to the breaker. */
  probe(signal: AbortSignal): Promise<void>;
  readonly standing: Standing;
  report(): AdapterReport;
}

/** Longest wait for a place for a probe, milliseconds; its signal ends it sooner. */
const probeWait = 60_000;

/**
 * The bulkhead stands before the breaker, so that one that opens lets those who wait for their turn go at once.
 *
 * @param isComposite it asks other adapters: it takes no place while it waits for them, as one may be itself
 */
export function guard(
  adapter: Adapter,
  { resilience }: Pick<AdapterConfig, 'resilience'>,
  logger: Logger,
  isComposite = false,
): GuardedAdapter {
  const standing = new Standing();
  const breaker = openBreaker(resilience.breaker, logger);
  const bulkhead = new Bulkhead(resilience);
  const ask = throughBreaker(breaker, async (request, call) => {
    const begun = performance.now();
    const found = await adapter.ask(request, call);
    standing.tellAsked(found, begun);
    return found;
  });
  return {
    ask: isComposite ? ask : throughBulkhead(bulkhead, ask),
    standing,
    async probe(signal) {
      if (!bulkhead.enter() && (await bulkhead.wait(probeWait, listenerOf(signal))) !== true) return;
      try {
        standing.tellProbed(await adapter.probe(signal));
      } finally {
        bulkhead.leave();
      }
    },
    report: () => ({
      state: stateOf(breaker.state, standing.isFailing),
      underWay: bulkhead.active,
      concurrency: bulkhead.concurrency,
      waiting: bulkhead.waiting,
      queue: bulkhead.queue,
      ...standing.account(),
    }),
  };
}

function listenerOf(signal: AbortSignal): Caller {
  return {
    onGone(listener) {
      signal.addEventListener('abort', listener, { once: true });
      return () => signal.removeEventListener('abort', listener);
    },
  };
}

function stateOf(state: CircuitState, isFailing: boolean | undefined): AdapterState {
  if (state === CircuitState.Open) return adapterState.paused;
  if (state === CircuitState.HalfOpen) return adapterState.tried;
  if (isFailing === undefined) return adapterState.unasked;
  return isFailing ? adapterState.failing : adapterState.answering;
}
