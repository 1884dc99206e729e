/** The sandbox around a gateway: the sample departments' systems, and the variables by which config refers to them. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type Departments, randomSecret, startDepartments } from './departments.js';
import type { NaturalResourcesOptions } from './natural-resources.js';

type Variables = Readonly<Record<string, string | undefined>>;

export interface Sandbox {
  readonly departments: Departments;
  /** To be added to the environment before the registry is read. */
  readonly variables: Variables;
}

export interface SandboxOptions {
  /** Of the gateway, the issuer of its tokens unless `STILE_URL` names another. */
  readonly url: string;
  /** The gateway's; departments that have files keep them in it. */
  readonly dataFolder: string;
  readonly logger: Logger;
}

/** Starts the departments on any free ports of loopback, under random secrets unless the environment gives some. */
export async function startSandbox(
  variables: Variables,
  { url, dataFolder, logger }: SandboxOptions,
): Promise<Sandbox> {
  const apiKey = variables.SANDBOX_CIVIL_AFFAIRS_API_KEY || randomSecret();
  const secret = variables.SANDBOX_PUBLIC_SECURITY_SECRET || randomSecret();
  const password = variables.SANDBOX_HUMAN_RESOURCES_PASSWORD || randomSecret();
  const { SANDBOX_CONTROL_PORT: control } = variables;
  const ports = control ? { control: Number(control) } : {};
  const naturalResources = naturalResourcesOf(variables, dataFolder, logger);
  const housingFundFolder = housingFundFolderOf(variables, dataFolder);
  const secrets = { apiKey, secret, password };
  const departments = await startDepartments({
    host: '127.0.0.1',
    ...secrets,
    naturalResources,
    housingFundFolder,
    ports,
  });
  return {
    departments,
    variables: { ...departments.variables, STILE_URL: variables.STILE_URL || url },
  };
}

/** The natural resources bureau's database as the environment says: a PostgreSQL that is there, or its own under the data folder. */
export function naturalResourcesOf(variables: Variables, dataFolder: string, logger: Logger): NaturalResourcesOptions {
  const { SANDBOX_NATURAL_RESOURCES_SERVER: server } = variables;
  return {
    ...(server ? { server } : {}),
    dataFolder: join(dataFolder, 'natural-resources'),
    password: variables.SANDBOX_NATURAL_RESOURCES_PASSWORD || randomSecret(),
    logger,
  };
}

/** Where the housing fund centre drops its files. */
export const housingFundFolderOf = (variables: Variables, dataFolder: string): string =>
  variables.SANDBOX_HOUSING_FUND_FOLDER || join(dataFolder, 'housing-fund');
