/** Explains what a call would come to: the same steps up to *limit*, looking and not counting, and no department is asked. */
import type { Grant } from '../agreements/grant.js';
import { errors } from '../errors.js';
import { type Exit, isExit } from '../problem.js';
import type { Language } from '../text.js';
import type { RawCall, Reply } from './call.js';
import type { Considered } from './decide.js';
import { faultOf } from './exchange.js';
import { type Foreseen, foresee, refusedBy } from './foresee.js';
import type { Gateway } from './gateway.js';
import { prepare } from './prepare.js';
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
  const looked = await look(call, gateway, trail).finally(() => held.letGo());
  const { exit, position } = looked;
  if (exit !== undefined && unexplained.has(errors[exit.code].stage))
    return refuse(exit, call.language, trail, position);
  const body = explanation(looked, call.language, trail);
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

/** What was found, and where that is on record. */
interface Looked {
  readonly grant: Grant | undefined;
  /** What an exchange would have ended in, if not in a release. */
  readonly exit: Exit | undefined;
  readonly parts: readonly Foreseen[];
  readonly position: string | undefined;
}

async function look(call: RawCall, gateway: Gateway, trail: Trail): Promise<Looked> {
  const prepared = await prepare(call, gateway, trail, false).catch(faultOf(trail, gateway.logger));
  const parts = trail.service?.parts === undefined ? [] : await lookAtParts(trail.service.id, gateway, trail);
  const found = isExit(prepared) ? prepared : refusedBy(parts);
  const { refused: exit, position } = await recordLook(found, gateway, trail);
  return { grant: isExit(prepared) ? undefined : prepared.grant, exit, parts, position };
}

/** The parts of a composite, with what is left of their limits. Nobody is asked, so that their constraints are not known. */
async function lookAtParts(service: string, gateway: Gateway, trail: Trail): Promise<readonly Foreseen[]> {
  const withQuota = async (part: Foreseen): Promise<Foreseen> => {
    const quota = part.grant && (await gateway.quota.take(part.grant, false));
    const exit = part.exit ?? (isExit(quota) ? quota : undefined);
    return { ...part, exit, parts: await Promise.all(part.parts.map(withQuota)) };
  };
  return Promise.all(foresee(service, trail, gateway.agreements.current(trail.registry)).map(withQuota));
}

function explanation({ exit, grant, parts, position }: Looked, language: Language, trail: Trail) {
  const stage = exit && errors[exit.code].stage;
  const at = stages.indexOf(stage as (typeof stages)[number]);
  // What the parts are refused for comes after all of these.
  const end = at < 0 ? stages.length : at;
  return {
    service: trail.serviceNamed,
    purpose: trail.purpose,
    wouldRelease: exit === undefined,
    stages: stages.map((stage, at) => ({ stage, verdict: at < end ? 'passes' : at === end ? 'stops' : 'not-reached' })),
    ...exitText(exit, language),
    considered: trail.considered && consideredText(trail.considered, language),
    grant: grant && grantText(grant),
    parts: trail.service?.parts && parts.map(part => partText(part, language)),
    record: position,
  };
}

function partText(part: Foreseen, language: Language): Record<string, unknown> {
  const { step, service, isNeeded, exit, grant, considered, parts } = part;
  return {
    step,
    service,
    isNeeded,
    wouldRelease: exit === undefined && refusedBy(parts) === undefined,
    ...exitText(exit, language),
    considered: consideredText(considered, language),
    grant: grant && grantText(grant),
    parts: parts.length === 0 ? undefined : parts.map(part => partText(part, language)),
  };
}

function exitText(exit: Exit | undefined, language: Language): Record<string, unknown> {
  if (exit === undefined) return {};
  const { code, violations, retryAfter } = exit;
  const { title, remedy } = errors[code];
  return {
    code,
    title: title[language],
    remedy: remedy[language],
    errors: violations?.map(({ pointer, message }) => ({ pointer, message: message[language] })),
    retryAfter,
  };
}

const consideredText = (considered: readonly Considered[], language: Language) =>
  considered.map(({ agreement, verdict }) => ({
    agreement,
    code: verdict,
    title: verdict && errors[verdict].title[language],
  }));

const grantText = ({ agreement: { id, version, fields, limits } }: Grant) => ({
  agreement: id,
  version,
  fields,
  limits,
});
