/** What of a department's file is looked at when others are checked: kept of every department, so it is little. */
import type { DepartmentFile, Service as ServiceConfig } from '../../schemas/stile/department.js';
import { adapterKinds } from './adapter-kinds.js';

export interface Outline extends Pick<DepartmentFile, 'id' | 'clients'> {
  /** Those of composite services. */
  readonly adapters?: DepartmentFile['adapters'];
  readonly services?: Readonly<Record<string, OutlinedService>>;
}

/** The adapter and what it is asked with: of a composite service alone. */
export type OutlinedService = Pick<ServiceConfig, 'sharing' | 'safe' | 'adapter' | 'ask' | 'deprecated'>;

/** @param file as written */
export function outlineOf({ id, clients, adapters = {}, services = {} }: DepartmentFile): Outline {
  const composing = Object.entries(adapters).filter(([, { kind }]) => adapterKinds.get(kind)?.parts !== undefined);
  const composite = new Set(composing.map(([name]) => name));
  return {
    id,
    ...(clients === undefined ? {} : { clients }),
    ...(composing.length === 0 ? {} : { adapters: Object.fromEntries(composing) }),
    services: Object.fromEntries(
      Object.entries(services).map(([key, service]) => [key, outlinedService(service, composite)]),
    ),
  };
}

function outlinedService(service: ServiceConfig, composite: ReadonlySet<string>): OutlinedService {
  const { sharing, safe, adapter = '', ask, deprecated } = service;
  const isComposite = composite.has(adapter);
  if (!isComposite && deprecated === undefined) return usual(sharing, safe);
  return {
    sharing,
    safe,
    ...(isComposite ? { adapter, ...(ask === undefined ? {} : { ask }) } : {}),
    ...(deprecated === undefined ? {} : { deprecated }),
  };
}

const known = new Map<string, OutlinedService>();

/** Most services are outlined alike, and share one object. */
function usual(sharing: ServiceConfig['sharing'], safe: boolean): OutlinedService {
  const name = `${sharing} ${safe}`;
  const found = known.get(name) ?? Object.freeze({ sharing, safe });
  known.set(name, found);
  return found;
}
