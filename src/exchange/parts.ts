/** What a composite service is made of: each part goes the whole way of an exchange, of the same client and under its own agreement. */
import type { JsonObject, PartQuestion, PartReply, Parts, Reason } from '../../adapters/adapter.js';
import { errors } from '../errors.js';
import type { Exit } from '../problem.js';
import { randomId } from '../random.js';
import type { RawCall } from './call.js';
import type { Gateway } from './gateway.js';
import { type Prepared, prepareReceived } from './prepare.js';
import type { Recorded } from './record.js';
import { traceOf } from './trace.js';
import type { Trail } from './trail.js';

/** One exchange of those that a composite is made of, after its end. */
export interface Part {
  readonly step: string;
  readonly service: string;
  /** Ledger position of its record; absent when it was only counted or could not be written. */
  readonly record: string | undefined;
  /** Why it gave no reply. */
  readonly exit: Exit | undefined;
}

/** An agreement under which something was released, as it then was. */
export interface Under {
  readonly service: string;
  readonly agreement: { readonly id: string; readonly version: number };
}

/** Takes what was prepared through all further steps, up to its record. */
export type CarryOut = (
  preparing: Promise<Prepared | Exit>,
  call: RawCall,
  gateway: Gateway,
  trail: Trail,
) => Promise<Recorded>;

/**
 * How a composite's adapter asks for its parts; undefined for any other service.
 *
 * An adapter gets this for one call, and with it the caller's identity, purpose, case and time: it can ask in nobody
 * else's name, and sees of each reply what the caller may see. What became of each part stays on the composite's trail.
 */
export function partsOf(
  prepared: Prepared,
  call: RawCall,
  gateway: Gateway,
  trail: Trail,
  carryOut: CarryOut,
): Parts | undefined {
  if (prepared.service.parts === undefined) return undefined;
  const shared = sharing(call);
  const reasonOf = ({ code }: Exit): Reason => ({ code, title: errors[code].title[call.language] });
  return {
    notAsked: reasonOf({ code: 'STILE_PARTS_INCOMPLETE' }),
    async exchange(question) {
      const own = openPart(trail, question.service, question.until);
      // A part may end after the composite.
      own.held.hold();
      const preparing = preparePart(question, prepared, call, gateway, own);
      const recorded = await carryOut(preparing, shared, gateway, own).finally(() => own.held.letGo());
      const exit = 'refused' in recorded ? recorded.refused : undefined;
      const { step, service } = question;
      trail.parts = [...trail.parts, { step, service, record: recorded.position, exit }];
      if (exit === undefined) trail.under = [...trail.under, ...underOf(own)];
      return 'released' in recorded ? replyOf(recorded.released) : reasonOf(recorded.refused);
    },
  };
}

/** The trail of one part of a composite: who asks, why, and when are the composite's; the rest is its own. */
export function openPart(composite: Trail, service: string, until: number): Trail {
  return {
    ...composite,
    id: randomId(),
    traceparent: traceOf(composite.traceparent),
    serviceNamed: service,
    service: undefined,
    grant: undefined,
    considered: undefined,
    agreements: undefined,
    subjects: [],
    request: undefined,
    asked: false,
    mayHaveActed: false,
    intent: undefined,
    claim: undefined,
    repeats: undefined,
    answering: undefined,
    cached: undefined,
    parent: composite.intent,
    until,
    parts: [],
    under: [],
  };
}

/** The call, listened to once whether its caller hangs up, however many parts wait for that. */
function sharing(call: RawCall): RawCall {
  const listeners = new Set<() => void>();
  let forget: (() => void) | undefined;
  return {
    ...call,
    onGone(listener) {
      listeners.add(listener);
      forget ??= call.onGone(() => {
        for (const each of listeners) each();
      });
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        forget?.();
        forget = undefined;
      };
    },
  };
}

/** The part's request is what an adapter made, and as untrusted as what a caller sends: it is checked by the part's own contract. */
async function preparePart(
  { request }: PartQuestion,
  { client, received }: Prepared,
  call: RawCall,
  gateway: Gateway,
  trail: Trail,
): Promise<Prepared | Exit> {
  if (call.gone()) return { code: 'STILE_CALLER_GONE' };
  const bytes = Buffer.from(JSON.stringify(request));
  trail.request = bytes;
  const asked = { request, viaQuery: false, bytes, purpose: received.purpose, idempotencyKey: undefined };
  return prepareReceived(asked, client, gateway, trail, true);
}

/** The bytes that are on record as released, read again: what goes on is what the caller would have got. */
const replyOf = ({ body, asOf }: { readonly body: string; readonly asOf: string | undefined }): PartReply => ({
  body: JSON.parse(body) as JsonObject,
  asOf,
});

export function underOf({ grant, under }: Trail): readonly Under[] {
  if (grant === undefined) return [];
  const { service, id, version } = grant.agreement;
  return [{ service, agreement: { id, version } }, ...under];
}
