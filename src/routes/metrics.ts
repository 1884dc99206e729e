/** What a monitoring system reads. It names services and departments, which are no secret, and nobody else. */
import type { FastifyInstance } from 'fastify';
import { type Metric, metricsText, metricsType } from '../metrics.js';

export interface Measured {
  /** What the parts of the gateway count and measure, as it is now. */
  metrics(): readonly Metric[];
}

export async function metricsRoutes(app: FastifyInstance, { metrics }: Measured): Promise<void> {
  app.get('/metrics', async (_request, reply) =>
    reply.headers({ 'content-type': metricsType, 'cache-control': 'no-store' }).send(metricsText(metrics())),
  );
}
