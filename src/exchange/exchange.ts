/** One exchange, end to end: the way of a request, one line a step. */
import type { Logger } from 'pino';
import { type Exit, isExit } from '../problem.js';
import { ask, keepReply } from './ask.js';
import type { RawCall, Reply } from './call.js';
import { checkReply } from './check-reply.js';
import { requireWitnesses } from './cover.js';
import { refuseInVain } from './foresee.js';
import type { Gateway } from './gateway.js';
import { intend } from './intend.js';
import { type CarryOut, partsOf } from './parts.js';
import { type Prepared, prepare } from './prepare.js';
import { type Answered, record } from './record.js';
import { refuse, release } from './release.js';
import { isEarlier, repeat } from './repeat.js';
import { openTrail, type Trail } from './trail.js';

/**
 * Answers one call. It never rejects: a step's exit becomes a refusal, a throw is a bug that is recorded as failed,
 * and nothing is released before its record is durable.
 */
export async function exchange(call: RawCall, gateway: Gateway): Promise<Reply> {
  const held = gateway.inForce.hold();
  const trail = openTrail(call, held, gateway.now(), 'exchange');
  try {
    const recorded = await carryOut(prepare(call, gateway, trail, true), call, gateway, trail);
    return 'released' in recorded
      ? release(recorded.released, recorded.position, trail)
      : refuse(recorded.refused, call.language, trail, recorded.position);
  } finally {
    held.letGo();
  }
}

/** From what was prepared to its record: of a call, and of each part of a composite one. */
const carryOut: CarryOut = async (preparing, call, gateway, trail) => {
  const answered = await run(preparing, call, gateway, trail).catch(faultOf(trail, gateway.logger));
  return await record(answered, call, gateway, trail);
};

async function run(
  preparing: Promise<Prepared | Exit>,
  call: RawCall,
  gateway: Gateway,
  trail: Trail,
): Promise<Answered | Exit> {
  const prepared = await preparing;
  if (isExit(prepared)) return prepared;
  const inVain = refuseInVain(prepared, gateway, trail);
  if (inVain !== undefined) return inVain;
  const unwatched = requireWitnesses(prepared, gateway, trail);
  if (unwatched !== undefined) return unwatched;
  const claim = await repeat(prepared, gateway, trail);
  if (isExit(claim)) return claim;
  if (isEarlier(claim)) return { prepared, earlier: claim };
  const intended = await intend(prepared, gateway, trail);
  if (isExit(intended)) return intended;
  const answer = await ask(prepared, call, gateway, trail, partsOf(intended, call, gateway, trail, carryOut));
  if (isExit(answer)) return answer;
  const subjects = checkReply(answer, prepared.service, trail);
  if (isExit(subjects)) {
    trail.adapters.of(prepared.service).standing.tellBreach();
    return subjects;
  }
  keepReply(answer, prepared, trail);
  return { prepared: intended, answer, subjects, claim };
}

/** Turns a throw into the exit of a bug. The log gets the stack; the caller learns only that it was recorded. */
export function faultOf(trail: Trail, logger: Logger): (error: unknown) => Exit {
  return error => {
    logger.error({ id: trail.id, err: error }, 'a step threw: this is a bug');
    return { code: 'STILE_FAULT' };
  };
}
