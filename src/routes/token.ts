/** Where clients and staff get their tokens: the token endpoint, the server's metadata and its public keys. */
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Issued, issueToken } from '../identity/issue.js';
import type { KeyRing } from '../identity/key-ring.js';
import { jwksPath, metadataPath, serverMetadata, tokenPath } from '../identity/metadata.js';
import { oauthError, oauthStatus } from '../identity/oauth-error.js';
import { tokenEntry } from '../identity/token-entry.js';
import { readTokenRequest, type TokenRequest } from '../identity/token-request.js';
import { type Draft, LedgerError, type Position, positionText, type Query } from '../ledger/ledger.js';
import { type Exit, isExit } from '../problem.js';
import type { Registry } from '../registry/registry.js';
import { languageOf } from '../text.js';

export interface TokenRoutes {
  /** The registry of now; a request sees one. */
  readonly registry: () => Registry;
  readonly keys: KeyRing;
  /** For the ids of used assertions. */
  readonly query: Query;
  /**
   * Writes an entry down before anything is answered.
   *
   * @param source the address the request came from, by which a flood of refusals can become one entry: the client that a
   *   refused request names is proven only by some of the codes
   * @returns its position; undefined when it was counted into another entry
   * @throws LedgerError and then no token is handed out
   */
  readonly record: (draft: Draft, source: string) => Promise<Position | undefined>;
  /** Most requests a second of one source (of IPv6 a /64); 200 when absent. */
  readonly sourceRate?: number;
}

/** Bytes; twice the longest assertion. */
const bodyLimit = 16_384;
/** A client needs a token every few minutes, but many clients may share a source. */
const usualRate = 200;
/** Seconds after which to try again what could not be done now. */
const retryAfter = 1;
/** How long the public keys may be kept, seconds: less than a new one is published before it signs. */
const keysLife = 30;

/** Registers the routes in a scope of their own: it reads forms only, and answers errors as OAuth has them. */
export async function tokenRoutes(scope: FastifyInstance, options: TokenRoutes): Promise<void> {
  await scope.register(rateLimit, { global: false });
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, new URLSearchParams(body.toString())),
  );

  scope.get(metadataPath, async (_request, reply) => {
    reply.header('cache-control', `public, max-age=${keysLife}`);
    return serverMetadata(options.registry());
  });

  scope.get(jwksPath, async (_request, reply) => {
    reply.header('cache-control', `public, max-age=${keysLife}`).type('application/jwk-set+json');
    return options.keys.jwks();
  });

  scope.post(
    tokenPath,
    {
      bodyLimit,
      config: {
        rateLimit: { max: options.sourceRate ?? usualRate, timeWindow: 1000, errorResponseBuilder: () => tooMany },
      },
      errorHandler: (error, request, reply) =>
        answer(options, request, reply, undefined, options.registry(), exitOf(error, request)),
    },
    async (request, reply) => {
      const registry = options.registry();
      const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
      const asked = readTokenRequest(form, request.headers.authorization);
      if (isExit(asked)) return answer(options, request, reply, undefined, registry, asked);
      const { keys, query } = options;
      const decided = await issueToken(asked, { registry, keys, query, logger: request.log, now: Date.now() });
      return answer(options, request, reply, asked, registry, decided);
    },
  );
}

/** Records what was decided, and only then answers. */
async function answer(
  options: TokenRoutes,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: TokenRequest | undefined,
  registry: Registry,
  decided: Issued | Exit,
): Promise<FastifyReply> {
  // Both from RFC 6749, section 5.1.
  reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' });
  const recorded = await recordOf(options, tokenEntry(decided, asked, registry, request.ip), request);
  if (isExit(recorded)) return refuse(request, reply, recorded);
  if (recorded.position !== undefined) reply.header('stile-record', positionText(recorded.position));
  if (isExit(decided)) return refuse(request, reply, decided);
  const { token, claims } = decided;
  return reply.send({ access_token: token, token_type: 'Bearer', expires_in: claims.exp - claims.iat });
}

async function recordOf(
  options: TokenRoutes,
  draft: Draft,
  request: FastifyRequest,
): Promise<{ readonly position: Position | undefined } | Exit> {
  try {
    return { position: await options.record(draft, request.ip) };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    request.log.error({ err: error }, 'a token request could not be recorded');
    return { code: 'STILE_RECORD_UNAVAILABLE', retryAfter };
  }
}

function refuse(request: FastifyRequest, reply: FastifyReply, exit: Exit): FastifyReply {
  const language = languageOf(request.headers['accept-language']);
  if (exit.retryAfter !== undefined) reply.header('retry-after', exit.retryAfter);
  return reply.code(oauthStatus(exit)).header('content-language', language).send(oauthError(exit, language));
}

/** Thrown by the rate limiter, which can only throw. */
const tooMany = Object.assign(new Error('too many token requests'), { statusCode: 429 });

function exitOf(error: { readonly statusCode?: number; readonly code?: string }, request: FastifyRequest): Exit {
  if (error === tooMany) return { code: 'STILE_TOO_MANY_REQUESTS', retryAfter };
  // What Fastify itself finds wrong with a request: its media type, its size, a body that breaks off.
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return { code: error.statusCode === 413 ? 'STILE_BODY_TOO_LARGE' : 'STILE_TOKEN_REQUEST_INVALID' };
  }
  request.log.error({ err: error }, 'the token endpoint is at fault');
  return { code: 'STILE_FAULT' };
}
