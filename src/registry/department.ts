/** Makes a department of its config file: its clients, and its services with their contracts and adapters. */
import { createHash } from 'node:crypto';
import type {
  Client as ClientConfig,
  DepartmentFile,
  Service as ServiceConfig,
} from '../../schemas/stile/department.js';
import { canonicalText } from '../ledger/canonical.js';
import { adapterKinds } from './adapter-kinds.js';
import { below, type Finding, rule, valueAt } from './fault.js';
import { nearest } from './nearest.js';
import type { AdapterConfig, Client, Contract, Department, Service } from './registry.js';
import { didYouMean, shapeFindings, strings } from './shape.js';

export interface BuiltDepartment {
  readonly department: Department;
  readonly clients: readonly Client[];
  readonly services: readonly Service[];
}

/**
 * References between a department's own parts, and its settings by the adapters' own schemas.
 *
 * @param file what of the department has the right shape
 * @param whole the file as it was read: an adapter that is there but faulty is not missing
 */
export function departmentFindings(file: DepartmentFile, whole: unknown): Finding[] {
  const adapters = file.adapters ?? {};
  const known = Object.keys(valueAt(whole, '/adapters') ?? {});
  const kinds = [...adapterKinds.keys()];
  const findings: Finding[] = [];
  for (const [id, adapter] of Object.entries(adapters)) {
    const module = adapterKinds.get(adapter.kind);
    const pointer = below('/adapters', id);
    if (module !== undefined) {
      findings.push(
        ...shapeFindings(adapter.settings, module.settingsSchema, strings.written, below(pointer, 'settings')),
      );
    } else if (kinds.length > 0) {
      findings.push({
        rule: rule.unknownAdapterKind,
        pointer: below(pointer, 'kind'),
        message: { zh: `没有 ${adapter.kind} 这种适配器`, en: `there is no adapter of kind ${adapter.kind}` },
        fix: didYouMean(nearest(adapter.kind, kinds), kinds),
      });
    }
  }
  for (const [id, service] of Object.entries(file.services ?? {})) {
    if (service.adapter === undefined) continue;
    const pointer = below('/services', id);
    const adapter = Object.hasOwn(adapters, service.adapter) ? adapters[service.adapter] : undefined;
    const module = adapter && adapterKinds.get(adapter.kind);
    if (!known.includes(service.adapter)) {
      findings.push({
        rule: rule.unknownAdapter,
        pointer: below(pointer, 'adapter'),
        message: { zh: `本部门没有适配器 ${service.adapter}`, en: `the department has no adapter ${service.adapter}` },
        fix: didYouMean(nearest(service.adapter, known), known),
      });
    } else if (module !== undefined) {
      findings.push(...shapeFindings(service.ask ?? {}, module.serviceSchema, strings.written, below(pointer, 'ask')));
    }
  }
  return findings;
}

/**
 * Builds what the registry holds of a department.
 *
 * @param file valid, with defaults filled and references resolved
 * @param written the same as the file has it
 * @param contracts by service id
 */
export function buildDepartment(
  file: DepartmentFile,
  written: DepartmentFile,
  contracts: ReadonlyMap<string, Contract>,
): BuiltDepartment {
  const { id, name, division, contact } = file;
  const services = Object.entries(file.services ?? {}).flatMap(([key, config]) => {
    const contract = contracts.get(`${id}/${key}`);
    return contract === undefined ? [] : [buildService(file, key, config, contract, mappingOf(written, key))];
  });
  const clients = Object.entries(file.clients ?? {}).map(([key, config]) => buildClient(id, key, config));
  return { department: { id, name, division, contact }, clients, services };
}

const buildClient = (department: string, key: string, { name, keys }: ClientConfig): Client => ({
  id: `${department}/${key}`,
  department,
  name,
  keys: keys.map(jwk => ({ ...jwk })),
});

function buildService(
  file: DepartmentFile,
  key: string,
  config: ServiceConfig,
  contract: Contract,
  mapping: string,
): Service {
  const { title, description, sharing, reason, safe, intent, deadline = 0, replyLimit = 0, ask = {} } = config;
  const adapter = adapterOf(file, config.adapter);
  return {
    id: `${file.id}/${key}`,
    department: file.id,
    title,
    ...(description === undefined ? {} : { description }),
    sharing,
    ...(reason === undefined ? {} : { reason }),
    safe,
    intent: intent === true || !safe,
    contract,
    ...(adapter === undefined ? {} : { adapter }),
    ask,
    mapping,
    deadline,
    replyLimit,
  };
}

/** Over what the file says, so that a secret's renewal moves no pin. */
function mappingOf(written: DepartmentFile, key: string): string {
  const { adapter, ask = {} } = written.services?.[key] ?? {};
  const { kind, settings } = (adapter === undefined ? undefined : written.adapters?.[adapter]) ?? {};
  return createHash('sha256').update(canonicalText({ kind, settings, ask })).digest('hex');
}

function adapterOf(file: DepartmentFile, id: string | undefined): AdapterConfig | undefined {
  const config = id === undefined ? undefined : file.adapters?.[id];
  return config && { id: `${file.id}/${id}`, kind: config.kind, settings: config.settings };
}
