/** Decides on a request for a token: who asks, proven by an assertion not used before, and what the token shall say. */
import type { BaseLogger } from 'pino';
import type { Query } from '../ledger/ledger.js';
import { type Exit, isExit } from '../problem.js';
import type { Registry } from '../registry/registry.js';
import { checkAssertion, type Proof } from './assertion.js';
import { useAssertionId } from './assertion-id.js';
import type { KeyRing } from './key-ring.js';
import { tokenEndpoint } from './metadata.js';
import { newClaims, type TokenClaims } from './token.js';
import type { TokenRequest } from './token-request.js';

export interface Issued {
  /** What is handed to the client, and to nobody else. */
  readonly token: string;
  readonly claims: TokenClaims;
}

/** What issuing takes beside the request. */
export interface Issuing {
  readonly registry: Registry;
  readonly keys: KeyRing;
  /** For the ids of used assertions; of a connection on which every statement has a deadline. */
  readonly query: Query;
  readonly logger: Pick<BaseLogger, 'error'>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Issues a token, or says why not. */
export async function issueToken(request: TokenRequest, issuing: Issuing): Promise<Issued | Exit> {
  const { registry, now } = issuing;
  const proof = await checkAssertion(request.assertion, registry, tokenEndpoint(registry), now);
  if (isExit(proof)) return proof;
  const { party } = proof;
  const reused = await refuseReuse(proof, issuing);
  if (reused !== null) return reused;
  if (request.client !== undefined && request.client !== party.id) return { code: 'STILE_TOKEN_REQUEST_INVALID' };
  const { purpose } = request;
  if (purpose !== undefined) {
    if (!registry.purposes.has(purpose)) return { code: 'STILE_PURPOSE_UNKNOWN' };
    // Staff exchange nothing, so that no purpose could ever apply.
    if (party.kind === 'staff') return { code: 'STILE_TOKEN_REQUEST_INVALID' };
  }
  const holder =
    party.kind === 'staff' ? { role: party.member.role, department: party.member.department } : { purpose };
  const claims = newClaims({ id: party.id, ...holder }, registry.settings.identity, now);
  return { token: issuing.keys.sign(claims), claims };
}

async function refuseReuse({ party, jti, expires }: Proof, { query, logger }: Issuing): Promise<Exit | null> {
  try {
    return (await useAssertionId(query, party.id, jti, expires)) ? null : { code: 'STILE_ASSERTION_REUSED' };
  } catch (error) {
    logger.error({ err: error }, 'the store did not say whether an assertion was used before');
    return { code: 'STILE_TOKEN_UNAVAILABLE', retryAfter: 1 };
  }
}
