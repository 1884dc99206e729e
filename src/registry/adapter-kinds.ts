/** Which adapter module speaks for each `kind` that config names: the one place where modules are known. */
import type { AdapterModule } from '../../adapters/adapter.js';
import { adapter as http } from '../../adapters/http.js';
import { adapter as publicSecurityHousehold } from '../../adapters/public-security-household.js';

const modules: readonly AdapterModule[] = [http, publicSecurityHousehold];

export const adapterKinds: ReadonlyMap<string, AdapterModule> = new Map(modules.map(module => [module.kind, module]));
