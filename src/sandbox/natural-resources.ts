/** The natural resources bureau's own system: a PostgreSQL with the real-estate register, which the gateway asks in SQL. */
import type { Logger } from 'pino';
import { startEmbedded } from '../store/embedded.js';
import type { RunningDepartment } from './department.js';
import type { Population } from './population.js';
import { makePropertyRegister } from './property-register.js';

export interface NaturalResourcesOptions {
  /** Connection string of a PostgreSQL to use, as its superuser; absent: one of its own. */
  readonly server?: string;
  /** Where its own PostgreSQL has its files. */
  readonly dataFolder: string;
  /** Of the gateway's login. */
  readonly password: string;
  readonly logger: Logger;
}

export interface NaturalResources extends RunningDepartment {
  /** The database's host as the sql adapter has it: a name, or the folder of its socket. */
  readonly host: string;
}

/** Starts the database, or takes over one that a killed sandbox left, and fills it the first time. */
export async function startNaturalResources(
  population: Population,
  { server, dataFolder, password, logger }: NaturalResourcesOptions,
): Promise<NaturalResources> {
  const own = server === undefined ? await startEmbedded({ dataFolder, logger }) : undefined;
  const address = own?.connectionString ?? server ?? '';
  try {
    await makePropertyRegister(address, population, password);
  } catch (error) {
    await own?.stop();
    throw error;
  }
  const url = new URL(address);
  const host = url.searchParams.get('host') ?? url.hostname;
  return {
    host,
    address: `PostgreSQL, ${own ? `${dataFolder}/` : host}`,
    close: async () => own?.stop(),
  };
}
