/** Stile's own schemas as editors are given them beside a deployment's config, those of a department's own kinds of adapters included. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { adapterKinds, shippedAdapters } from '../registry/adapter-kinds.js';
import { ownKindsPath, ownKindsSchema } from '../registry/own-kinds-schema.js';
import { root } from '../root.js';
import { schemaText } from './schema-text.js';

const folder = 'stile';

/** By path below `schemas/`. */
export function editorSchemas(): ReadonlyMap<string, string> {
  const shipped = readdirSync(join(root, 'schemas', folder), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.json'))
    .sort()
    .map(path => [join(folder, path), readFileSync(join(root, 'schemas', folder, path), 'utf8')] as const);
  const own = [...adapterKinds.values()].filter(module => !shippedAdapters.includes(module));
  const list = ownKindsSchema(
    own.map(({ kind }) => kind),
    (kind, part) => `own/${kind}-${part}.json`,
  );
  return new Map([
    ...shipped,
    [join(folder, ownKindsPath), schemaText(list)],
    ...own.flatMap(({ kind, settingsSchema, serviceSchema }): [string, string][] => [
      [join(folder, 'adapters', 'own', `${kind}-settings.json`), schemaText(settingsSchema)],
      [join(folder, 'adapters', 'own', `${kind}-service.json`), schemaText(serviceSchema)],
    ]),
  ]);
}

/**
 * Writes those of a deployment anew.
 *
 * @param into holds config/ and schemas/
 * @returns how many have changed, or nothing where no deployment is
 */
export function writeEditorSchemas(into: string): number | undefined {
  if (!existsSync(join(into, 'schemas', folder))) return undefined;
  return [...editorSchemas()].filter(([path, text]) => writeChanged(join(into, 'schemas', path), text)).length;
}

/** Whether the folder holds Stile's sources, with which a module is compiled. */
export const isCheckout = (into: string): boolean => existsSync(join(into, 'adapters', 'adapter.ts'));

/**
 * Has the schema of a department's file in a checkout of Stile's sources refer to those beside the modules, as they are there.
 *
 * @returns whether anything has changed
 */
export function referToOwnKinds(checkout: string): boolean {
  const own = join(checkout, 'adapters', 'own');
  const kinds = (existsSync(own) ? readdirSync(own) : []).flatMap(
    name => /^([a-z0-9-]+)-settings\.json$/.exec(name)?.[1] ?? [],
  );
  const schema = ownKindsSchema(kinds.sort(), (kind, part) => `../../../adapters/own/${kind}-${part}.json`);
  return writeChanged(join(checkout, 'schemas', folder, ownKindsPath), schemaText(schema));
}

function writeChanged(file: string, text: string): boolean {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return false;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return true;
}
