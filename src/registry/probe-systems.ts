/** Holds a sound config against the departments' live systems: which are not there, and which services would fail at every question. */
import { basename } from 'node:path';
import { pino } from 'pino';
import { type Adapter, type Failure, failure } from '../../adapters/adapter.js';
import { readJson } from '../json.js';
import { adapterKinds } from './adapter-kinds.js';
import { below, type Fault, type Finding, rule } from './fault.js';
import { type ConfigFile, type Files, fileKind } from './files.js';
import { placesIn } from './found-file.js';
import { departmentOf } from './named-services.js';
import type { AdapterConfig, Registry, Service } from './registry.js';

/** Longest time for a system, all that is asked of it together, milliseconds. */
const systemTime = 20_000;

/**
 * @param registry with every reference resolved
 * @param files it was made of
 */
export async function probeSystems(registry: Registry, files: Pick<Files, 'config'>): Promise<Fault[]> {
  const services = new Map<AdapterConfig, Service[]>();
  const configs = new Map<string, AdapterConfig>();
  for (const service of registry.services.values()) {
    if (service.adapter === undefined) continue;
    const config = configs.get(service.adapter.id) ?? service.adapter;
    configs.set(config.id, config);
    services.set(config, [...(services.get(config) ?? []), service]);
  }
  const found = await Promise.all(
    [...services].map(async ([config, asked]) => {
      const department = departmentOf(config.id);
      const file = files.config.find(each => isOf(each, department));
      const findings = await probeSystem(config, asked, registry.deployment);
      return file === undefined ? [] : findings.map(placesIn(file).fault);
    }),
  );
  return found.flat();
}

const isOf = ({ kind, path }: ConfigFile, department: string): boolean =>
  kind === fileKind.department && basename(path, '.yaml') === department;

async function probeSystem(
  config: AdapterConfig,
  services: readonly Service[],
  deployment: string,
): Promise<Finding[]> {
  const { id, kind, settings, resilience } = config;
  const signal = AbortSignal.timeout(systemTime);
  const logger = pino({ level: 'silent' });
  const context = { logger, readJson, deployment, concurrency: resilience.concurrency };
  const adapter = adapterKinds.get(kind)?.open(settings, context);
  if (adapter === undefined) return [];
  try {
    const away = await adapter.probe(signal);
    const pointer = below('/adapters', id.slice(id.indexOf('/') + 1));
    if (away !== null) return [{ ...awayText(away), rule: rule.systemAway, pointer, at: 'key' }];
    const found = await Promise.all(services.map(service => examineService(adapter, service, signal)));
    return found.flat();
  } finally {
    await adapter.close();
  }
}

async function examineService(adapter: Adapter, service: Service, signal: AbortSignal): Promise<Finding[]> {
  const { request, reply } = service.contract;
  const shape = { request: request.fields, reply: reply.fields };
  const found = await adapter.examine?.(service.ask, shape, signal);
  if (found === undefined) return [];
  const pointer = below('/services', service.id.slice(service.id.indexOf('/') + 1), 'ask');
  if ('failure' in found) return [{ ...awayText(found), rule: rule.systemAway, pointer }];
  return found.map(fault => ({ ...fault, rule: rule.systemMismatch, pointer: pointer + fault.pointer }));
}

const awayText = ({ failure: kind, detail }: Failure): Pick<Finding, 'message' | 'fix'> => ({
  message: {
    zh: `部门系统没有就绪：${kind}，${detail}`,
    en: `the department's system is not ready: ${kind}, ${detail}`,
  },
  fix:
    kind === failure.denied
      ? { zh: '核对网关的凭据及其权限', en: "check the gateway's credentials, and what they may do" }
      : { zh: '核对地址、端口与 TLS，或稍后重试', en: 'check address, port and TLS, or try again later' },
});
