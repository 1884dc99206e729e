/** How the gateway proves itself to a department's system: what goes into the headers or the query of each question. */
import type { HttpSettings } from '../schemas/stile/adapters/http-settings.js';

/** Credentials that stay the same while the adapter is open. */
export interface Credentials {
  /** Names and values in turn. */
  readonly headers: readonly string[];
  /** Encoded, as `name=value`; empty where there is none. */
  readonly query: string;
}

const none: Credentials = { headers: [], query: '' };

/** All kinds but those whose secrets come and go; see oauth-token.ts and sharing-platform.ts. */
export function credentialsOf(authentication: HttpSettings['authentication'] = {}): Credentials {
  const { apiKey, queryKey, basic, bearer } = authentication;
  if (apiKey !== undefined) {
    const { header, scheme, key } = apiKey;
    return { ...none, headers: [header, scheme === undefined ? key : `${scheme} ${key}`] };
  }
  if (queryKey !== undefined) {
    return { ...none, query: `${encodeURIComponent(queryKey.parameter)}=${encodeURIComponent(queryKey.key)}` };
  }
  if (basic !== undefined) return { ...none, headers: ['authorization', basicValue(basic.user, basic.password)] };
  if (bearer !== undefined) return { ...none, headers: ['authorization', `Bearer ${bearer.token}`] };
  return none;
}

/** RFC 7617, in UTF-8. */
export const basicValue = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** The sharing platform's signature shows who asks, but binds nothing of what is asked. */
export const isWeaklySigned = ({ authentication }: Pick<HttpSettings, 'authentication'>): boolean =>
  authentication?.sharingPlatform !== undefined;
