/** `stile token`: gets a token for a client or, in the sandbox, for staff, and prints it alone, for scripts to take. */
import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Role, role } from '../identity/principal.js';
import { assertionAlgorithm } from '../identity/public-key.js';
import { sandboxKey } from '../identity/sandbox-key.js';
import type { Text } from '../text.js';
import { gatewayUrl } from './answer.js';
import { requestToken } from './request-token.js';
import { environmentLanguage } from './terminal.js';

export const usage = `stile token DEPARTMENT/CLIENT [--purpose PURPOSE] [--key FILE]
stile token --staff ROLE        ROLE: ${Object.values(role).join(', ')} (sandbox only)

  --purpose PURPOSE  the token carries this purpose; calls under it may state no other
  --key FILE         the client's private key, JWK or PEM; without it, the key of the sandbox's client
  STILE_URL          where the gateway is (http://127.0.0.1:8080)`;

interface Wish {
  readonly client: string;
  readonly purpose: string | undefined;
  readonly keyFile: string | undefined;
}

interface ClientKey {
  readonly key: KeyObject;
  readonly kid?: string;
}

/** @returns 0 with the token on stdout; 1 when there is none, with the reason on stderr; 2 for wrong arguments */
export async function run(words: string[]): Promise<number> {
  const language = environmentLanguage(process.env);
  const wish = parse(words);
  if (wish === undefined) {
    console.error(usage);
    return 2;
  }
  const found = await keyFor(wish);
  if (found === undefined) {
    console.error(`${wish.keyFile}: ${noKey[language]}`);
    return 1;
  }
  const got = await requestToken({
    url: gatewayUrl(process.env),
    client: wish.client,
    ...found,
    purpose: wish.purpose,
    sameIssuer: wish.keyFile !== undefined,
    language,
  });
  if (!got.ok) {
    for (const line of got.lines) console.error(line);
    return 1;
  }
  console.log(got.token);
  return 0;
}

/** @throws what `parseArgs` throws */
function parse(words: string[]): Wish | undefined {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { purpose: { type: 'string' }, staff: { type: 'string' }, key: { type: 'string' } },
  });
  const { staff, purpose, key: keyFile } = values;
  const [client, ...more] = positionals;
  if (more.length > 0 || (client === undefined) === (staff === undefined)) return undefined;
  if (client !== undefined) return { client, purpose, keyFile };
  if (!isRole(staff) || purpose !== undefined || keyFile !== undefined) return undefined;
  return { client: `staff/${staff}`, purpose, keyFile };
}

const isRole = (word: string | undefined): word is Role => Object.values<string | undefined>(role).includes(word);

async function keyFor({ client, keyFile }: Wish): Promise<ClientKey | undefined> {
  if (keyFile === undefined) return { key: sandboxKey(client) };
  try {
    const text = await readFile(keyFile, 'utf8');
    const jwk = text.trimStart().startsWith('{') ? (JSON.parse(text) as JsonWebKey) : undefined;
    const key = createPrivateKey(jwk === undefined ? text : { key: jwk, format: 'jwk' });
    if (assertionAlgorithm(key) === undefined) return undefined;
    return typeof jwk?.kid === 'string' ? { key, kid: jwk.kid } : { key };
  } catch {
    return undefined;
  }
}

const noKey: Text = {
  zh: '读不到可用的私钥；须为 P-256、Ed25519 或 2048 位以上 RSA 的 JWK 或 PEM。',
  en: 'no private key that could be used is there; it is to be a JWK or PEM of P-256, Ed25519 or RSA of 2048 bits or more.',
};
