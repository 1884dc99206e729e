/** Stops asking a department's system that keeps failing, and tries it again now and then: its callers are told at once, and it is left to recover. */
import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  CircuitState,
  circuitBreaker,
  handleWhenResult,
  SamplingBreaker,
} from 'cockatiel';
import type { Logger } from 'pino';
import { type Answer, type Failure, type FailureKind, failure, isFailure } from '../../adapters/adapter.js';
import type { BreakerSettings } from '../registry/registry.js';
import type { Asking } from './bulkhead.js';

/** By which a system shows that it is away or in trouble. Who refuses, or answers badly, is there. */
const troubles: ReadonlySet<FailureKind> = new Set([
  failure.timeout,
  failure.unreachable,
  failure.cutOff,
  failure.failing,
]);

const isTrouble = (found: unknown): boolean => {
  const answer = found as Answer | Failure;
  return isFailure(answer) && troubles.has(answer.failure) && !answer.behind;
};

export function openBreaker(
  { window, questions, failures, pause }: BreakerSettings,
  logger: Logger,
): CircuitBreakerPolicy {
  const policy = circuitBreaker(handleWhenResult(isTrouble), {
    halfOpenAfter: pause,
    breaker: new SamplingBreaker({ duration: window, threshold: failures, minimumRps: (questions * 1000) / window }),
  });
  policy.onStateChange(state => {
    if (state === CircuitState.Open)
      logger.error({ pause }, 'a department fails too often and is not asked for a while');
    if (state === CircuitState.Closed) logger.info('a department is asked again');
  });
  return policy;
}

const paused: Failure = {
  failure: failure.paused,
  detail: 'it failed too often lately',
  notActed: true,
  notAsked: true,
};

/** The same, with a breaker before it. While one question tries the system, the others are not held up for its answer. */
export function throughBreaker(policy: CircuitBreakerPolicy, ask: Asking): Asking {
  return async (request, call) => {
    if (policy.state === CircuitState.HalfOpen) return paused;
    try {
      return await policy.execute(() => ask(request, call));
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      return paused;
    }
  };
}
