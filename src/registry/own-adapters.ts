/** Loads the modules that a department wrote itself: the files of adapters/own/ and no others, each named after its kind. */
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AdapterModule } from '../../adapters/adapter.js';
import { OperatorError } from '../operator-error.js';

/** Compiled, like this file. */
const folder = new URL('../../adapters/own/', import.meta.url);

/**
 * Config only ever names a kind: which file that is, is settled here, before any config is read.
 *
 * @throws {OperatorError} for a file that is no module of its name
 */
export async function loadOwnAdapters(): Promise<AdapterModule[]> {
  if (!existsSync(fileURLToPath(folder))) return [];
  const kinds = readdirSync(folder).flatMap(name => /^([a-z0-9]+(?:-[a-z0-9]+)*)\.js$/.exec(name)?.[1] ?? []);
  return Promise.all(kinds.sort().map(load));
}

async function load(kind: string): Promise<AdapterModule> {
  const { adapter } = (await import(new URL(`${kind}.js`, folder).href)) as { readonly adapter?: AdapterModule };
  if (adapter?.kind === kind) return adapter;
  throw new OperatorError({
    zh: `adapters/own/${kind}.ts 应导出 kind 为 ${kind} 的 adapter`,
    en: `adapters/own/${kind}.ts should export an adapter whose kind is ${kind}`,
  });
}
