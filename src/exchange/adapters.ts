/** The open adapters of one registry: one connection a department's adapter, shared by its services, and by the next registry where config leaves it as it is. */
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { Adapter } from '../../adapters/adapter.js';
import { readJson } from '../json.js';
import { adapterKinds } from '../registry/adapter-kinds.js';
import type { AdapterConfig, Registry, Service } from '../registry/registry.js';
import { type AdapterReport, type GuardedAdapter, guard } from './guard.js';
import { ReplyCache } from './reply-cache.js';

export interface Adapters {
  /** The adapter that asks for a service of the registry. */
  of(service: Service): GuardedAdapter;
  /** Reference data that was asked for lately. */
  readonly replies: ReplyCache;
  /** How they stand, by id. */
  reports(): readonly NamedReport[];
  /** Probes all of them, as far as that gets until the signal. */
  probe(signal: AbortSignal): Promise<void>;
  /** The adapters for a next registry, to be closed as well: those whose config has not changed are the same. */
  openNext(registry: Registry): Adapters;
  /** Closes those that no other registry's adapters share. */
  close(): Promise<void>;
}

export interface NamedReport extends AdapterReport {
  /** `department/adapter` */
  readonly id: string;
  readonly kind: string;
  /** That it asks for. */
  readonly services: readonly string[];
}

interface OpenAdapter {
  readonly config: AdapterConfig;
  readonly adapter: Adapter;
  readonly guarded: GuardedAdapter;
  /** How many registries' adapters have it. */
  users: number;
}

/** @throws when a registry names a kind that is not there, which its check refuses */
export function openAdapters(registry: Registry, logger: Logger): Adapters {
  return openFor(registry, logger, new Map());
}

function openFor(registry: Registry, logger: Logger, before: ReadonlyMap<string, OpenAdapter>): Adapters {
  const { deployment } = registry;
  const opened = new Map<string, OpenAdapter>();
  const services = new Map<string, string[]>();
  const close = async () => {
    const unused = [...opened.values()].filter(open => --open.users === 0);
    await Promise.all(unused.map(({ adapter }) => adapter.close()));
  };
  try {
    for (const { id, adapter: config } of registry.services.values()) {
      if (config === undefined) continue;
      services.set(config.id, [...(services.get(config.id) ?? []), id]);
      if (opened.has(config.id)) continue;
      const known = before.get(config.id);
      const open = known && isDeepStrictEqual(known.config, config) ? known : openAdapter(config, deployment, logger);
      open.users++;
      opened.set(config.id, open);
    }
  } catch (error) {
    void close().catch(() => undefined);
    throw error;
  }
  const all = [...opened.values()].toSorted((one, other) => (one.config.id < other.config.id ? -1 : 1));
  return {
    replies: new ReplyCache(),
    of(service) {
      const found = opened.get(service.adapter?.id ?? '');
      if (found === undefined) throw new Error(`the adapter of ${service.id} is not open`);
      return found.guarded;
    },
    reports: () =>
      all.map(({ config: { id, kind }, guarded }) => ({
        id,
        kind,
        services: services.get(id) ?? [],
        ...guarded.report(),
      })),
    async probe(signal) {
      await Promise.all(all.map(({ guarded }) => guarded.probe(signal)));
    },
    openNext: next => openFor(next, logger, opened),
    close,
  };
}

function openAdapter(config: AdapterConfig, deployment: string, logger: Logger): OpenAdapter {
  const module = adapterKinds.get(config.kind);
  if (module === undefined) throw new Error(`there is no adapter of kind ${config.kind}`);
  const own = logger.child({ adapter: config.id });
  const { concurrency } = config.resilience;
  const adapter = module.open(config.settings, { logger: own, deployment, readJson, concurrency });
  return { config, adapter, guarded: guard(adapter, config, own, module.parts !== undefined), users: 0 };
}
