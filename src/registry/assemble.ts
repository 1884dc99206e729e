/** Puts the registry together of what the files hold. */
import type { PurposesFile } from '../../schemas/stile/purposes.js';
import type { SettingsFile } from '../../schemas/stile/stile.js';
import type { Document } from './document.js';
import { lazyMap } from './lazy-map.js';
import type { LoadedDepartment } from './loaded-department.js';
import type { SharedSchemas } from './packed-services.js';
import type { Client, Department, Registry, Service } from './registry.js';
import { type Schema, schemaPath } from './schema-store.js';
import type { Settings } from './settings.js';
import { inSlices } from './slices.js';

/** What there is, faults or not; it leaves the loader only when there are none. */
export async function assemble(
  settings: Document | undefined,
  purposes: Registry['purposes'],
  held: readonly LoadedDepartment[],
  shared: SharedSchemas,
  digest: string,
): Promise<Registry> {
  const file = settings?.value as SettingsFile | undefined;
  const { deployment = '', sandbox = false, reload, exchange, ledger, identity, retention } = file ?? {};
  const departments = new Map<string, Department>();
  const clients = new Map<string, Client>();
  const services = new Map<string, Service>();
  await inSlices(held, built => {
    for (const each of [built.department, ...built.represented]) departments.set(each.id, each);
    for (const each of built.clients) clients.set(each.id, each);
    for (const each of built.services) services.set(each.id, each);
  });
  return {
    digest,
    deployment,
    sandbox,
    settings: { reload, exchange, ledger, identity, retention } as Settings,
    purposes,
    departments,
    clients,
    services,
    schemas: schemasOf(held, shared),
  };
}

function schemasOf(held: readonly LoadedDepartment[], { schemas: shared }: SharedSchemas): Registry['schemas'] {
  const holders = new Map(held.map(each => [each.department.id, each]));
  return lazyMap<string, Schema>({
    size: held.reduce((sum, { schemaCount }) => sum + schemaCount, shared.size),
    get: id =>
      shared.get(id) ??
      holders
        .get(schemaPath(id)?.split('/')[0] ?? '')
        ?.schemas()
        .get(id),
    *entries() {
      yield* shared;
      for (const holder of held) yield* holder.schemas();
    },
  });
}

export function purposesOf(document: Document | undefined): Registry['purposes'] {
  const file = document?.value as PurposesFile | undefined;
  return new Map(Object.entries(file?.purposes ?? {}).map(([id, { title, basis }]) => [id, { id, title, basis }]));
}
