/** Step *ask*: put the question to the department's own system through its adapter, and name what went wrong by our codes. Kept reference data needs no question. */
import {
  type Answer,
  type Call,
  type FailureKind,
  failure,
  isFailure,
  type Origin,
  type Parts,
} from '../../adapters/adapter.js';
import { type ErrorCode, errors } from '../errors.js';
import type { Exit } from '../problem.js';
import type { Service } from '../registry/registry.js';
import type { RawCall } from './call.js';
import type { Gateway } from './gateway.js';
import type { Part } from './parts.js';
import type { Prepared } from './prepare.js';
import type { Trail } from './trail.js';

const codes: Readonly<Record<FailureKind, ErrorCode>> = {
  [failure.timeout]: 'STILE_DEPARTMENT_TIMEOUT',
  [failure.unreachable]: 'STILE_DEPARTMENT_UNREACHABLE',
  [failure.cutOff]: 'STILE_DEPARTMENT_CUT_OFF',
  [failure.malformed]: 'STILE_DEPARTMENT_MALFORMED',
  [failure.tooLarge]: 'STILE_DEPARTMENT_TOO_LARGE',
  [failure.failing]: 'STILE_DEPARTMENT_FAILING',
  [failure.rejected]: 'STILE_DEPARTMENT_REJECTED',
  [failure.denied]: 'STILE_DEPARTMENT_DENIED',
  [failure.busy]: 'STILE_DEPARTMENT_BUSY',
  [failure.paused]: 'STILE_DEPARTMENT_PAUSED',
  [failure.parts]: 'STILE_PARTS_INCOMPLETE',
};

/** Seconds after which it may be worth asking again. */
function retryAfter(kind: FailureKind, { adapter }: Service): number | undefined {
  if (kind === failure.busy) return 1;
  return kind === failure.paused ? Math.ceil((adapter?.resilience.breaker.pause ?? 0) / 1000) : undefined;
}

/** Milliseconds; a part has no more of them than the composite it belongs to. */
const timeLeft = (deadline: number, until: number): number =>
  Math.max(1, Math.min(deadline, Math.ceil(until - performance.now())));

/** What a composite ends in whose parts gave no reply: told of each as that service itself would. */
function exitOfParts(silent: readonly Part[]): Exit {
  const parts = silent.flatMap(({ exit, ...part }) => (exit === undefined ? [] : [{ ...part, exit }]));
  const isRefused = parts.some(({ exit }) => errors[exit.code].status < 500);
  return { code: isRefused ? 'STILE_PART_REFUSED' : 'STILE_PART_FAILED', parts };
}

/** @param parts how a composite service asks those it is made of */
export async function ask(
  prepared: Prepared,
  raw: RawCall,
  gateway: Gateway,
  trail: Trail,
  parts: Parts | undefined,
): Promise<Answer | Exit> {
  const { request, service } = prepared;
  const kept = trail.adapters.replies.find(service, request, trail.now);
  if (kept !== undefined) {
    trail.cached = kept.exchange;
    return kept.answer;
  }
  trail.asked = true;
  trail.mayHaveActed = !service.safe;
  const call: Call = {
    ask: service.ask,
    safe: service.safe,
    deadline: trail.until === undefined ? service.deadline : timeLeft(service.deadline, trail.until),
    retries: service.retries,
    replyLimit: service.replyLimit,
    depthLimit: trail.registry.settings.exchange.depthLimit,
    service: service.id,
    purpose: trail.purpose ?? '',
    case: trail.case,
    operator: trail.operator,
    traceparent: trail.traceparent,
    requestId: trail.id,
    origin: trail.intent === undefined ? undefined : originOf(prepared, trail, trail.intent),
    parts,
  };
  const adapter = trail.adapters.of(service);
  const found = await adapter.ask(request, call, raw);
  trail.answering = found.peer;
  if (!isFailure(found)) return found;
  if (found.notActed) trail.mayHaveActed = false;
  if (found.notAsked) {
    trail.asked = false;
    adapter.standing.tellTurnedAway();
    if (raw.gone()) return { code: 'STILE_CALLER_GONE' };
  }
  gateway.logger.warn(
    { id: trail.id, service: service.id, failure: found.failure, detail: found.detail },
    'a department failed',
  );
  if (found.failure === failure.parts) {
    if (raw.gone()) return { code: 'STILE_CALLER_GONE' };
    const silent = trail.parts.filter(({ exit }) => exit !== undefined);
    if (silent.length > 0) return exitOfParts(silent);
  }
  const wait = retryAfter(found.failure, service);
  return { code: codes[found.failure], ...(wait === undefined ? {} : { retryAfter: wait }) };
}

/** Keeps a reply that keeps its contract, where config declares that it may be given again. */
export function keepReply(answer: Answer, { request, service }: Prepared, trail: Trail): void {
  if (trail.asked) trail.adapters.replies.keep(service, request, answer, trail);
}

const originOf = ({ received, client }: Prepared, trail: Trail, record: string): Origin => ({
  client: client.id,
  idempotencyKey: received.idempotencyKey,
  record,
  via: trail.asking?.via ?? [],
});
