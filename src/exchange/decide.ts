/** Step *decide*: may they? Agreement, purpose, client, dates, state and constraints decide, without I/O and by one clock reading. */
import type { JsonObject } from '../../adapters/adapter.js';
import { agreementState } from '../agreements/agreement.js';
import type { CompiledConstraint } from '../agreements/constraint.js';
import type { Grant } from '../agreements/grant.js';
import type { ErrorCode } from '../errors.js';
import { type Exit, isExit } from '../problem.js';
import type { Client, Registry, Violation } from '../registry/registry.js';

/** What is decided on. */
export interface Question {
  readonly client: Client;
  /** What `Stile-Purpose` states. */
  readonly purpose: string | undefined;
  /** The purpose the token carries. */
  readonly tokenPurpose: string | undefined;
  /** A request that the contract has accepted. */
  readonly request: JsonObject;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  readonly registry: Registry;
}

/** Why a grant does not fit, in the order it is asked. */
const reasons = [
  'STILE_AGREEMENT_PURPOSE',
  'STILE_AGREEMENT_CLIENT',
  'STILE_AGREEMENT_NOT_YET',
  'STILE_AGREEMENT_EXPIRED',
  'STILE_AGREEMENT_SUSPENDED',
  'STILE_AGREEMENT_WAITING',
  'STILE_CONSTRAINT',
] as const satisfies readonly ErrorCode[];
export type Reason = (typeof reasons)[number];

/** One agreement as a decision saw it. */
export interface Considered {
  readonly agreement: string;
  readonly version: number;
  /** Why it does not fit; undefined when it does. */
  readonly verdict: Reason | undefined;
}

/**
 * Finds the grant a call is made under: of the consumer's grants for the service, the first that fits.
 *
 * When none fits, the caller is told of the one that came closest, that is, whose reason stands last in {@link reasons}:
 * a consumer with one agreement for another purpose and one that is suspended learns of the suspended one, as that is
 * the one it meant.
 *
 * @param grants those of the client's department for the service
 */
export function decide(question: Question, grants: readonly Grant[]): Grant | Exit {
  const purpose = purposeOf(question);
  if (isExit(purpose)) return purpose;
  let closest: { readonly grant: Grant; readonly rank: number } | undefined;
  for (const grant of grants) {
    const reason = reasonAgainst(grant, question, purpose);
    if (reason === undefined) return grant;
    const rank = reasons.indexOf(reason);
    if (closest === undefined || rank > closest.rank) closest = { grant, rank };
  }
  const code = closest && reasons[closest.rank];
  if (closest === undefined || code === undefined) return { code: 'STILE_AGREEMENT_NONE' };
  if (code !== 'STILE_CONSTRAINT') return { code };
  return { code, violations: brokenConstraints(closest.grant, question).map(violationOf) };
}

/** Each grant and the reason against it, as {@link decide} sees them; empty when the purpose already fails. */
export function consider(question: Question, grants: readonly Grant[]): readonly Considered[] {
  const purpose = purposeOf(question);
  if (isExit(purpose)) return [];
  return grants.map(grant => ({
    agreement: grant.agreement.id,
    version: grant.agreement.version,
    verdict: reasonAgainst(grant, question, purpose),
  }));
}

/** The call's purpose: what it states, or what its token carries; both must agree where there are both. */
function purposeOf({ purpose, tokenPurpose, registry }: Question): string | Exit {
  if (purpose !== undefined && tokenPurpose !== undefined && purpose !== tokenPurpose) {
    return { code: 'STILE_PURPOSE_CONFLICT' };
  }
  const found = purpose ?? tokenPurpose;
  if (found === undefined) return { code: 'STILE_PURPOSE_MISSING' };
  return registry.purposes.has(found) ? found : { code: 'STILE_PURPOSE_UNKNOWN' };
}

/** Comparisons are written so that a date that is none, NaN, never lets a call through. */
function reasonAgainst(grant: Grant, question: Question, purpose: string): Reason | undefined {
  if (!grant.purposes.has(purpose)) return 'STILE_AGREEMENT_PURPOSE';
  if (grant.clients !== undefined && !grant.clients.has(question.client.id)) return 'STILE_AGREEMENT_CLIENT';
  if (!(question.now >= grant.from)) return 'STILE_AGREEMENT_NOT_YET';
  if (!(question.now < grant.until)) return 'STILE_AGREEMENT_EXPIRED';
  if (grant.state === agreementState.waiting) return 'STILE_AGREEMENT_WAITING';
  if (grant.state !== agreementState.active) return 'STILE_AGREEMENT_SUSPENDED';
  if (!grant.constraints.every(constraint => constraint.holds(question.request))) return 'STILE_CONSTRAINT';
  return undefined;
}

const brokenConstraints = (grant: Grant, { request }: Question): readonly CompiledConstraint[] =>
  grant.constraints.filter(constraint => !constraint.holds(request));

/** Names the field and the rule, never the value. The pointer of a field in an array ends at the array. */
function violationOf({ kind, field }: CompiledConstraint): Violation {
  const [path = ''] = field.split('[]');
  return { pointer: `/${path.replaceAll('.', '/')}`, keyword: kind, message: constraintMessages[kind] };
}

const constraintMessages = {
  'own-division': {
    zh: '身份证号所属行政区划不在使用部门的辖区内',
    en: "the identity number's division is not within the consumer's own",
  },
  'one-of': { zh: '取值不在协议所列之内', en: 'the value is not one of those the agreement lists' },
} as const;
