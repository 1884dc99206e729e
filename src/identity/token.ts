/** What an access token says (RFC 9068), and the one place that makes those claims. */
import { randomId } from '../random.js';
import type { IdentitySettings } from '../registry/settings.js';
import type { Role } from './principal.js';

export interface TokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly client_id: string;
  readonly aud: string;
  /** Seconds since 1970, as `exp`. */
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  readonly purpose?: string;
  /** Staff only, and one. */
  readonly role?: Role;
  readonly department?: string;
}

/** Media type of the token (RFC 9068, section 2.1), which keeps a client's own assertion from passing for one. */
export const tokenType = 'at+jwt';

/** The claims every token must carry. */
export const requiredClaims: readonly (keyof TokenClaims)[] = ['iss', 'sub', 'client_id', 'aud', 'iat', 'exp', 'jti'];

/**
 * The claims of a new token. Its audience is the issuer, as the gateway is its own resource server.
 *
 * @param now milliseconds since 1970
 */
export function newClaims(
  holder: { readonly id: string; readonly purpose?: string; readonly role?: Role; readonly department?: string },
  settings: IdentitySettings,
  now: number,
): TokenClaims {
  const iat = Math.floor(now / 1000);
  return {
    iss: settings.issuer,
    sub: holder.id,
    client_id: holder.id,
    aud: settings.issuer,
    iat,
    exp: iat + settings.tokenLife,
    jti: randomId(),
    ...(holder.purpose === undefined ? {} : { purpose: holder.purpose }),
    ...(holder.role === undefined ? {} : { role: holder.role }),
    ...(holder.department === undefined ? {} : { department: holder.department }),
  };
}
