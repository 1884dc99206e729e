/** Calls the gateway's API for the command line, with a token it is given or one it gets itself in the sandbox. */
import type { Role } from '../identity/principal.js';
import { sandboxKey } from '../identity/sandbox-key.js';
import type { Language, Text } from '../text.js';
import { type Answer, failure, gatewayUrl, readAnswer, unreachable } from './answer.js';
import { requestToken } from './request-token.js';

export interface Api {
  get(path: string): Promise<Answer>;
  /** @param body what is sent as JSON */
  post(path: string, body: unknown): Promise<Answer>;
}

export interface ApiOptions {
  readonly language: Language;
  /** The role to take in the sandbox when `STILE_TOKEN` is not set. */
  readonly staff: Role;
  /** Defaults to the process's. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Ends a call that is under way, as when the user has had enough. */
  readonly ended?: AbortSignal;
}

/** Longest wait for one answer, milliseconds. */
const deadline = 30_000;

/**
 * The API at `STILE_URL`, called with `STILE_TOKEN`; without one, with a sandbox token of the given role,
 * which is got at the first call and again when it has expired.
 */
export function openApi(options: ApiOptions): Api {
  const { language, staff, environment = process.env, ended } = options;
  const url = gatewayUrl(environment);
  const given = environment.STILE_TOKEN || undefined;
  let token = given;

  async function call(path: string, init: RequestInit): Promise<Answer> {
    const fresh = token === undefined;
    if (token === undefined) {
      const client = `staff/${staff}`;
      const got = await requestToken({ url, client, key: sandboxKey(client), language });
      if (!got.ok) return got.status === undefined || got.status >= 500 ? got : failure(noToken[language]);
      token = got.token;
    }
    try {
      const answer = await send(path, init, token);
      if (answer.status !== 401 || given !== undefined || fresh) return await readAnswer(answer, language);
    } catch (error) {
      return unreachable(url, error, language);
    }
    token = undefined;
    return call(path, init);
  }

  const send = (path: string, init: RequestInit, bearer: string): Promise<Response> =>
    fetch(url + path, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${bearer}`, 'accept-language': language },
      redirect: 'error',
      signal: AbortSignal.any([AbortSignal.timeout(deadline), ...(ended === undefined ? [] : [ended])]),
    });

  return {
    get: path => call(path, { method: 'GET' }),
    post: (path, body) =>
      call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  };
}

const noToken: Text = {
  zh: '没有令牌：请在 STILE_TOKEN 中提供工作人员令牌；只有沙箱网关会自动签发。',
  en: 'There is no token: put a staff token into STILE_TOKEN; only a sandbox gateway gives one by itself.',
};
