/** Checks the JWT by which a client proves who it is (`private_key_jwt`: RFC 7523, section 3; RFC 8725). */
import type { KeyObject } from 'node:crypto';
import type { JWTPayload, JWTVerifyOptions } from 'jose';
import { decodeProtectedHeader } from 'jose/decode/protected_header';
import * as errors from 'jose/errors';
import { decodeJwt } from 'jose/jwt/decode';
import { jwtVerify } from 'jose/jwt/verify';
import { type Exit, isExit } from '../problem.js';
import type { Registry } from '../registry/registry.js';
import type { IdentitySettings } from '../registry/settings.js';
import { findParty, type Party } from './party.js';
import { assertionAlgorithms, candidates } from './public-key.js';

/** What a valid assertion proves. */
export interface Proof {
  readonly party: Party;
  /** The assertion's own id, to be used once. */
  readonly jti: string;
  /** When it is refused by its time anyway, milliseconds since 1970. */
  readonly expires: number;
}

/** What an assertion says of itself, before anything is proven. */
interface Claimed {
  readonly id: string;
  readonly algorithm: string;
  readonly kid: string | undefined;
}

/** Characters; an assertion signed by an RSA key of 4096 bits takes under 2,000. */
const longestAssertion = 8_192;
const longestId = 256;
/** How far ahead an assertion may expire, seconds. */
const longestLife = 300;

const invalid: Exit = { code: 'STILE_ASSERTION_INVALID' };
const wrongTime: Exit = { code: 'STILE_ASSERTION_TIME' };
const wrongAudience: Exit = { code: 'STILE_ASSERTION_AUDIENCE' };

/** The client an assertion claims to be from, proven or not; undefined when it is no assertion. */
export const claimedClient = (assertion: string): string | undefined => claimed(assertion)?.id;

/**
 * Checks everything about an assertion but whether its id was used before.
 *
 * @param tokenEndpoint accepted as audience beside the issuer
 * @param now milliseconds since 1970
 */
export async function checkAssertion(
  assertion: string,
  registry: Registry,
  tokenEndpoint: string,
  now: number,
): Promise<Proof | Exit> {
  const claim = claimed(assertion);
  if (claim === undefined) return invalid;
  const party = findParty(claim.id, registry);
  if (party === undefined) return { code: 'STILE_CLIENT_UNKNOWN' };
  const settings = registry.settings.identity;
  const found = await verified(assertion, candidates(party.keys, claim.algorithm, claim.kid), {
    algorithms: [claim.algorithm],
    issuer: claim.id,
    subject: claim.id,
    requiredClaims: ['exp', 'jti', 'aud'],
    clockTolerance: settings.clockSkew,
    currentDate: new Date(now),
  });
  if (isExit(found)) return found;
  const { claims } = found;
  if (!isForUs(claims.aud, [settings.issuer, tokenEndpoint])) return wrongAudience;
  const { jti, exp = 0 } = claims;
  if (reachesTooFar(claims, now, settings)) return wrongTime;
  if (typeof jti !== 'string' || jti === '' || jti.length > longestId) return invalid;
  return { party, jti, expires: (exp + settings.clockSkew) * 1000 };
}

function claimed(assertion: string): Claimed | undefined {
  if (assertion.length > longestAssertion) return undefined;
  let header: Readonly<Record<string, unknown>>;
  let claims: JWTPayload;
  try {
    header = decodeProtectedHeader(assertion);
    claims = decodeJwt(assertion);
  } catch {
    return undefined;
  }
  const { alg, kid, typ = 'JWT' } = header;
  if (typeof alg !== 'string' || !assertionAlgorithms.includes(alg)) return undefined;
  if (kid !== undefined && typeof kid !== 'string') return undefined;
  // draft-ietf-oauth-rfc7523bis gives client assertions a type; under any other, such as a token's, this is none.
  if (typeof typ !== 'string' || !/^(application\/)?(client-authentication\+)?jwt$/i.test(typ)) return undefined;
  if (typeof claims.iss !== 'string' || claims.iss !== claims.sub) return undefined;
  return { id: claims.iss, algorithm: alg, kid };
}

/**
 * The claims, if one of the keys has signed them. A client that is changing its key has two. They are wrapped, as a
 * client could make claims that look like an exit.
 */
async function verified(
  assertion: string,
  keys: readonly KeyObject[],
  options: JWTVerifyOptions,
): Promise<{ readonly claims: JWTPayload } | Exit> {
  for (const key of keys) {
    try {
      return { claims: (await jwtVerify(assertion, key, options)).payload };
    } catch (error) {
      if (error instanceof errors.JWSSignatureVerificationFailed) continue;
      if (error instanceof errors.JOSEError) return exitOf(error);
      throw error;
    }
  }
  return invalid;
}

function exitOf(error: errors.JOSEError): Exit {
  if (error instanceof errors.JWTExpired) return wrongTime;
  if (!(error instanceof errors.JWTClaimValidationFailed)) return invalid;
  if (error.claim === 'aud') return wrongAudience;
  return error.claim === 'nbf' && error.reason === 'check_failed' ? wrongTime : invalid;
}

/**
 * RFC 7523, section 3, lets the audience be the token endpoint; draft-ietf-oauth-rfc7523bis only the issuer. Both are
 * taken, and older libraries' array of the two as well, but no array that names anyone else, who could use the assertion here.
 */
function isForUs(audience: unknown, ours: readonly string[]): boolean {
  const named: readonly unknown[] = Array.isArray(audience) ? audience : [audience];
  return named.length > 0 && named.every(each => typeof each === 'string' && ours.includes(each));
}

/** Whether it was issued in the future, or would live for longer than an assertion may. */
function reachesTooFar({ iat, exp = 0 }: JWTPayload, now: number, settings: IdentitySettings): boolean {
  const latest = now / 1000 + settings.clockSkew;
  return (iat !== undefined && iat > latest) || exp > latest + longestLife;
}
