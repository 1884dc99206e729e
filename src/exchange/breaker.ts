/** Stops asking a department's system that keeps failing, and tries it again now and then: its callers are told at once, and it is left to recover. */
import { BrokenCircuitError, CircuitState, circuitBreaker, handleWhenResult, SamplingBreaker } from 'cockatiel';
import type { Logger } from 'pino';
import {
  type Adapter,
  type Answer,
  type Failure,
  type FailureKind,
  failure,
  isFailure,
} from '../../adapters/adapter.js';

/** When a system is left alone, and for how long. */
export interface Patience {
  /** Milliseconds for which it is not asked, until one question tries it. */
  readonly pause: number;
  /** Of the questions of so many milliseconds, this share must have failed, and there must have been so many a second. */
  readonly duration: number;
  readonly threshold: number;
  readonly minimumRps: number;
}

export const usualPatience: Patience = { pause: 10_000, duration: 10_000, threshold: 0.5, minimumRps: 1 };

/** By which a system shows that it is away or in trouble. Who refuses, or answers badly, is there. */
const troubles: ReadonlySet<FailureKind> = new Set([
  failure.timeout,
  failure.unreachable,
  failure.cutOff,
  failure.failing,
]);

const isTrouble = (found: unknown): boolean => {
  const answer = found as Answer | Failure;
  return isFailure(answer) && troubles.has(answer.failure);
};

/** The adapter with a breaker before it; probing and closing go past it. */
export function withBreaker(adapter: Adapter, logger: Logger, patience: Patience = usualPatience): Adapter {
  const { pause, ...sample } = patience;
  const policy = circuitBreaker(handleWhenResult(isTrouble), {
    halfOpenAfter: pause,
    breaker: new SamplingBreaker(sample),
  });
  policy.onStateChange(state => {
    if (state === CircuitState.Open)
      logger.error({ pause }, 'a department fails too often and is not asked for a while');
    if (state === CircuitState.Closed) logger.info('a department is asked again');
  });
  return {
    async ask(request, call) {
      try {
        return await policy.execute(() => adapter.ask(request, call));
      } catch (error) {
        if (!(error instanceof BrokenCircuitError)) throw error;
        return { failure: failure.paused, detail: 'it failed too often lately', notActed: true };
      }
    },
    probe: signal => adapter.probe(signal),
    close: () => adapter.close(),
  };
}
