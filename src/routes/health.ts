/** What a load balancer and an orchestrator ask: is the process alive, and may it be given work? */
import type { FastifyInstance } from 'fastify';

export interface Readiness {
  /** Why the gateway should get no requests now, in a word; undefined when it should. */
  notReady(): string | undefined;
  /** What will keep it from work unless somebody looks at it, in a word each. */
  warnings(): readonly string[];
}

export async function healthRoutes(app: FastifyInstance, readiness: Readiness): Promise<void> {
  app.get('/health/live', async () => ({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) => {
    const reason = readiness.notReady();
    const warnings = readiness.warnings();
    const warned = warnings.length === 0 ? {} : { warnings };
    if (reason === undefined) return { status: 'ready', ...warned };
    return reply
      .code(503)
      .header('retry-after', '1')
      .send({ status: 'not-ready', reason, ...warned });
  });
}
