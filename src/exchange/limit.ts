/** Step *limit*: is there quota left in each window of the grant? Counted by `@fastify/rate-limit`, in process or in Redis. */
import '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Grant } from '../agreements/grant.js';
import type { Exit } from '../problem.js';

export interface Quota {
  /** Counts one exchange against the grant, or only looks. */
  take(grant: Grant, count: boolean): Promise<QuotaLeft | Exit>;
}

/** What is left after this exchange, for the `RateLimit` headers; empty texts when the grant has no limits. */
export interface QuotaLeft {
  readonly policy: string;
  readonly left: string;
}

const windows = [
  { name: 'second', milliseconds: 1000 },
  { name: 'day', milliseconds: 86_400_000 },
] as const;

const noLimits: QuotaLeft = { policy: '', left: '' };

/** Most grants counted in process at once: past it the oldest counter is evicted, and an evicted quota is full again. */
const mostGrants = 100_000;

export function openQuota(app: FastifyInstance, logger: Logger): Quota {
  const limiters = windows.map(({ name, milliseconds }) => ({
    name,
    seconds: milliseconds / 1000,
    limiter: app.createRateLimit(optionsOf(milliseconds)),
  }));

  /** What cannot be counted is not allowed, or a limit would hold only as long as Redis does. */
  const failed = ({ message }: Error): undefined => {
    logger.error({ reason: message }, 'limits cannot be counted');
  };

  return {
    async take(grant, count) {
      const policies: string[] = [];
      const lefts: string[] = [];
      for (const { name, seconds, limiter } of limiters) {
        const max = grant.agreement.limits[name];
        if (max === undefined) continue;
        const question = { max, key: `${name}:${grant.agreement.id}`, routeOptions: {} };
        const found = await limiter(question as unknown as FastifyRequest, { increment: count }).catch(failed);
        if (found === undefined) return { code: 'STILE_QUOTA_UNAVAILABLE', retryAfter: 1 };
        if (found.isAllowed) continue;
        const used = count ? found.isExceeded : found.remaining === 0;
        const reset = Math.max(1, found.ttlInSeconds);
        policies.push(`"${name}";q=${max};w=${seconds}`);
        lefts.push(`"${name}";r=${found.remaining};t=${reset}`);
        if (used) {
          return {
            code: 'STILE_QUOTA',
            retryAfter: reset,
            headers: { ratelimit: lefts.join(', '), 'ratelimit-policy': policies.join(', ') },
          };
        }
      }
      return policies.length === 0 ? noLimits : { policy: policies.join(', '), left: lefts.join(', ') };
    },
  };
}

const optionsOf = (milliseconds: number) => ({
  max: (question: FastifyRequest) => asked(question).max,
  timeWindow: milliseconds,
  keyGenerator: (question: FastifyRequest) => asked(question).key,
  cache: mostGrants,
});

/** The limiter is made for Fastify's requests; ours carries the grant's own maximum and key in its place. */
const asked = (question: FastifyRequest): { readonly max: number; readonly key: string } =>
  question as unknown as { readonly max: number; readonly key: string };
