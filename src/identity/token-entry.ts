/** The ledger's entry of a token issued or refused. It names the token by its `jti` and never holds the token. */

import { type Draft, entryKind, outcome } from '../ledger/ledger.js';
import { type Exit, isExit } from '../problem.js';
import { randomId } from '../random.js';
import type { Registry } from '../registry/registry.js';
import { claimedClient } from './assertion.js';
import type { Issued } from './issue.js';
import { findParty } from './party.js';
import type { TokenRequest } from './token-request.js';

/**
 * Makes the entry.
 *
 * @param request undefined when it could not be read
 * @param source the address it came from
 */
export function tokenEntry(
  decided: Issued | Exit,
  request: TokenRequest | undefined,
  registry: Registry,
  source: string,
): Draft {
  const issued = isExit(decided) ? undefined : decided.claims;
  const claimed = issued?.sub ?? (request && claimedClient(request.assertion));
  // Only what is registered gets into the ledger: a stranger's own words would be anything at all.
  const party = claimed === undefined ? undefined : findParty(claimed, registry);
  const purpose = request?.purpose;
  return {
    entry: {
      client: party?.kind === 'client' ? party.id : undefined,
      code: isExit(decided) ? decided.code : undefined,
      consumer: party?.kind === 'client' ? party.client.department : undefined,
      id: randomId(),
      jti: issued?.jti,
      kind: entryKind.token,
      outcome: isExit(decided) ? outcome.refused : outcome.released,
      purpose: purpose !== undefined && registry.purposes.has(purpose) ? purpose : undefined,
      registry: registry.digest,
      source,
      staff: party?.kind === 'staff' ? { id: party.id, role: party.member.role } : undefined,
      stage: isExit(decided) ? 'token' : undefined,
    },
  };
}
