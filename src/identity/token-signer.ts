/** One signing key at work: signs tokens and verifies its own through `@fastify/jwt` and its cache. */
import fastifyJwt from '@fastify/jwt';
import Fastify from 'fastify';
import type { IdentitySettings } from '../registry/settings.js';
import type { SigningKey } from './signing-key.js';
import { requiredClaims, type TokenClaims, tokenType } from './token.js';

export interface TokenSigner {
  readonly key: SigningKey;
  /** The header segment of every token of this key, as it stands in the token. */
  readonly header: string;
  sign(claims: TokenClaims): string;
  /** The claims of a token whose header segment is this key's, or why it is refused. */
  verify(token: string): TokenClaims | TokenFault;
  close(): Promise<void>;
}

export const tokenFault = { invalid: 'invalid', expired: 'expired' } as const;
export type TokenFault = (typeof tokenFault)[keyof typeof tokenFault];

/** Live tokens whose verification is remembered: one for each client and purpose would do. */
const cacheSize = 10_000;

/**
 * Opens a signer. It is a Fastify instance of its own that never listens: `@fastify/jwt` fixes its key when it is
 * registered, keys come and go while the gateway runs, and only with a fixed key is its verifier synchronous and cached.
 */
export async function openTokenSigner(key: SigningKey, settings: IdentitySettings): Promise<TokenSigner> {
  const host = Fastify({ logger: false });
  await host.register(fastifyJwt, {
    secret: {
      private: key.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      public: key.publicKey.export({ type: 'spki', format: 'pem' }),
    },
    sign: { algorithm: key.algorithm, kid: key.kid, header: { alg: key.algorithm, typ: tokenType } },
    verify: {
      algorithms: [key.algorithm],
      checkTyp: tokenType,
      requiredClaims: [...requiredClaims],
      allowedIss: settings.issuer,
      allowedAud: settings.issuer,
      clockTolerance: settings.clockSkew * 1000,
      cache: cacheSize,
      errorCacheTTL: -1,
    },
  });
  await host.ready();
  const header = host.jwt.sign({}).split('.', 1)[0] ?? '';
  /**
   * Tokens verified, in front of the verifier's own cache, which costs ten times as much: it digests a token to find it. By their
   * signatures: to hash a whole token for each look costs more than all the rest of it.
   */
  const verified = new Map<string, { readonly token: string; readonly claims: TokenClaims }>();
  return {
    key,
    header,
    sign: claims => host.jwt.sign(claims),
    verify(token) {
      const signature = token.slice(token.lastIndexOf('.') + 1);
      const known = verified.get(signature);
      if (known?.token === token && Date.now() < known.claims.exp * 1000) return known.claims;
      try {
        const claims = host.jwt.verify<TokenClaims>(token);
        if (verified.size >= cacheSize) verified.clear();
        verified.set(signature, { token, claims });
        return claims;
      } catch (error) {
        const code = String((error as { code?: unknown }).code);
        if (!code.startsWith('FAST_JWT_')) throw error;
        return code === 'FAST_JWT_EXPIRED' ? tokenFault.expired : tokenFault.invalid;
      }
    },
    close: () => host.close(),
  };
}
