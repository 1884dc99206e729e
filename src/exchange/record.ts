/** Step *record*: append the access record to the ledger. It is durable, or nothing is released. */
import type { Answer } from '../../adapters/adapter.js';
import { errors } from '../errors.js';
import { type Draft, LedgerError, ledgerFault, type Position, positionText, type Subject } from '../ledger/ledger.js';
import { type Exit, isExit } from '../problem.js';
import { randomId } from '../random.js';
import type { RawCall } from './call.js';
import { reachLevel } from './cover.js';
import { decideAgain, mostDecisions } from './decision.js';
import type { Gateway } from './gateway.js';
import { minimise } from './minimise.js';
import type { Prepared } from './prepare.js';
import type { Found } from './release.js';
import type { Claim, Earlier } from './repeat.js';
import { entryOf, outcomeOf, type Trail } from './trail.js';

/** A reply that may be released once it is cut to the grant and recorded: the department's, or an earlier one. */
export type Answered =
  | {
      readonly prepared: Prepared;
      readonly answer: Answer;
      readonly subjects: readonly Subject[];
      readonly claim: Claim | undefined;
    }
  | { readonly prepared: Prepared; readonly earlier: Earlier };

/** A refusal and its record, which it lacks when it was only counted or could not be written. */
export interface Refused {
  readonly refused: Exit;
  readonly position: string | undefined;
}

/** What an exchange ends in. */
export type Recorded = { readonly released: Found; readonly position: string } | Refused;

/**
 * Cuts the reply to the grant and appends its record, or appends the refusal's.
 *
 * When the agreements have moved since the decision, it is made again on the kept reply, as often as they move.
 */
export async function record(
  answered: Answered | Exit,
  call: RawCall,
  gateway: Gateway,
  trail: Trail,
): Promise<Recorded> {
  let current = answered;
  for (let decisions = 1; decisions <= mostDecisions; decisions++) {
    if (!isExit(current) && call.gone()) current = { code: 'STILE_CALLER_GONE' };
    if (isExit(current)) return recordExit(current, gateway, trail);
    const found = minimised(current);
    const stored = await gateway.ledger.append(releaseDraft(current, found, trail, gateway)).catch(faultIn);
    if (typeof stored === 'object') {
      const exit = await reachLevel(current.prepared, stored, call, gateway, trail);
      if (exit !== undefined) return withhold(exit, stored, current, gateway, trail);
      return { released: found, position: positionText(stored) };
    }
    if (stored === ledgerFault.tooLarge) current = { code: 'STILE_RECORD_TOO_LARGE' };
    else if (stored === ledgerFault.moved) current = await decideOn(current, gateway, trail);
    else {
      // Not waited for, as the store may hang. Should the record become durable yet, its reply is sealed for nobody.
      void giveUpClaim(gateway, trail);
      return unrecorded(gateway, trail);
    }
  }
  // The ledger takes entries, only not under agreements that move on each time: the attempt is recorded, its intent closed.
  return recordExit({ code: 'STILE_RECORD_UNAVAILABLE', retryAfter: 1 }, gateway, trail);
}

/**
 * Appends that what a record says was released was not sent. The record stays as it is: it had to be there first. A gateway
 * that dies in between, or cannot append, leaves a ledger that says too much and never too little.
 */
async function withhold(
  exit: Exit,
  withheld: Position,
  answered: Answered,
  gateway: Gateway,
  trail: Trail,
): Promise<Refused> {
  // An entry of its own, of an exchange that has acted and is closed.
  const own = { ...trail, id: randomId(), asked: false, intent: undefined, mayHaveActed: false };
  const record = positionText(withheld);
  const draft: Draft = {
    entry: { ...entryOf(own, exit), withholds: record },
    subjects: subjectsOf(answered),
    digests: trail.request && { request: trail.request },
  };
  const stored = await gateway.ledger.append(draft).catch(faultIn);
  if (typeof stored === 'object') return { refused: exit, position: positionText(stored) };
  gateway.logger.error({ id: trail.id, record }, 'a reply was withheld, and the ledger did not take that');
  return { refused: exit, position: record };
}

const subjectsOf = (answered: Answered): readonly Subject[] =>
  'earlier' in answered ? answered.earlier.sealed.subjects : answered.subjects;

/** Appends the record of a refusal or failure, unless the refusal gate counts it instead. */
async function recordExit(exit: Exit, gateway: Gateway, trail: Trail): Promise<Refused> {
  await giveUpClaim(gateway, trail);
  // A peer could make up clients without end.
  const caller = trail.asking?.gateway ?? trail.client;
  const refusal = {
    source: trail.source,
    client: caller?.id,
    consumer: caller?.department,
    staff: trail.staff,
    // Of those there are: names that a caller makes up are without end, and would each have a rate of their own.
    service: trail.service?.id,
    code: exit.code,
    stage: errors[exit.code].stage,
    outcome: outcomeOf(trail, exit),
  };
  if (trail.intent === undefined && !gateway.refusals.records(refusal, trail.now))
    return { refused: exit, position: undefined };
  const position = await appendPlain(exit, gateway, trail);
  return position === undefined ? unrecorded(gateway, trail) : { refused: exit, position };
}

/**
 * Appends the record of an explanation.
 *
 * @param exit what an exchange would have ended in, if not in a release
 */
export async function recordLook(
  exit: Exit | undefined,
  gateway: Gateway,
  trail: Trail,
): Promise<{ readonly refused: Exit | undefined; readonly position: string | undefined }> {
  if (exit !== undefined) return recordExit(exit, gateway, trail);
  const position = await appendPlain(undefined, gateway, trail);
  return position === undefined ? unrecorded(gateway, trail) : { refused: undefined, position };
}

/** @returns the entry's position, or nothing when the ledger did not take it */
async function appendPlain(exit: Exit | undefined, gateway: Gateway, trail: Trail): Promise<string | undefined> {
  const draft: Draft = {
    entry: entryOf(trail, exit),
    subjects: trail.subjects,
    digests: trail.request && { request: trail.request },
    closesIntent: trail.intent === undefined ? undefined : trail.id,
  };
  try {
    return positionText(await gateway.ledger.append(draft));
  } catch (error) {
    faultIn(error);
    return undefined;
  }
}

/** A claim is given up when nothing can have happened under it, so that the caller may try again with the same key. */
export async function giveUpClaim(gateway: Gateway, trail: Trail): Promise<void> {
  if (trail.claim === undefined || trail.mayHaveActed) return;
  await gateway.repeats.giveUp(trail.claim, trail.id).catch((error: unknown) => {
    gateway.logger.warn({ id: trail.id, err: error }, 'an unused Idempotency-Key could not be given up');
  });
}

function unrecorded(gateway: Gateway, trail: Trail): Refused {
  gateway.logger.error(
    { id: trail.id, service: trail.serviceNamed },
    'an attempt could not be recorded; nothing was released',
  );
  return { refused: { code: 'STILE_RECORD_UNAVAILABLE', retryAfter: 1 }, position: undefined };
}

async function decideOn(answered: Answered, gateway: Gateway, trail: Trail): Promise<Answered | Exit> {
  const grant = await decideAgain(answered.prepared, gateway, trail);
  return isExit(grant) ? grant : { ...answered, prepared: { ...answered.prepared, grant } };
}

function minimised(answered: Answered): Found {
  const { grant, quota } = answered.prepared;
  if ('earlier' in answered) return { body: answered.earlier.sealed.body, asOf: answered.earlier.sealed.asOf, quota };
  return { body: JSON.stringify(minimise(answered.answer.body, grant)), asOf: answered.answer.asOf, quota };
}

function releaseDraft(answered: Answered, found: Found, trail: Trail, gateway: Gateway): Draft {
  const subjects = subjectsOf(answered);
  return {
    entry: entryOf(trail, undefined),
    agreements: trail.agreements,
    subjects,
    digests: { reply: found.body, request: answered.prepared.received.bytes },
    closesIntent: trail.intent === undefined ? undefined : trail.id,
    seal: sealOf(answered, found, subjects, gateway, trail),
  };
}

function sealOf(
  answered: Answered,
  found: Found,
  subjects: readonly Subject[],
  gateway: Gateway,
  { under }: Trail,
): Draft['seal'] {
  if ('earlier' in answered || answered.claim === undefined) return undefined;
  const { id, version } = answered.prepared.grant.agreement;
  const reply = gateway.repeats.seal({
    body: found.body,
    asOf: found.asOf,
    agreement: { id, version },
    subjects,
    under,
  });
  return { ...answered.claim, reply };
}

/** The ledger's own word for why it did not append; anything else it throws is a bug of ours. */
function faultIn(error: unknown): LedgerError['fault'] {
  if (error instanceof LedgerError) return error.fault;
  throw error;
}
