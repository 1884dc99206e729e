/** Which adapter module speaks for each `kind` that config names: the one place where modules are known. */
import type { AdapterModule } from '../../adapters/adapter.js';

const modules: readonly AdapterModule[] = [];

export const adapterKinds: ReadonlyMap<string, AdapterModule> = new Map(modules.map(module => [module.kind, module]));
