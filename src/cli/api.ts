/** Calls the gateway's API for the command line, and puts what went wrong into the reader's language. */
import type { Role } from '../identity/principal.js';
import type { Language, Text } from '../text.js';
import { harmless } from './display.js';
import { sandboxToken } from './sandbox-token.js';

export interface Api {
  get(path: string): Promise<Answer>;
  /** @param body what is sent as JSON */
  post(path: string, body: unknown): Promise<Answer>;
}

export type Answer = Reply | Failure;

export interface Reply {
  readonly ok: true;
  readonly headers: Headers;
  readonly body: unknown;
}

export interface Failure {
  readonly ok: false;
  /** HTTP status; undefined when no answer came. */
  readonly status: number | undefined;
  /** The problem's `code`, where the gateway gave one. */
  readonly code: string | undefined;
  /** What to show on stderr, in the reader's language: what is wrong, then the remedy. */
  readonly lines: readonly string[];
}

export interface ApiOptions {
  readonly language: Language;
  /** The role to take in the sandbox when `STILE_TOKEN` is not set. */
  readonly staff: Role;
  /** Defaults to the process's. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Longest wait for one answer, milliseconds. */
const deadline = 30_000;

/**
 * The API at `STILE_URL`, called with `STILE_TOKEN`; without one, with a sandbox token of the given role,
 * which is got at the first call and again when it has expired.
 */
export function openApi(options: ApiOptions): Api {
  const { language, staff, environment = process.env } = options;
  const url = (environment.STILE_URL || 'http://127.0.0.1:8080').replace(/\/+$/, '');
  const given = environment.STILE_TOKEN || undefined;
  let token = given;

  async function call(path: string, init: RequestInit): Promise<Answer> {
    try {
      const fresh = token === undefined;
      token ??= (await sandboxToken(url, `staff/${staff}`)) ?? undefined;
      if (token === undefined) return failure(words.noToken[language]);
      const answer = await send(path, init, token);
      if (answer.status !== 401 || given !== undefined || fresh) return await read(answer);
      token = undefined;
      return await call(path, init);
    } catch (error) {
      return failure(`${words.unreachable[language]} ${url} (${reasonOf(error)})`, words.unreachableRemedy[language]);
    }
  }

  const send = (path: string, init: RequestInit, bearer: string): Promise<Response> =>
    fetch(url + path, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${bearer}`, 'accept-language': language },
      redirect: 'error',
      signal: AbortSignal.timeout(deadline),
    });

  async function read(answer: Response): Promise<Answer> {
    const text = await answer.text();
    const body = parse(text);
    if (answer.ok) {
      if (body === undefined) return failure(words.notJson[language]);
      return { ok: true, headers: answer.headers, body };
    }
    return refusal(answer.status, body);
  }

  return {
    get: path => call(path, { method: 'GET' }),
    post: (path, body) =>
      call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  };
}

const failure = (...lines: string[]): Failure => ({ ok: false, status: undefined, code: undefined, lines });

/** A problem (RFC 9457) as lines; an answer that is none, such as a proxy's, as its status. */
function refusal(status: number, body: unknown): Failure {
  const problem = isObject(body) ? body : {};
  const code = textOf(problem.code);
  const violations = Array.isArray(problem.errors) ? problem.errors.filter(isObject) : [];
  return {
    ok: false,
    status,
    code,
    lines: [
      `${textOf(problem.title) ?? `HTTP ${status}`}${code === undefined ? '' : ` (${code})`}`,
      ...violations.map(v => `  ${textOf(v.pointer) || '/'}: ${textOf(v.message) ?? ''}`),
      ...[textOf(problem.remedy)].filter(line => line !== undefined),
    ],
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? harmless(value) : undefined);

/** The cause's code, such as `ECONNREFUSED`, says more than fetch's own message. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (isObject(cause) && typeof cause.code === 'string') return cause.code;
  return error instanceof Error ? error.message : String(error);
}

const words = {
  unreachable: { zh: '无法连接网关', en: 'The gateway cannot be reached at' },
  unreachableRemedy: {
    zh: '请确认网关已启动，并以 STILE_URL 指明其地址。',
    en: 'See that the gateway runs, and name its address in STILE_URL.',
  },
  noToken: {
    zh: '没有令牌：请在 STILE_TOKEN 中提供工作人员令牌；只有沙箱网关会自动签发。',
    en: 'There is no token: put a staff token into STILE_TOKEN; only a sandbox gateway gives one by itself.',
  },
  notJson: {
    zh: '网关的答复不是 JSON：请检查 STILE_URL。',
    en: 'The answer is not JSON: check STILE_URL.',
  },
} satisfies Record<string, Text>;
