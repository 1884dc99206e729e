/** The step that asks who calls: from the Authorization header to a client or a member of staff. */
import type { Exit } from '../problem.js';
import type { Registry } from '../registry/registry.js';
import type { TokenVerifier } from './key-ring.js';
import { type ClientPrincipal, type Principal, type Role, role, type StaffPrincipal } from './principal.js';
import { findStaff, isStaffId } from './staff.js';
import type { TokenClaims } from './token.js';
import { tokenFault } from './token-signer.js';

/** A 401 or 403 with its challenge (RFC 6750, section 3). */
const refusal = (code: Exit['code'], parameters = ''): Exit =>
  Object.freeze({ code, headers: Object.freeze({ 'www-authenticate': `Bearer realm="stile"${parameters}` }) });

// A request without a token gets no error code (RFC 6750, section 3.1).
const missing = refusal('STILE_TOKEN_MISSING');
const invalid = refusal('STILE_TOKEN_INVALID', ', error="invalid_token", error_description="The token is not valid"');
const expired = refusal('STILE_TOKEN_EXPIRED', ', error="invalid_token", error_description="The token has expired"');
const unknown = refusal('STILE_CLIENT_UNKNOWN', ', error="invalid_token", error_description="The client is unknown"');
const clientRequired = refusal('STILE_CLIENT_REQUIRED', ', error="insufficient_scope"');
const roleRequired = refusal('STILE_ROLE_REQUIRED', ', error="insufficient_scope"');

const scheme = 'bearer ';

/**
 * Who is behind a request. Synchronous, as it is on the way of every exchange; the client is looked up each time, so
 * that one taken out of the registry is refused at once, however long its token still lives.
 *
 * @param authorization the header's value
 * @param registry the exchange's snapshot
 */
export function identify(
  authorization: string | undefined,
  registry: Registry,
  tokens: TokenVerifier,
): Principal | Exit {
  if (authorization?.slice(0, scheme.length).toLowerCase() !== scheme) return missing;
  const claims = tokens.verify(authorization.slice(scheme.length));
  if (claims === tokenFault.expired) return expired;
  if (claims === tokenFault.invalid || claims.sub !== claims.client_id) return invalid;
  return isStaffId(claims.sub) ? staffBehind(claims, registry) : clientBehind(claims, registry);
}

function clientBehind(claims: TokenClaims, registry: Registry): ClientPrincipal | Exit {
  if (claims.role !== undefined) return invalid;
  const client = registry.clients.get(claims.sub);
  if (client === undefined) return unknown;
  return { kind: 'client', client, purpose: claims.purpose, token: claims.jti };
}

function staffBehind(claims: TokenClaims, registry: Registry): StaffPrincipal | Exit {
  // One string of the four: an array of two roles, or none, is no role at all.
  const held = Object.values(role).find(each => each === claims.role);
  if (held === undefined || claims.purpose !== undefined) return invalid;
  const member = findStaff(claims.sub, registry);
  if (member === undefined) return unknown;
  // A token of the role held before counts no longer, or its holder would have two at once.
  if (member.role !== held) return invalid;
  return { kind: 'staff', id: member.id, role: held, department: member.department, token: claims.jti };
}

/** The principal as a department's client, or the refusal of staff, who never exchange. */
export const requireClient = (principal: Principal): ClientPrincipal | Exit =>
  principal.kind === 'client' ? principal : clientRequired;

/** The principal as staff in one of these roles, or the refusal of everyone else. */
export const requireRole = (principal: Principal, roles: readonly Role[]): StaffPrincipal | Exit =>
  principal.kind === 'staff' && roles.includes(principal.role) ? principal : roleRequired;
