/** The open adapters of one registry: one connection a department's adapter, shared by its services. */
import type { Logger } from 'pino';
import type { Adapter } from '../../adapters/adapter.js';
import { readJson } from '../json.js';
import { adapterKinds } from '../registry/adapter-kinds.js';
import type { Registry, Service } from '../registry/registry.js';
import { withBreaker } from './breaker.js';

export interface Adapters {
  /** The adapter that asks for a service of the registry. */
  of(service: Service): Adapter;
  close(): Promise<void>;
}

/** @throws when a registry names a kind that is not there, which its check refuses */
export function openAdapters(registry: Registry, logger: Logger): Adapters {
  const opened = new Map<string, Adapter>();
  for (const { adapter } of registry.services.values()) {
    if (adapter === undefined || opened.has(adapter.id)) continue;
    const kind = adapterKinds.get(adapter.kind);
    if (kind === undefined) throw new Error(`there is no adapter of kind ${adapter.kind}`);
    const own = logger.child({ adapter: adapter.id });
    opened.set(adapter.id, withBreaker(kind.open(adapter.settings, { logger: own, readJson }), own));
  }
  return {
    of(service) {
      const found = opened.get(service.adapter?.id ?? '');
      if (found === undefined) throw new Error(`the adapter of ${service.id} is not open`);
      return found;
    },
    async close() {
      await Promise.all([...opened.values()].map(adapter => adapter.close()));
    },
  };
}
