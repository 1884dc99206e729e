/** Reads a request for a token: OAuth 2.0 client credentials (RFC 6749, section 4.4) with a client assertion (RFC 7523, section 2.2). */
import type { Exit } from '../problem.js';

export interface TokenRequest {
  readonly assertion: string;
  /** What `client_id` says, where it is sent; the assertion decides. */
  readonly client: string | undefined;
  /** Stile's own parameter: the purpose that the token shall carry. */
  readonly purpose: string | undefined;
}

/** RFC 7523, section 2.2. */
export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/**
 * Takes the parameters it knows and ignores the others, as section 3.2 demands. `scope` is among the ignored: what a
 * client may have is said by agreements, not by scopes, and a token has none.
 *
 * @param authorization the request's header; a client proves who it is in one way only (section 2.3)
 */
export function readTokenRequest(form: URLSearchParams, authorization: string | undefined): TokenRequest | Exit {
  const names = [...form.keys()];
  if (authorization !== undefined || form.has('client_secret') || new Set(names).size !== names.length) {
    return { code: 'STILE_TOKEN_REQUEST_INVALID' };
  }
  // A parameter without a value counts as absent (section 3.2).
  const value = (name: string): string | undefined => form.get(name) || undefined;
  const grant = value('grant_type');
  if (grant === undefined) return { code: 'STILE_TOKEN_REQUEST_INVALID' };
  if (grant !== 'client_credentials') return { code: 'STILE_GRANT_UNSUPPORTED' };
  const assertion = value('client_assertion');
  if (assertion === undefined || value('client_assertion_type') !== assertionType) {
    return { code: 'STILE_ASSERTION_INVALID' };
  }
  return { assertion, client: value('client_id'), purpose: value('purpose') };
}
