/** Gets a token as any OAuth client does: discovery (RFC 8414), then a signed assertion to the token endpoint (RFC 7523). */
import { type KeyObject, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose/jwt/sign';
import { metadataPath, tokenPath } from '../identity/metadata.js';
import { assertionAlgorithm } from '../identity/public-key.js';
import { assertionType } from '../identity/token-request.js';
import type { Language, Text } from '../text.js';
import { type Failure, failure, isObject, readAnswer, unreachable } from './answer.js';

export interface TokenWish {
  /** Where the gateway is, with no trailing slash. */
  readonly url: string;
  /** `housing/permits`, `staff/security`, … */
  readonly client: string;
  readonly key: KeyObject;
  /** Which of the client's keys it is, where config gives them ids. */
  readonly kid?: string;
  readonly purpose?: string;
  /**
   * Whether the gateway must name `url` as its issuer, as RFC 8414, section 3.3, asks: otherwise whoever answers there
   * could pass the assertion on to another gateway. Left out for sandbox keys, which are no secret.
   */
  readonly sameIssuer?: boolean;
  readonly language: Language;
}

/** Longest wait for one answer, milliseconds. */
const deadline = 10_000;
/** Life of an assertion, seconds. */
const assertionLife = 60;

/** The token, or what to tell the user. */
export async function requestToken(wish: TokenWish): Promise<{ readonly ok: true; readonly token: string } | Failure> {
  const { url, client, purpose, language } = wish;
  try {
    const metadata = await readAnswer(await call(wish, metadataPath), language);
    if (!metadata.ok) return metadata;
    const issuer = isObject(metadata.body) ? metadata.body.issuer : undefined;
    if (typeof issuer !== 'string') return failure(words.noGateway[language]);
    if (wish.sameIssuer === true && issuer !== url) return failure(`${words.otherIssuer[language]} ${issuer}`);
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client,
      client_assertion_type: assertionType,
      client_assertion: await assertionOf(wish, issuer),
    });
    if (purpose !== undefined) form.set('purpose', purpose);
    const reply = await readAnswer(await call(wish, tokenPath, form), language);
    if (!reply.ok) return reply;
    const token = isObject(reply.body) ? reply.body.access_token : undefined;
    return typeof token === 'string' ? { ok: true, token } : failure(words.noGateway[language]);
  } catch (error) {
    return unreachable(url, error, language);
  }
}

const call = ({ url, language }: TokenWish, path: string, body?: URLSearchParams): Promise<Response> =>
  fetch(url + path, {
    ...(body === undefined ? {} : { method: 'POST', body }),
    headers: { 'accept-language': language },
    redirect: 'error',
    signal: AbortSignal.timeout(deadline),
  });

const assertionOf = ({ client, key, kid }: TokenWish, issuer: string): Promise<string> =>
  new SignJWT({})
    .setProtectedHeader({ alg: assertionAlgorithm(key) ?? '', kid })
    .setIssuer(client)
    .setSubject(client)
    .setAudience(issuer)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime(`${assertionLife}s`)
    .sign(key);

const words = {
  noGateway: { zh: '答复者不是越篱网关：请检查 STILE_URL。', en: 'What answers is no gateway: check STILE_URL.' },
  otherIssuer: {
    zh: '网关自称的地址与 STILE_URL 不同，请将 STILE_URL 设为：',
    en: 'The gateway goes by another address; set STILE_URL to it:',
  },
} satisfies Record<string, Text>;
