/** Puts a gateway together: every held resource is opened here, in order, and closed in reverse. */
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { openAgreementIndex } from './agreements/agreement-index.js';
import { readAgreements } from './agreements/store.js';
import { watchAgreements } from './agreements/watch.js';
import { buildApp } from './app.js';
import type { ChangedBy } from './configuration/config-entry.js';
import { configMetrics } from './configuration/config-metrics.js';
import { type ConfigSource, fixedSource, watchConfig } from './configuration/config-source.js';
import { configAtStart, type HeldBack } from './configuration/held-back.js';
import { openKeptConfigs } from './configuration/kept-configs.js';
import { recordedChanges } from './configuration/recorded-changes.js';
import { openReloads } from './configuration/reload.js';
import type { ReloadOutcome } from './configuration/reloads.js';
import { adapterMetrics } from './exchange/adapter-metrics.js';
import { openAdapters } from './exchange/adapters.js';
import { openInForce } from './exchange/in-force.js';
import { openRefusalGate } from './exchange/refusals.js';
import { openRepeats } from './exchange/repeat.js';
import { openSealer } from './exchange/seal.js';
import { openKeyRing } from './identity/key-ring.js';
import { keepErasures } from './ledger/keep-erasures.js';
import { keepMonths } from './ledger/keep-months.js';
import { openKeeper } from './ledger/keeper.js';
import { erasureFolder, openKeptErasures } from './ledger/kept-erasures.js';
import type { Query } from './ledger/ledger.js';
import { logKeyFolder, logKeysOf } from './ledger/log-key.js';
import { lostMonths } from './ledger/lost-months.js';
import { openLedger } from './ledger/open.js';
import { openPeriodKeys, periodKeyFolder } from './ledger/period-keys.js';
import { openRoll } from './ledger/roll.js';
import { openSearchPool } from './ledger/search-pool.js';
import { watchSigned } from './ledger/signed.js';
import { openWitnesses } from './ledger/witnesses.js';
import { writerMetrics } from './ledger/writer-metrics.js';
import { openRedis } from './redis.js';
import type { Registry } from './registry/registry.js';
import { secretFile } from './secret-file.js';
import { watchSilentConnections } from './silent-connections.js';
import { migrate } from './store/migrate.js';
import { openPool } from './store/pool.js';
import { asGateway, mayActAsOwner } from './store/roles.js';

export interface BootOptions {
  /** Made of the files of config. */
  readonly registry: Registry;
  /** Connection string of the store; whoever logs in takes on the gateway's role. */
  readonly database: string;
  /** The same as the owner of the tables, for migrations alone; absent: `database`. */
  readonly ownerDatabase?: string;
  /** Holds the keys, which are never in the store. Replicas share it. */
  readonly dataFolder: string;
  /** Where limits are counted across replicas; without it, in this process. */
  readonly redisUrl?: string;
  readonly logger: Logger;
  /** The files that the registry was made of; absent: it stays as it is. */
  readonly config?: ConfigSource;
  /** This machine's clock, milliseconds since 1970 UTC. */
  readonly now?: () => number;
}

export interface Booted {
  /** Not listening yet. */
  readonly app: FastifyInstance;
  /** In force at the start. */
  readonly registry: Registry;
  /** The files in whose place it is, where it is not made of them. */
  readonly heldBack: HeldBack | undefined;
  /** Whether there was any agreement at the start. */
  readonly hasAgreements: boolean;
  /** Reads the files of config again and puts them in force, if they can be. */
  reload(by: ChangedBy): Promise<ReloadOutcome>;
  /** From now on not ready for new work; what is in flight goes on. */
  drain(): void;
  /** Answers what is in flight, writes what waits, and lets go of everything. */
  close(): Promise<void>;
}

/** Milliseconds between looks for connections that have become idle while the gateway closes. */
const idlePause = 50;

/** @throws StoreError when the store cannot be used */
export async function boot(options: BootOptions): Promise<Booted> {
  const { ownerDatabase = options.database, dataFolder, logger, now = Date.now } = options;
  const { config = fixedSource(options.registry) } = options;
  const database = asGateway(options.database);
  const { deployment, settings } = options.registry;
  const keyFolder = join(dataFolder, 'keys');
  const held: (() => Promise<unknown>)[] = [];
  const hold = <T>(resource: T, close: (resource: T) => Promise<unknown>): T => {
    held.push(() => close(resource));
    return resource;
  };
  const close = async () => {
    for (const letGo of held.splice(0).reverse()) {
      await letGo().catch((error: unknown) => logger.error({ err: error }, 'a part did not close'));
    }
  };
  let draining = false;

  try {
    await migrate(ownerDatabase);
    const pool = hold(await openPool(database, logger), pool => pool.end());
    if (await mayActAsOwner(pool)) {
      logger.warn('the gateway logs in as the owner of the ledger, and only sets its rights aside');
    }
    const searches = hold(openSearchPool(database, logger), pool => pool.end());
    const periodKeys = openPeriodKeys(periodKeyFolder(dataFolder));
    const exchangeKey = secretFile(keyFolder, 'exchange.key');
    const keys = hold(await openKeyRing(dataFolder, settings.identity, logger), keys => keys.close());
    const { statementDeadline } = settings.ledger;
    const months = hold(await keepMonths({ database, statementDeadline, logger }), months => months.close());
    const query: Query = (text, values) => pool.query(text, [...values]);
    const lost = await lostMonths(query);
    if (lost.length > 0) logger.error({ months: lost }, 'months of the ledger are gone without an archive');
    const logKeys = logKeyFolder(dataFolder);
    const witnesses = hold(
      openWitnesses({
        settings: settings.ledger,
        logKeys: logKeysOf(settings.ledger, logKeys),
        query,
        logger,
        now,
      }),
      witnesses => witnesses.close(),
    );
    // Opened before the ledger, hence closed after it: what the ledger wrote last is signed too.
    const roll = hold(
      openRoll({
        database,
        deployment,
        keyFolder: logKeys,
        keys: periodKeys,
        settings: settings.ledger,
        logger,
        now,
        witnesses,
      }),
      roll => roll.close(),
    );
    const signed = hold(
      await watchSigned({ database, pool, deployment, settings: settings.ledger, logger, now }),
      signed => signed.close(),
    );
    const ledger = hold(
      await openLedger({ database, keys: periodKeys, settings: settings.ledger, logger, now }),
      ledger => ledger.close(),
    );
    const kept = openKeptErasures(erasureFolder(dataFolder));
    const erasures = hold(
      await keepErasures({ pool, ledger, kept, periodFolder: periodKeyFolder(dataFolder), logger }),
      erasures => erasures.close(),
    );
    const changes = recordedChanges(query);
    const keptConfigs = openKeptConfigs(pool);
    const { registry, heldBack } = await configAtStart(options.registry, { ...config, changes, kept: keptConfigs });
    const agreements = await openAgreementIndex({
      read: since => readAgreements(pool, since),
      registry,
      secret: exchangeKey,
    });
    hold(await watchAgreements(database, agreements, logger), watch => watch.close());
    const inForce = hold(openInForce(registry, openAdapters(registry, logger), agreements, logger), inForce =>
      inForce.close(),
    );
    const refusals = hold(
      openRefusalGate(
        () => inForce.registry().settings.exchange,
        entry => ledger.append({ entry }),
        error => logger.error({ err: error }, 'counted refusals could not be recorded yet'),
      ),
      gate => gate.close(),
    );
    const redis =
      options.redisUrl === undefined
        ? undefined
        : hold(await openRedis(options.redisUrl, logger), async redis => redis.disconnect());
    const reloads = hold(
      openReloads({
        ...config,
        kept: keptConfigs,
        inForce,
        agreements,
        changes,
        heldBack,
        ledger,
        logger,
        now,
      }),
      reloads => reloads.close(),
    );
    const beginning = hold(
      await openKeeper(
        () => reloads.begin(),
        { well: 60_000, wrong: 1000 },
        (error, wasWell) => wasWell && logger.warn({ err: error }, 'the config of this start is on no record yet'),
      ),
      beginning => beginning.close(),
    );
    hold(
      await openKeeper(
        () => reloads.follow(),
        { well: 2000, wrong: 2000 },
        (error, wasWell) =>
          wasWell && logger.warn({ err: error }, 'it could not be seen whether a replica rolled back'),
      ),
      following => following.close(),
    );
    const isAuto = () => inForce.registry().settings.reload === 'auto';
    hold(watchConfig(config, reloads, isAuto, logger), watch => watch.close());
    const app = await buildApp({
      logger,
      now,
      inForce,
      reloads,
      keptConfigs,
      load: () => config.load(),
      pool,
      searches,
      periodKeys,
      erasures: kept,
      keys,
      ledger,
      agreements,
      refusals,
      repeats: openRepeats(pool, openSealer(exchangeKey), () => inForce.registry().settings.exchange.repeatLife),
      redis,
      warnings: () => [
        ...(months.isWell ? [] : ['months']),
        ...(lost.length === 0 ? [] : ['lost-months']),
        ...(signed.tooFewWitnesses() ? ['witnesses'] : []),
      ],
      metrics: () => [...writerMetrics(ledger), ...configMetrics(reloads), ...adapterMetrics(inForce.adapters())],
      signed,
      notReady() {
        if (draining) return 'draining';
        return (
          ledger.fault() ??
          roll.fault() ??
          (erasures.isWell ? undefined : 'erasures') ??
          (beginning.isWell ? undefined : 'config')
        );
      },
    });
    hold(closerOf(app), close => close());
    return {
      app,
      registry,
      heldBack,
      hasAgreements: !agreements.isEmpty(),
      reload: by => reloads.reload(by),
      drain() {
        draining = true;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Closes as soon as what is under way is answered. */
function closerOf(app: FastifyInstance): () => Promise<void> {
  const endSilent = watchSilentConnections(app.server);
  return async () => {
    // A connection that was busy when the closing began is idle later, and would be waited for as long as callers keep one alive.
    const sweep = setInterval(() => {
      app.server.closeIdleConnections();
      endSilent();
    }, idlePause);
    await app.close().finally(() => clearInterval(sweep));
  };
}
