/** The ledger's entry of a token issued or refused. It names the token by its `jti` and never holds the token. */
import { randomBytes } from 'node:crypto';
import { type Draft, entryKind, outcome } from '../ledger/ledger.js';
import type { Exit } from '../problem.js';
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
  const issued = 'claims' in decided ? decided.claims : undefined;
  const claimed = issued?.sub ?? (request && claimedClient(request.assertion));
  // Only what is registered gets into the ledger: a stranger's own words would be anything at all.
  const party = claimed === undefined ? undefined : findParty(claimed, registry);
  const purpose = request?.purpose;
  return {
    entry: {
      kind: entryKind.token,
      id: randomBytes(16).toString('base64url'),
      ...('code' in decided ? { outcome: outcome.refused, code: decided.code } : { outcome: outcome.released }),
      ...(party?.kind === 'client' ? { consumer: party.client.department, client: party.id } : {}),
      ...(party?.kind === 'staff' ? { staff: { id: party.id, role: party.member.role } } : {}),
      ...(purpose !== undefined && registry.purposes.has(purpose) ? { purpose } : {}),
      ...(issued === undefined ? {} : { jti: issued.jti }),
      registry: registry.digest,
      source,
    },
  };
}
