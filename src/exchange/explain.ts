/** Explains what a call would come to: the same steps up to *limit*, looking and not counting, and no department is asked. */
import { errors } from '../errors.js';
import { type Exit, isExit } from '../problem.js';
import type { Language } from '../text.js';
import type { RawCall, Reply } from './call.js';
import { faultOf } from './exchange.js';
import type { Gateway } from './gateway.js';
import { type Prepared, prepare } from './prepare.js';
import { recordLook } from './record.js';
import { refuse } from './release.js';
import { openTrail, type Trail } from './trail.js';

/** The stages an explanation goes through, in order. */
const stages = ['receive', 'identify', 'match', 'check-request', 'decide', 'limit'] as const;

/** Stages whose exit is answered as it is: whoever is not known is told nothing more. */
const unexplained: ReadonlySet<string> = new Set(['receive', 'identify', 'record', 'exchange']);

/**
 * Answers stage by stage what would happen, which rule decides, and the remedy; recorded like a call.
 *
 * It tells a client of its own department's agreements only, and of no person anything.
 */
export async function explain(call: RawCall, gateway: Gateway): Promise<Reply> {
  const held = gateway.inForce.hold();
  const trail = openTrail(call, held, gateway.now(), 'explain');
  const prepared = await prepare(call, gateway, trail, false).catch(faultOf(trail, gateway.logger));
  const looked = recordLook(isExit(prepared) ? prepared : undefined, gateway, trail);
  const { refused: exit, position } = await looked.finally(() => held.letGo());
  if (exit !== undefined && unexplained.has(errors[exit.code].stage))
    return refuse(exit, call.language, trail, position);
  const body = explanation(exit, isExit(prepared) ? undefined : prepared, call.language, trail, position);
  return {
    status: 200,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      traceparent: trail.traceparent,
      ...(position === undefined ? {} : { 'stile-record': position }),
    },
    body: JSON.stringify(body),
  };
}

function explanation(
  exit: Exit | undefined,
  prepared: Prepared | undefined,
  language: Language,
  trail: Trail,
  position: string | undefined,
): Record<string, unknown> {
  const row = exit && errors[exit.code];
  const end = row === undefined ? stages.length : stages.indexOf(row.stage as (typeof stages)[number]);
  return {
    service: trail.serviceNamed,
    purpose: trail.purpose,
    wouldRelease: exit === undefined,
    stages: stages.map((stage, at) => ({ stage, verdict: at < end ? 'passes' : at === end ? 'stops' : 'not-reached' })),
    ...(exit && row
      ? {
          code: exit.code,
          title: row.title[language],
          remedy: row.remedy[language],
          errors: exit.violations?.map(({ pointer, message }) => ({ pointer, message: message[language] })),
          retryAfter: exit.retryAfter,
        }
      : {}),
    considered: trail.considered?.map(({ agreement, verdict }) => ({
      agreement,
      code: verdict,
      title: verdict && errors[verdict].title[language],
    })),
    grant: prepared && {
      agreement: prepared.grant.agreement.id,
      version: prepared.grant.agreement.version,
      fields: prepared.grant.agreement.fields,
      limits: prepared.grant.agreement.limits,
    },
    record: position,
  };
}
