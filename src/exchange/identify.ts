/** Step *identify*: who asks? The client behind the token, or behind the peer whose token it is; staff have no business on the exchange path. */
import { identify as principalOf, requireClient } from '../identity/identify.js';
import type { TokenVerifier } from '../identity/key-ring.js';
import { type Exit, isExit } from '../problem.js';
import type { Client } from '../registry/registry.js';
import type { RawCall } from './call.js';
import { clientBehind, onBehalfOf } from './peer.js';
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
  const { client } = found;
  if (client.peer !== undefined) return clientBehind(client, client.peer, call.headers, trail);
  return call.headers[onBehalfOf] === undefined ? client : { code: 'STILE_PEER_REQUIRED' };
}
