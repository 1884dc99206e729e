/** The open adapters of one registry: one connection a department's adapter, shared by its services. */
import type { Logger } from 'pino';
import type { Adapter, Answer, Call, Failure, JsonObject } from '../../adapters/adapter.js';
import { readJson } from '../json.js';
import { adapterKinds } from '../registry/adapter-kinds.js';
import type { AdapterConfig, Registry, Service } from '../registry/registry.js';
import { openBreaker, throughBreaker } from './breaker.js';
import { Bulkhead, type Caller, throughBulkhead } from './bulkhead.js';
import { ReplyCache } from './reply-cache.js';

/** An open adapter behind its bulkhead and breaker. */
export interface GuardedAdapter {
  ask(request: JsonObject, call: Call, caller: Caller): Promise<Answer | Failure>;
}

export interface Adapters {
  /** The adapter that asks for a service of the registry. */
  of(service: Service): GuardedAdapter;
  /** Reference data that was asked for lately. */
  readonly replies: ReplyCache;
  close(): Promise<void>;
}

/** @throws when a registry names a kind that is not there, which its check refuses */
export function openAdapters(registry: Registry, logger: Logger): Adapters {
  const opened = new Map<string, Adapter>();
  const guarded = new Map<string, GuardedAdapter>();
  for (const { adapter } of registry.services.values()) {
    if (adapter === undefined || opened.has(adapter.id)) continue;
    const own = logger.child({ adapter: adapter.id });
    const open = openAdapter(adapter, registry.deployment, own);
    opened.set(adapter.id, open);
    guarded.set(adapter.id, guard(open, adapter, own));
  }
  return {
    replies: new ReplyCache(),
    of(service) {
      const found = guarded.get(service.adapter?.id ?? '');
      if (found === undefined) throw new Error(`the adapter of ${service.id} is not open`);
      return found;
    },
    async close() {
      await Promise.all([...opened.values()].map(adapter => adapter.close()));
    },
  };
}

function openAdapter(
  { kind, settings, resilience: { concurrency } }: AdapterConfig,
  deployment: string,
  logger: Logger,
): Adapter {
  const module = adapterKinds.get(kind);
  if (module === undefined) throw new Error(`there is no adapter of kind ${kind}`);
  return module.open(settings, { logger, deployment, readJson, concurrency });
}

/** The bulkhead stands before the breaker, so that one that opens lets those who wait for their turn go at once. */
export function guard(
  adapter: Adapter,
  { resilience }: Pick<AdapterConfig, 'resilience'>,
  logger: Logger,
): GuardedAdapter {
  const breaker = openBreaker(resilience.breaker, logger);
  const ask = throughBreaker(breaker, (request, call) => adapter.ask(request, call));
  return { ask: throughBulkhead(new Bulkhead(resilience), ask) };
}
