/** Which adapter module speaks for each `kind` that config names: the one place where modules are known. */
import type { AdapterModule } from '../../adapters/adapter.js';
import { adapter as composite } from '../../adapters/composite.js';
import { adapter as file } from '../../adapters/file.js';
import { adapter as http } from '../../adapters/http.js';
import { adapter as publicSecurityHousehold } from '../../adapters/public-security-household.js';
import { adapter as soap } from '../../adapters/soap.js';
import { adapter as sql } from '../../adapters/sql.js';
import { adapter as stile } from '../../adapters/stile.js';
import { adapter as xRoad } from '../../adapters/x-road.js';
import { loadOwnAdapters } from './own-adapters.js';

/** Those that come with Stile. */
export const shippedAdapters: readonly AdapterModule[] = [
  composite,
  file,
  http,
  publicSecurityHousehold,
  soap,
  sql,
  stile,
  xRoad,
];

export const adapterKinds: ReadonlyMap<string, AdapterModule> = new Map(
  // One that has the name of a module of Stile's does not take its place.
  [...(await loadOwnAdapters()), ...shippedAdapters].map(module => [module.kind, module]),
);
