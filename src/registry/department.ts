/** Makes a department of its config file: its clients, and its services with their contracts and adapters. */
import { createHash } from 'node:crypto';
import type { ReadConfigFile, SettingFault } from '../../adapters/adapter.js';
import type {
  Adapter as AdapterPart,
  Client as ClientConfig,
  DepartmentFile,
  Service as ServiceConfig,
} from '../../schemas/stile/department.js';
import { canonicalText } from '../ledger/canonical.js';
import { adapterKinds } from './adapter-kinds.js';
import { deprecationOf } from './deprecation.js';
import { below, type Finding, rule, valueAt } from './fault.js';
import { nearest } from './nearest.js';
import {
  type AdapterConfig,
  type Client,
  type Contract,
  type Department,
  releaseLevel,
  type Service,
} from './registry.js';
import { type Strings, shapeFindings, strings } from './shape.js';
import { didYouMean, makeFirst } from './shape-text.js';

type Ask = Readonly<Record<string, unknown>>;

/** Most questions asked of one system at a time where neither config nor the adapter's module says. */
const usualConcurrency = 64;

export interface BuiltDepartment {
  readonly department: Department;
  /** Those that ask through this one, when it is a peer. */
  readonly represented: readonly Department[];
  readonly clients: readonly Client[];
  readonly services: readonly Service[];
}

/**
 * References between a department's own parts, and its settings by the adapter modules' own schemas and checks.
 *
 * @param file what of the department has the right shape
 * @param whole the file as it was read: an adapter that is there but faulty is not missing
 * @param readFile reads what settings name, below the config folder
 */
export function departmentFindings(
  file: DepartmentFile,
  whole: unknown,
  kept: Strings,
  readFile: ReadConfigFile,
): Finding[] {
  const adapters = new Map(Object.entries(file.adapters ?? {}));
  const findings: Finding[] = [];
  const sound = new Set<string>();
  for (const [id, { kind, settings }] of adapters) {
    const module = adapterKinds.get(kind);
    const pointer = below('/adapters', id);
    const found =
      module === undefined
        ? [unknown(rule.unknownAdapterKind, below(pointer, 'kind'), kind, [...adapterKinds.keys()])]
        : shapeFindings(settings, module.settingsSchema, kept, below(pointer, 'settings'));
    if (found.length === 0) sound.add(id);
    const own = found.length > 0 || kept !== strings.written ? [] : (module?.checkSettings?.(settings, readFile) ?? []);
    findings.push(...found, ...own.map(fault => settingFinding(fault, below(pointer, 'settings'))));
  }
  const known = Object.keys(valueAt(whole, '/adapters') ?? {});
  for (const [key, service] of Object.entries(file.services ?? {})) {
    if (service.adapter === undefined) continue;
    const pointer = below('/services', key);
    const adapter = adapters.get(service.adapter);
    if (!known.includes(service.adapter)) {
      findings.push(unknown(rule.unknownAdapter, below(pointer, 'adapter'), service.adapter, known));
    } else if (adapter !== undefined) {
      const checked = sound.has(service.adapter) && kept === strings.written;
      const read = checked ? readFile : undefined;
      findings.push(...askFindings(adapter, service.ask ?? {}, below(pointer, 'ask'), kept, read));
      if (!service.safe && adapterKinds.get(adapter.kind)?.onlyReads) findings.push(effects(pointer, adapter.kind));
    }
  }
  return findings;
}

/** @param readFile given when the module's own check may be asked: its schemas have accepted what it will read */
function askFindings(
  adapter: AdapterPart,
  ask: Ask,
  pointer: string,
  kept: Strings,
  readFile: ReadConfigFile | undefined,
): Finding[] {
  const module = adapterKinds.get(adapter.kind);
  if (module === undefined) return [];
  const shape = shapeFindings(ask, module.serviceSchema, kept, pointer);
  if (shape.length > 0 || readFile === undefined) return shape;
  return (module.check?.(adapter.settings, ask, readFile) ?? []).map(fault => settingFinding(fault, pointer));
}

const settingFinding = ({ message, fix, ...fault }: SettingFault, pointer: string): Finding => ({
  rule: rule.adapterSetting,
  pointer: pointer + fault.pointer,
  message,
  fix,
});

const effects = (pointer: string, kind: string): Finding => ({
  rule: rule.adapterSetting,
  pointer: below(pointer, 'safe'),
  message: { zh: `${kind} 适配器只读取数据`, en: `an adapter of kind ${kind} only reads` },
  fix: { zh: '写成 safe: true，或换用其他适配器', en: 'write safe: true, or use another adapter' },
});

const unknown = (
  which: typeof rule.unknownAdapter | typeof rule.unknownAdapterKind,
  pointer: string,
  name: string,
  known: readonly string[],
): Finding => ({
  rule: which,
  pointer,
  message:
    which === rule.unknownAdapter
      ? { zh: `本部门没有适配器 ${name}`, en: `the department has no adapter ${name}` }
      : { zh: `没有 ${name} 这种适配器`, en: `there is no adapter of kind ${name}` },
  fix: didYouMean(nearest(name, known), known, makeFirst),
});

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
  const clients = Object.entries(file.clients ?? {}).map(([key, config]) => buildClient(file, key, config));
  const represented = Object.entries(file.peer?.departments ?? {}).map(([key, config]) => ({
    division,
    ...config,
    id: `${id}.${key}`,
    contact,
    peer: id,
  }));
  const isPeer = file.peer === undefined ? {} : { isPeer: true as const };
  return { department: { id, name, division, contact, ...isPeer }, represented, clients, services };
}

const buildClient = ({ id, peer }: DepartmentFile, key: string, { name, keys }: ClientConfig): Client => ({
  id: `${id}/${key}`,
  department: id,
  name,
  keys: keys.map(jwk => ({ ...jwk })),
  ...(peer === undefined ? {} : { peer: { deployment: peer.deployment } }),
});

function buildService(
  file: DepartmentFile,
  key: string,
  config: ServiceConfig,
  contract: Contract,
  mapping: string,
): Service {
  const { title, description, sharing, reason, safe, intent, ask = {} } = config;
  const { replyLimit = 0, release = releaseLevel.committed, cache, deprecated } = config;
  const adapter = adapterOf(file, config.adapter);
  const { deadline = 0, retries = 0 } = partOf(file, config.adapter)?.resilience ?? {};
  const parts = adapterKinds.get(adapter?.kind ?? '')?.parts?.(ask);
  return {
    id: `${file.id}/${key}`,
    department: file.id,
    title,
    ...(description === undefined ? {} : { description }),
    sharing,
    ...(reason === undefined ? {} : { reason }),
    safe,
    intent: intent === true || !safe || adapterKinds.get(adapter?.kind ?? '')?.namesIntent === true,
    contract,
    ...(adapter === undefined ? {} : { adapter }),
    ...(parts === undefined
      ? {}
      : { parts: parts.map(({ step, service, isNeeded }) => ({ step, service, isNeeded })) }),
    ask,
    mapping,
    deadline: config.deadline ?? deadline,
    retries: safe ? retries : 0,
    release,
    ...(cache === undefined ? {} : { cacheLife: cache.seconds * 1000 }),
    replyLimit,
    ...(deprecated === undefined ? {} : { deprecation: deprecationOf(deprecated) }),
  };
}

/** Over what the file says, so that a secret's renewal moves no pin. */
function mappingOf(written: DepartmentFile, key: string): string {
  const { adapter, ask = {} } = written.services?.[key] ?? {};
  const { kind, settings } = (adapter === undefined ? undefined : written.adapters?.[adapter]) ?? {};
  const unpinned = adapterKinds.get(kind ?? '')?.unpinned ?? [];
  const pinned = settings && Object.entries(settings).filter(([name]) => !unpinned.includes(name));
  const told = { kind, settings: pinned && Object.fromEntries(pinned), ask };
  return createHash('sha256').update(canonicalText(told)).digest('hex');
}

const partOf = (file: DepartmentFile, id: string | undefined): AdapterPart | undefined =>
  id === undefined ? undefined : file.adapters?.[id];

function adapterOf(file: DepartmentFile, id: string | undefined): AdapterConfig | undefined {
  const part = partOf(file, id);
  if (part === undefined) return undefined;
  const { kind, settings, resilience = {} } = part;
  const module = adapterKinds.get(kind);
  const { concurrency = module?.concurrency ?? usualConcurrency, queue = 0, breaker = {} } = resilience;
  const { window = 0, questions = 0, failures = 0, pause = 0 } = breaker;
  return {
    id: `${file.id}/${id}`,
    kind,
    settings,
    isWeaklySigned: module?.isWeaklySigned?.(settings) ?? false,
    resilience: { concurrency, queue, breaker: { window, questions, failures, pause } },
  };
}
