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

/** A PostgreSQL that runs, its own or another. */
export interface PropertyServer {
  /** As its superuser. */
  readonly connectionString: string;
  readonly address: string;
  /** Of the gateway's login. */
  readonly password: string;
  close(): Promise<void>;
}

/** Starts the database's server, or takes over one that a killed sandbox left. */
export async function startPropertyServer(options: NaturalResourcesOptions): Promise<PropertyServer> {
  const { server, dataFolder, password, logger } = options;
  if (server !== undefined) {
    const address = `PostgreSQL, ${hostOf(server)}`;
    return { connectionString: server, address, password, close: async () => undefined };
  }
  const { connectionString, stop } = await startEmbedded({ dataFolder, logger });
  return { connectionString, address: `PostgreSQL, ${dataFolder}/`, password, close: stop };
}

/** Fills the database the first time. */
export async function startNaturalResources(population: Population, server: PropertyServer): Promise<NaturalResources> {
  const { connectionString, address, password, close } = server;
  await makePropertyRegister(connectionString, population, password);
  return { host: hostOf(connectionString), address, close };
}

function hostOf(connectionString: string): string {
  const url = new URL(connectionString);
  return url.searchParams.get('host') ?? url.hostname;
}
