/** The open adapters of one registry: one connection a department's adapter, shared by its services. */
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
  readonly services: string[];
}

/** @throws when a registry names a kind that is not there, which its check refuses */
export function openAdapters(registry: Registry, logger: Logger): Adapters {
  const { deployment } = registry;
  const opened = new Map<string, OpenAdapter>();
  for (const { id, adapter } of registry.services.values()) {
    if (adapter === undefined) continue;
    const open = opened.get(adapter.id) ?? openAdapter(adapter, deployment, logger.child({ adapter: adapter.id }));
    opened.set(adapter.id, open);
    open.services.push(id);
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
      all.map(({ config: { id, kind }, guarded, services }) => ({ id, kind, services, ...guarded.report() })),
    async probe(signal) {
      await Promise.all(all.map(({ guarded }) => guarded.probe(signal)));
    },
    async close() {
      await Promise.all(all.map(({ adapter }) => adapter.close()));
    },
  };
}

function openAdapter(config: AdapterConfig, deployment: string, logger: Logger): OpenAdapter {
  const module = adapterKinds.get(config.kind);
  if (module === undefined) throw new Error(`there is no adapter of kind ${config.kind}`);
  const { concurrency } = config.resilience;
  const adapter = module.open(config.settings, { logger, deployment, readJson, concurrency });
  return { config, adapter, guarded: guard(adapter, config, logger, module.parts !== undefined), services: [] };
}
