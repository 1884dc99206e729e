/** All signing keys that matter now: the newest signs, the earlier ones verify until their last token has expired. */
import { join } from 'node:path';
import type { JWK } from 'jose';
import type { Logger } from 'pino';
import type { IdentitySettings } from '../registry/settings.js';
import { ensureSigningKey, readSigningKey, readSigningKeys, type SigningKey } from './signing-key.js';
import type { TokenClaims } from './token.js';
import { openTokenSigner, type TokenFault, type TokenSigner, tokenFault } from './token-signer.js';

/** What identifying a caller needs of the ring. */
export interface TokenVerifier {
  verify(token: string): TokenClaims | TokenFault;
}

export interface KeyRing extends TokenVerifier {
  sign(claims: TokenClaims): string;
  /** The public keys, those that sign later included (RFC 7517, section 5). */
  jwks(): { readonly keys: readonly JWK[] };
  /** Reads the files again now; they are also read every few seconds. Keeps the keys it has when that fails, and says so. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

/** How often the files are looked at, milliseconds. Polled, as file events are lost on network and container mounts. */
const reloadEvery = 5_000;

/** The folder of the keys that sign tokens, within the data folder. */
export const signingKeyFolder = (data: string): string => join(data, 'keys', 'tokens');

/**
 * Opens the ring over `identity.signingKeyFile`, or over the data folder's keys, of which it makes the first.
 *
 * @param data the data folder
 * @throws when a key file is no key: a start with a wrong key is refused
 */
export async function openKeyRing(data: string, settings: IdentitySettings, logger: Logger): Promise<KeyRing> {
  const folder = signingKeyFolder(data);
  /** How long an earlier key's tokens may still come in after the next one signs, and the time to notice that it does. */
  const outlives = (settings.tokenLife + settings.clockSkew) * 1000 + reloadEvery;
  let signers: readonly TokenSigner[] = [];
  let byHeader: ReadonlyMap<string, TokenSigner> = new Map();

  async function read(): Promise<readonly SigningKey[]> {
    if (settings.signingKeyFile === undefined) {
      await ensureSigningKey(folder);
      return readSigningKeys(folder);
    }
    // The file holds one key: those it held before are remembered as long as their tokens live.
    const key = await readSigningKey(settings.signingKeyFile, signers.length === 0 ? 0 : Date.now());
    const known = signers.map(signer => signer.key);
    return known.at(-1)?.kid === key.kid ? known : [...known.filter(each => each.kid !== key.kid), key];
  }

  async function load(): Promise<void> {
    const keys = stillNeeded(await read(), Date.now() - outlives);
    const next: TokenSigner[] = [];
    for (const key of keys) {
      const open = signers.find(signer => signer.key.kid === key.kid && signer.key.from === key.from);
      next.push(open ?? (await openTokenSigner(key, settings)));
    }
    const gone = signers.filter(signer => !next.includes(signer));
    signers = next;
    byHeader = new Map(next.map(signer => [signer.header, signer]));
    for (const signer of gone) await signer.close();
  }

  /** One load after another, so that a slow one never puts an older view in place of a newer. */
  let loading: Promise<void> = load();
  await loading;
  function reload(): Promise<void> {
    loading = loading.then(load).catch((error: unknown) => {
      logger.error({ err: error }, 'the signing keys could not be read again; those in use stay in use');
    });
    return loading;
  }
  const timer = setInterval(reload, reloadEvery).unref();

  return {
    sign(claims) {
      const now = Date.now();
      const signer = signers.findLast(each => each.key.from <= now) ?? signers[0];
      if (signer === undefined) throw new Error('there is no key that signs tokens');
      return signer.sign(claims);
    },
    // A token is ours only if its header is, byte for byte, one we write: that fixes alg, typ and kid before anything is
    // decoded, and leaves no room for `none`, `jwk`, `crit` or a key of someone else's.
    verify: token => byHeader.get(token.slice(0, token.indexOf('.')))?.verify(token) ?? tokenFault.invalid,
    jwks: () => ({ keys: signers.map(signer => signer.key.publicJwk) }),
    reload,
    async close() {
      clearInterval(timer);
      await loading;
      for (const signer of signers) await signer.close();
    },
  };
}

/** Leaves out every key whose successor began to sign before `since`. */
const stillNeeded = (keys: readonly SigningKey[], since: number): readonly SigningKey[] =>
  keys.filter((_, index) => {
    const successor = keys[index + 1];
    return successor === undefined || successor.from >= since;
  });
