/** Signs questions as the national data sharing and exchange platform (国家数据共享交换平台) wants them, and gets the secret for it. */
import { createDecipheriv, createHash, createHmac } from 'node:crypto';
import type { HttpSettings } from '../schemas/stile/adapters/http-settings.js';
import { type AdapterContext, type Failure, failure } from './adapter.js';
import type { WireReply } from './flight.js';
import { fetchTime, type Issuer, type Lent, lentFor } from './renewal.js';
import { Transport, type TransportSettings } from './transport.js';

export type SharingPlatform = NonNullable<NonNullable<HttpSettings['authentication']>['sharingPlatform']>;

const replyBytes = 65_536;
const replyDepth = 8;

/** The headers of one question: Base64(HMAC-SHA256(secret, sid + rid + rtime)). It covers no word of the question itself. */
export function signatureHeaders({ requester, service }: SharingPlatform, secret: string): string[] {
  const time = String(Date.now());
  const sign = createHmac('sha256', secret)
    .update(service + requester + time)
    .digest('base64');
  return ['gjgxjhpt_rid', requester, 'gjgxjhpt_sid', service, 'gjgxjhpt_rtime', time, 'gjgxjhpt_sign', sign];
}

/** Lends application secrets: asked for under the key that the platform gave, encrypted with it, good until an end it names. */
export function secretIssuer(
  settings: SharingPlatform,
  connection: Omit<TransportSettings, 'baseUrl' | 'connections'>,
  context: AdapterContext,
): Issuer {
  const { logger, findAddresses } = context;
  const address = { ...connection, baseUrl: settings.secretUrl, connections: 1 };
  const transport = new Transport(address, logger, findAddresses);
  return {
    what: 'application secret',
    async fetch() {
      const asked = performance.now();
      const pairs = signatureHeaders(settings, settings.appKey);
      const members = pairs.flatMap((name, at) => (at % 2 === 0 ? [[name, pairs[at + 1]]] : []));
      const request = {
        method: 'POST' as const,
        path: new URL(settings.secretUrl).pathname,
        headers: ['accept', 'application/json', 'content-type', 'application/json', ...pairs],
        body: JSON.stringify(Object.fromEntries(members)),
      };
      const reply = await transport.send(request, { time: fetchTime, bytes: replyBytes });
      const found = 'failure' in reply ? reply : readSecret(reply, asked, settings.appKey, context.readJson);
      return 'failure' in found ? { ...found, detail: `application secret: ${found.detail}` } : found;
    },
    close: () => transport.abandon(),
  };
}

interface SecretReply {
  readonly code?: unknown;
  readonly data?: { readonly secret?: unknown; readonly secretEndTime?: unknown } | null;
}

function readSecret(
  { status, body }: WireReply,
  asked: number,
  appKey: string,
  readJson: AdapterContext['readJson'],
): Lent | Failure {
  if (status === 401 || status === 403) return { failure: failure.denied, detail: `status ${status}` };
  if (status !== 200) return { failure: failure.failing, detail: `status ${status}` };
  const read = readJson(body, replyDepth);
  const { code, data } = (('value' in read ? read.value : null) as SecretReply | null) ?? {};
  // Such as E-106: the requester is on no list of those who may.
  if (code !== undefined && String(code) !== '0') return { failure: failure.denied, detail: 'refused by its code' };
  const secret = typeof data?.secret === 'string' ? decrypted(data.secret, appKey) : undefined;
  const life = Number(data?.secretEndTime) - Date.now();
  if (!secret || !(life > 0)) return { failure: failure.malformed, detail: 'none in its answer that is still good' };
  return lentFor(secret, asked, life);
}

/** AES-128 in ECB under what Java's SHA1PRNG makes of the key: the platform's choice, and none to copy. */
function decrypted(text: string, appKey: string): string | undefined {
  const sha1 = (bytes: Buffer | string): Buffer => createHash('sha1').update(bytes).digest();
  try {
    const decipher = createDecipheriv('aes-128-ecb', sha1(sha1(appKey)).subarray(0, 16), null);
    return Buffer.concat([decipher.update(text, 'base64'), decipher.final()]).toString();
  } catch {
    return undefined;
  }
}
