/** Makes the key that is looked up from the contract's request, as config declares it. */
import type { FileService } from '../schemas/stile/adapters/file-service.js';
import type { FileSettings } from '../schemas/stile/adapters/file-settings.js';
import type { JsonObject } from './adapter.js';
import { compileLaterMapping, pointerTo } from './mapping.js';
import type { MappingScope } from './mapping-scope.js';
import { ruleFault } from './rule-fault.js';

/** A cell for each column of the key; a fault never holds a value. */
export type Key = { readonly cells: readonly string[] } | { readonly fault: string };

/** Compiles a service's settings once. */
export function compileKey(
  service: FileService,
  { key }: Pick<FileSettings, 'key'>,
  scope: MappingScope,
): (request: JsonObject) => Promise<Key> {
  for (const name of Object.keys(service.key)) {
    if (!key.includes(name)) scope.report(pointerTo('/key', name), ruleFault.noKeyColumn);
  }
  const makers = key.map(name => {
    const mapping = Object.hasOwn(service.key, name) ? service.key[name] : undefined;
    if (mapping === undefined) scope.report('/key', ruleFault.missingKeyColumn);
    return [name, compileLaterMapping(mapping ?? name, scope, pointerTo('/key', name))] as const;
  });
  return async request => {
    const cells: string[] = [];
    for (const [name, make] of makers) {
      const made = await make(request, request);
      if ('fault' in made) return { fault: `key ${name}: ${made.fault}` };
      if (typeof made.value !== 'string' && typeof made.value !== 'number')
        return { fault: `key ${name} is not one text` };
      cells.push(String(made.value));
    }
    return { cells };
  };
}
