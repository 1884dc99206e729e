/** What the gateway answers the command line, and what to show when it refuses, in the reader's language. */
import type { Language, Text } from '../text.js';
import { harmless } from './display.js';

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
  /** What of the data sent is invalid, where the gateway says so; the lines have it too. */
  readonly violations?: readonly { readonly pointer: string; readonly message: string }[];
}

/** A failure to be told in these lines, with no answer of the gateway behind it. */
export const failure = (...lines: string[]): Failure => ({ ok: false, status: undefined, code: undefined, lines });

/**
 * The address the environment names, or the one a gateway has by default.
 *
 * @returns without a trailing slash
 */
export const gatewayUrl = (environment: Readonly<Record<string, string | undefined>>): string =>
  (environment.STILE_URL || 'http://127.0.0.1:8080').replace(/\/+$/, '');

/** No answer came at all. */
export const unreachable = (url: string, error: unknown, language: Language): Failure =>
  failure(`${words.unreachable[language]} ${url} (${reasonOf(error)})`, words.unreachableRemedy[language]);

/** Reads an answer to its end; one that should be JSON and is not is a failure too. */
export async function readAnswer(answer: Response, language: Language): Promise<Answer> {
  const body = parse(await answer.text());
  if (!answer.ok) return refusal(answer.status, body);
  return body === undefined ? failure(words.notJson[language]) : { ok: true, headers: answer.headers, body };
}

/** A problem (RFC 9457), or OAuth's error with the same members, as lines; an answer that is none, such as a proxy's, as its status. */
function refusal(status: number, body: unknown): Failure {
  const problem = isObject(body) ? body : {};
  const code = textOf(problem.code);
  const listed = Array.isArray(problem.errors) ? problem.errors.filter(isObject) : [];
  const violations = listed.map(each => ({ pointer: textOf(each.pointer) ?? '', message: textOf(each.message) ?? '' }));
  return {
    ok: false,
    status,
    code,
    lines: [
      `${textOf(problem.title) ?? `HTTP ${status}`}${code === undefined ? '' : ` (${code})`}`,
      ...violations.map(({ pointer, message }) => `  ${pointer || '/'}: ${message}`),
      ...[textOf(problem.remedy)].filter(line => line !== undefined),
    ],
    ...(violations.length === 0 ? {} : { violations }),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

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
  notJson: {
    zh: '网关的答复不是 JSON：请检查 STILE_URL。',
    en: 'The answer is not JSON: check STILE_URL.',
  },
} satisfies Record<string, Text>;
