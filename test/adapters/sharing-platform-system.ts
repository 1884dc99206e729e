/** A national sharing platform for tests, written from published client programs: it lends secrets, and answers what is signed under them. */
import { createCipheriv, createHash, createHmac } from 'node:crypto';
import type { Test } from 'tap';
import { type Answering, type Asked, json, startHttp } from './systems.js';

export const requester = 'x2019';
export const service = 's_0100000000000_2001';
export const appKey = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';

const signedUnder = (secret: string, { headers }: Asked): boolean => {
  const { gjgxjhpt_rid: rid, gjgxjhpt_sid: sid, gjgxjhpt_rtime: rtime, gjgxjhpt_sign: sign } = headers;
  const right = createHmac('sha256', secret).update(`${service}${requester}${rtime}`).digest('base64');
  return rid === requester && sid === service && /^\d{13}$/.test(String(rtime)) && sign === right;
};

/** As Java's SHA1PRNG and AES, its ECB and padding included, make of it. */
export function encrypted(secret: string): string {
  const sha1 = (bytes: string | Buffer) => createHash('sha1').update(bytes).digest();
  const cipher = createCipheriv('aes-128-ecb', sha1(sha1(appKey)).subarray(0, 16), null);
  return Buffer.concat([cipher.update(secret), cipher.final()]).toString('base64');
}

interface Platform {
  /** What it lends, one after the other. */
  readonly secrets: readonly string[];
  readonly life?: number;
  readonly lend?: Answering;
  readonly answer?: Answering;
}

/** Lends secrets under /secret, and answers whatever is signed under the last it lent. */
export async function startPlatform(
  t: Test,
  { secrets, life = 3_600_000, lend, answer = json({ no: '1' }) }: Platform,
) {
  let lent = 0;
  let revoked = false;
  const system = await startHttp((asked, response, request) => {
    if (asked.url === '/secret') {
      const given = JSON.parse(asked.body) as Record<string, string>;
      const same = ['rid', 'sid', 'rtime', 'sign'].every(
        name => given[`gjgxjhpt_${name}`] === asked.headers[`gjgxjhpt_${name}`],
      );
      if (!same || !signedUnder(appKey, asked)) return json({ code: 'E-106', data: '' })(asked, response, request);
      if (lend !== undefined) return lend(asked, response, request);
      revoked = false;
      const secret = encrypted(secrets[lent++] ?? '');
      return json({ code: '0', data: { secret, secretEndTime: String(Date.now() + life) } })(asked, response, request);
    }
    const good = !revoked && signedUnder(secrets[lent - 1] ?? '', asked);
    return (good ? answer : json({}, 401))(asked, response, request);
  });
  t.teardown(() => system.close());
  const revoke = (): void => {
    revoked = true;
  };
  const lendings = () => system.asked.filter(({ url }) => url === '/secret').length;
  return { ...system, lendings, revoke };
}
