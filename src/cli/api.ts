/** Calls the gateway's API for the command line, with a token it is given or one it gets itself in the sandbox. */
import type { Role } from '../identity/principal.js';
import { sandboxKey } from '../identity/sandbox-key.js';
import type { Language, Text } from '../text.js';
import { type Answer, type Failure, failure, gatewayUrl, readAnswer, unreachable } from './answer.js';
import { requestToken } from './request-token.js';

export interface Api {
  get(path: string): Promise<Answer>;
  /** @param body what is sent as JSON */
  post(path: string, body: unknown): Promise<Answer>;
  /**
   * Sends a file of any size and hands back the answer's lines as they come in.
   *
   * @param type media type of the file
   * @param open the file's bytes, from the start at each call
   */
  upload(path: string, type: string, open: () => ReadableStream): Promise<Lines | Failure>;
  /** Whatever is at a path, with the status it comes with. */
  download(path: string): Promise<Download | Failure>;
}

export interface Download {
  readonly ok: true;
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
}

export interface Lines {
  readonly ok: true;
  /** Throws when the answer breaks off. */
  readonly texts: AsyncIterable<string>;
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
/** Longest wait for the whole of an answer to a file, milliseconds. */
const uploadDeadline = 60 * 60 * 1000;

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
    const bearer = await bearerToken();
    if (typeof bearer !== 'string') return bearer;
    try {
      const answer = await send(path, init, bearer, deadline);
      if (answer.status !== 401 || given !== undefined || fresh) return await readAnswer(answer, language);
    } catch (error) {
      return unreachable(url, error, language);
    }
    token = undefined;
    return call(path, init);
  }

  async function bearerToken(): Promise<string | Failure> {
    if (token !== undefined) return token;
    const client = `staff/${staff}`;
    const got = await requestToken({ url, client, key: sandboxKey(client), language });
    if (!got.ok) return got.status === undefined || got.status >= 500 ? got : failure(noToken[language]);
    token = got.token;
    return token;
  }

  async function upload(path: string, type: string, open: () => ReadableStream): Promise<Lines | Failure> {
    const bearer = await bearerToken();
    if (typeof bearer !== 'string') return bearer;
    try {
      const init = { method: 'POST', headers: { 'content-type': type }, body: open(), duplex: 'half' } as const;
      const answer = await send(path, init, bearer, uploadDeadline);
      if (answer.ok && answer.body !== null) return { ok: true, texts: linesOf(answer.body) };
      const refused = await readAnswer(answer, language);
      return refused.ok ? failure(noLines[language]) : refused;
    } catch (error) {
      return unreachable(url, error, language);
    }
  }

  async function download(path: string): Promise<Download | Failure> {
    const fresh = token === undefined;
    const bearer = await bearerToken();
    if (typeof bearer !== 'string') return bearer;
    try {
      const answer = await send(path, { method: 'GET' }, bearer, deadline);
      const { status, headers } = answer;
      const bytes = Buffer.from(await answer.arrayBuffer());
      if (status !== 401 || given !== undefined || fresh) return { ok: true, status, headers, bytes };
    } catch (error) {
      return unreachable(url, error, language);
    }
    token = undefined;
    return download(path);
  }

  const send = (path: string, init: RequestInit, bearer: string, limit: number): Promise<Response> =>
    fetch(url + path, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${bearer}`, 'accept-language': language },
      redirect: 'error',
      signal: AbortSignal.any([AbortSignal.timeout(limit), ...(ended === undefined ? [] : [ended])]),
    });

  return {
    get: path => call(path, { method: 'GET' }),
    post: (path, body) =>
      call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    upload,
    download,
  };
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

const noLines: Text = {
  zh: '网关的答复为空：请检查 STILE_URL。',
  en: 'The answer is empty: check STILE_URL.',
};

const noToken: Text = {
  zh: '没有令牌：请在 STILE_TOKEN 中提供工作人员令牌；只有沙箱网关会自动签发。',
  en: 'There is no token: put a staff token into STILE_TOKEN; only a sandbox gateway gives one by itself.',
};
