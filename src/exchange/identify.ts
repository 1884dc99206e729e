/** Step *identify*: who asks? The client behind the token; staff have no business on the exchange path. */
import { identify as principalOf, requireClient } from '../identity/identify.js';
import type { TokenVerifier } from '../identity/key-ring.js';
import { type Exit, isExit } from '../problem.js';
import type { Client } from '../registry/registry.js';
import type { RawCall } from './call.js';
import type { Trail } from './trail.js';

export function identify(call: RawCall, tokens: TokenVerifier, trail: Trail): Client | Exit {
  const principal = principalOf(call.headers.authorization, trail.registry, tokens);
  if (isExit(principal)) return principal;
  const found = requireClient(principal);
  if (isExit(found)) {
    if (principal.kind === 'staff') trail.staff = { id: principal.id, role: principal.role };
    return found;
  }
  trail.client = found.client;
  trail.tokenPurpose = found.purpose;
  return found.client;
}
