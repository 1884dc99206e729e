/** One gateway as a process: starts its parts in order, serves until it is told to stop, and stops them in reverse. */
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { type Logger, pino } from 'pino';
import type { BootOptions } from './boot.js';
import type { ConfigSource } from './configuration/config-source.js';
import type { HeldBack } from './configuration/held-back.js';
import { type Environment, readEnvironment } from './environment.js';
import { OperatorError } from './operator-error.js';
import type { Fault } from './registry/fault.js';
import type { Registry } from './registry/registry.js';
import type { Departments } from './sandbox/departments.js';
import type { Sandbox } from './sandbox/sandbox.js';
import { hearSignals } from './signals.js';
import { startEmbedded } from './store/embedded.js';

export interface Server {
  /** Where the gateway answers, with no trailing slash. */
  readonly url: string;
  readonly environment: Environment;
  /** In force at the start. */
  readonly registry: Registry;
  /** The files in whose place it is, where it is not made of them. */
  readonly heldBack: HeldBack | undefined;
  /** Whether there was any agreement at the start. */
  readonly hasAgreements: boolean;
  /** The sample departments' systems, when this process runs them. */
  readonly departments: Departments | undefined;
  /** No longer ready for work; what comes all the same is still answered. */
  drain(): void;
}

export interface ServeOptions {
  /** As in `process.env`. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Run the sample departments as well. */
  readonly sandbox: boolean;
  /** Called once the gateway answers; serving ends if it throws. */
  ready(server: Server): Promise<void>;
}

/** Config or schemas with faults. */
export class ConfigError extends OperatorError {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super({
      zh: `配置有 ${faults.length} 处错误；stile check 可逐条列出。`,
      en: `The configuration has ${faults.length} faults; stile check lists them.`,
    });
    this.faults = faults;
  }
}

/** Milliseconds for the store to shut down when nothing else is waited for. */
const forcedStop = 10_000;

/**
 * Serves until a signal says to stop, and resolves when everything is stopped. A second signal ends the process with
 * code 1 without waiting for requests in flight, and so does a bug that nothing caught; the store is still stopped.
 *
 * @throws OperatorError when it cannot start
 */
export async function serve(options: ServeOptions): Promise<void> {
  const environment = readEnvironment(options.variables, options.sandbox);
  const logger = pino({ level: environment.logLevel }, pino.destination({ dest: 2, sync: true }));
  const parts: Parts = { environment, logger, held: [], servers: [] };
  const stopping = listenForStop(parts, options.variables);
  try {
    const server = await start(options, parts);
    await options.ready(server);
    await stopping.signal;
    server.drain();
    await sleep(environment.drainSeconds * 1000);
    await closeAll(parts);
  } catch (error) {
    await closeAll(parts);
    throw error;
  } finally {
    stopping.forget();
  }
}

interface Parts {
  readonly environment: Environment;
  readonly logger: Logger;
  /** What closes each part that has been started, in their order. */
  readonly held: (() => Promise<unknown>)[];
  /** What stops each database server of the process's own, started or starting. */
  readonly servers: (() => Promise<unknown>)[];
  /** Takes no more connections and breaks those there are, once the gateway listens. */
  cut?: () => void;
  /** Reads config again, once the gateway runs. */
  reload?: () => void;
}

async function start({ variables, sandbox }: ServeOptions, parts: Parts): Promise<Server> {
  const { environment, logger, held } = parts;
  const { dataFolder, redisUrl } = environment;
  const { databaseUrl, ownerUrl } = environment;
  const store =
    databaseUrl === undefined ? openEmbedded(parts) : { database: databaseUrl, ownerDatabase: ownerUrl ?? databaseUrl };
  const samples = sandbox ? openSamples(variables, parts, store) : undefined;
  // The databases get ready meanwhile, in processes of their own.
  const { boot, folderSource, way } = await loadGateway();
  const { configFolder, schemasFolder } = environment;
  const settings = { ...variables, ...(await samples)?.variables };
  const config = folderSource({ configFolder, schemasFolder, environment: settings });
  const files = await readRegistry(config, environment, sandbox);
  const gateway = await boot({
    registry: files,
    config,
    ...(await store),
    dataFolder,
    logger,
    ...(redisUrl && { redisUrl }),
  });
  held.push(() => gateway.close());
  parts.reload = () => void gateway.reload({ way: way.signal });
  const url = await listen(gateway.app, environment);
  parts.cut = () => {
    gateway.app.server.close();
    gateway.app.server.closeAllConnections();
  };
  const { registry, heldBack, hasAgreements } = gateway;
  const departments = (await samples)?.departments;
  return { url, environment, registry, heldBack, hasAgreements, departments, drain: () => gateway.drain() };
}

/** Most of the code, loaded when what else must start has been started. */
async function loadGateway() {
  const [boot, config, entry] = await Promise.all([
    import('./boot.js'),
    import('./configuration/config-source.js'),
    import('./configuration/config-entry.js'),
  ]);
  return { ...boot, ...config, ...entry };
}

function openSamples(variables: ServeOptions['variables'], parts: Parts, store: unknown): Promise<Sandbox> {
  const { environment, logger } = parts;
  const { dataFolder } = environment;
  const url = urlOf(environment, environment.port);
  const starting = import('./sandbox/sandbox.js').then(({ startSandbox }) =>
    startSandbox(variables, { url, dataFolder, logger }),
  );
  const close = () =>
    starting.then(
      ({ departments }) => departments.close(),
      () => undefined,
    );
  parts.servers.push(close);
  parts.held.push(close);
  // What keeps both from starting is said of the store.
  const samples = starting.catch(async error => {
    await store;
    throw error;
  });
  samples.catch(() => undefined);
  return samples;
}

function openEmbedded(parts: Parts): Promise<Pick<BootOptions, 'database' | 'ownerDatabase'>> {
  const embedded = startEmbedded({ dataFolder: parts.environment.dataFolder, logger: parts.logger });
  // One that fails to start has nothing to stop; whoever awaits the connection strings hears why.
  const stop = () =>
    embedded.then(
      started => started.stop(),
      () => undefined,
    );
  parts.servers.push(stop);
  parts.held.push(stop);
  const store = embedded.then(({ connectionString, gatewayConnectionString }) => ({
    database: gatewayConnectionString,
    ownerDatabase: connectionString,
  }));
  store.catch(() => undefined);
  return store;
}

async function readRegistry(config: ConfigSource, { configFolder }: Environment, sandbox: boolean): Promise<Registry> {
  const { registry, faults } = await config.load();
  if (registry === undefined) throw new ConfigError(faults);
  if (!sandbox || registry.sandbox) return registry;
  throw new OperatorError({
    zh: `${configFolder}/stile.yaml 没有写 sandbox: true，不能以 --sandbox 启动。`,
    en: `${configFolder}/stile.yaml does not say sandbox: true, so the gateway does not start with --sandbox.`,
  });
}

/** @returns where it answers */
async function listen(app: FastifyInstance, environment: Environment): Promise<string> {
  const { host, port } = environment;
  try {
    await app.listen({ host, port });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new OperatorError({
        zh: `${host} 的端口 ${port} 已被占用。请停止占用它的程序，或以 PORT 指定其他端口。`,
        en: `Port ${port} of ${host} is in use. Stop what uses it, or set PORT to another.`,
      });
    }
    throw new OperatorError({
      zh: `无法在 ${host} 的端口 ${port} 上监听：${message}。请检查 HOST 与 PORT。`,
      en: `The gateway cannot listen on port ${port} of ${host}: ${message}. Check HOST and PORT.`,
    });
  }
  return urlOf(environment, (app.server.address() as AddressInfo).port);
}

/** An address at which this machine reaches the gateway, whatever interfaces it listens on. */
function urlOf({ host }: Environment, port: number): string {
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function closeAll({ held, logger }: Parts): Promise<void> {
  for (const close of held.splice(0).reverse()) {
    await close().catch((error: unknown) => logger.error({ err: error }, 'a part did not stop as it should'));
  }
}

function listenForStop(
  parts: Parts,
  variables: ServeOptions['variables'],
): { signal: Promise<void>; forget: () => void } {
  const end = async () => {
    // First, or whoever is still waited for would be answered that what stops here has failed.
    parts.cut?.();
    await Promise.race([Promise.allSettled(parts.servers.map(stop => stop())), sleep(forcedStop)]);
    process.exit(1);
  };
  let stop = () => {};
  const signal = new Promise<void>(resolve => {
    stop = resolve;
  });
  const signals = hearSignals(
    {
      stop,
      end: () => void end(),
      reload: () => parts.reload?.(),
      fail(error) {
        parts.logger.fatal({ err: error }, 'a bug that nothing caught');
        void end();
      },
    },
    Boolean(variables.npm_lifecycle_event),
  );
  return { signal, forget: () => signals.forget() };
}
