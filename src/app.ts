/** The HTTP face of the gateway, put together from its parts. */
import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import type { KeptConfigs } from './configuration/kept-configs.js';
import type { Reloads } from './configuration/reloads.js';
import type { Gateway } from './exchange/gateway.js';
import { openQuota, type Quota } from './exchange/limit.js';
import { openRecorder } from './exchange/recorder.js';
import { identify } from './identity/identify.js';
import type { KeyRing } from './identity/key-ring.js';
import type { KeptErasures } from './ledger/kept-erasures.js';
import type { PeriodKeys } from './ledger/period-keys.js';
import type { Metric } from './metrics.js';
import type { Loaded } from './registry/load.js';
import { adapterRoutes } from './routes/adapters.js';
import { agreementRoutes } from './routes/agreements.js';
import { auditRoutes } from './routes/audit.js';
import { answerClientError } from './routes/client-error.js';
import { configRoutes } from './routes/config.js';
import { erasureRoutes } from './routes/erasure.js';
import { exchangeRoutes } from './routes/exchange.js';
import { healthRoutes } from './routes/health.js';
import { ledgerRoutes } from './routes/ledger.js';
import { metricsRoutes } from './routes/metrics.js';
import { publicRoutes } from './routes/public.js';
import { reconciliationRoutes } from './routes/reconciliation.js';
import { tokenRoutes } from './routes/token.js';
import { tryRoutes } from './routes/try.js';
import { answerError, answerUnrouted } from './routes/unrouted.js';

/** Longest a caller may take to send a request, milliseconds: slow senders hold no connection. */
const requestTimeout = 30_000;

export interface AppDependencies extends Omit<Gateway, 'quota' | 'tokens'> {
  readonly pool: Pool;
  readonly reloads: Reloads;
  /** Reads the files of config anew. */
  load(): Promise<Loaded>;
  readonly keptConfigs: KeptConfigs;
  /** The searches' own connections. */
  readonly searches: Pool;
  readonly periodKeys: PeriodKeys;
  /** Which texts were erased. */
  readonly erasures: KeptErasures;
  readonly keys: KeyRing;
  /** Where limits are counted across replicas; without it, in this process. */
  readonly redis: Redis | undefined;
  /** Why the gateway should get no requests now; undefined when it should. */
  notReady(): string | undefined;
  /** What an operator should look at before it keeps the gateway from work. */
  warnings(): readonly string[];
  /** What its parts count and measure. */
  metrics(): readonly Metric[];
}

/** No route has a schema of Fastify's; its own compilers would be loaded all the same. */
const noSchemas = (): never => {
  throw new Error('bodies are checked by the routes themselves');
};

export async function buildApp(dependencies: AppDependencies): Promise<FastifyInstance> {
  const { logger, keys, pool, ledger, refusals, now, inForce } = dependencies;
  const registry = () => inForce.registry();
  // What is taken from the registry here takes a restart to change: see restart-settings.ts.
  const { exchange, ledger: watched } = registry().settings;
  const { trustedProxies } = exchange;
  const app = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    // What was attempted is in the ledger; a line a request in the log as well would only cost time.
    logController: new LogController({ disableRequestLogging: true }),
    // A logger of its own for each request costs more than the few lines that are ever written with it.
    childLoggerFactory: parent => parent,
    requestTimeout,
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    forceCloseConnections: 'idle',
    // What still comes on an open connection is answered as ever, and its connection closed: Fastify's own 503 has no code.
    return503OnClosing: false,
    clientErrorHandler: answerClientError,
    frameworkErrors: (_error, request, reply) => answerUnrouted(gateway, request, reply),
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
  });
  const quota = await openSharedQuota(app, dependencies);
  // What routes limit is counted in this process: without Redis there would be no token, not even for staff.
  await app.register(rateLimit, { global: false });
  const gateway: Gateway = { ...dependencies, tokens: keys, quota };
  const record = openRecorder(ledger, refusals, now);
  const whoIs = (authorization: string | undefined) => identify(authorization, registry(), keys);
  const query = (text: string, values: readonly unknown[]) => pool.query(text, [...values]);

  app.setNotFoundHandler((request, reply) => answerUnrouted(gateway, request, reply));
  app.setErrorHandler((error, request, reply) => answerError(error, logger, request, reply));
  await app.register(healthRoutes, dependencies);
  await app.register(metricsRoutes, dependencies);
  await app.register(adapterRoutes, { ...dependencies, identify: whoIs, record });
  await app.register(publicRoutes, { registry, grants: () => dependencies.agreements.current() });
  await app.register(tokenRoutes, { registry, keys, query, record });
  await app.register(exchangeRoutes, { gateway });
  const index = dependencies.agreements;
  await app.register(agreementRoutes, { ...dependencies, registry, index, identify: whoIs, record });
  await app.register(configRoutes, { ...dependencies, identify: whoIs, record });
  await app.register(tryRoutes, { gateway, load: dependencies.load, identify: whoIs, record });
  const archives = () => registry().settings.retention.archives;
  const isWitnessed = watched.witnesses.length > 0;
  await app.register(ledgerRoutes, { ...dependencies, archives, isWitnessed, identify: whoIs, record });
  await app.register(auditRoutes, { ...dependencies, identify: whoIs, record });
  await app.register(erasureRoutes, { ...dependencies, identify: whoIs, record });
  await app.register(reconciliationRoutes, { ...dependencies, registry, identify: whoIs, record });
  return app;
}

/** Quotas are counted in Redis where there is one; in a scope of its own, as the plugin has one store a scope. */
async function openSharedQuota(app: FastifyInstance, { redis, logger }: AppDependencies): Promise<Quota> {
  const opened: Quota[] = [];
  await app.register(async scope => {
    await scope.register(rateLimit, { global: false, ...(redis && { redis }) });
    opened.push(openQuota(scope, logger));
  });
  const [quota] = opened;
  if (quota === undefined) throw new Error('a scope was not opened');
  return quota;
}
