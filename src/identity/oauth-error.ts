/** Error answers of the token endpoint: OAuth's form (RFC 6749, section 5.2) with the code and remedy every error has. */
import { type ErrorCode, errors } from '../errors.js';
import type { Exit } from '../problem.js';
import type { Language } from '../text.js';

/** By OAuth's name; what is not named here is `invalid_request`. The last two are section 4.1.2.1's, as 5.2 has none. */
const names: Partial<Record<ErrorCode, string>> = {
  STILE_CLIENT_UNKNOWN: 'invalid_client',
  STILE_ASSERTION_INVALID: 'invalid_client',
  STILE_ASSERTION_AUDIENCE: 'invalid_client',
  STILE_ASSERTION_TIME: 'invalid_client',
  STILE_ASSERTION_REUSED: 'invalid_client',
  STILE_GRANT_UNSUPPORTED: 'unsupported_grant_type',
  STILE_TOO_MANY_REQUESTS: 'temporarily_unavailable',
  STILE_TOKEN_UNAVAILABLE: 'temporarily_unavailable',
  STILE_RECORD_UNAVAILABLE: 'temporarily_unavailable',
  STILE_FAULT: 'server_error',
};

/** `invalid_request` is always 400, whatever the same code is elsewhere. */
export const oauthStatus = (exit: Exit): number => (exit.code in names ? errors[exit.code].status : 400);

/**
 * The body. `error_description` is English in any case, as section 5.2 allows it ASCII only; title and remedy are in
 * the caller's language.
 */
export function oauthError(exit: Exit, language: Language): Record<string, string> {
  const row = errors[exit.code];
  return {
    error: names[exit.code] ?? 'invalid_request',
    error_description: `${row.title.en}. ${row.remedy.en}`,
    code: exit.code,
    title: row.title[language],
    remedy: row.remedy[language],
  };
}
