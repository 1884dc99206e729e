/** `stile sandbox`: the sample departments' systems alone, without the gateway. */
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { startDepartments } from '../sandbox/departments.js';
import { housingFundFolderOf, naturalResourcesOf } from '../sandbox/sandbox.js';

export const usage = `stile sandbox

Runs the sample departments' systems until it is stopped. docs/sandbox.md says what they hold.

  SANDBOX_CIVIL_AFFAIRS_API_KEY    required
  SANDBOX_PUBLIC_SECURITY_SECRET   required
  SANDBOX_HUMAN_RESOURCES_PASSWORD required
  SANDBOX_NATURAL_RESOURCES_PASSWORD required
  SANDBOX_NATURAL_RESOURCES_SERVER a PostgreSQL, as its superuser; without it one is started under STILE_DATA (data)
  SANDBOX_HOUSING_FUND_FOLDER      where files are dropped; without it, housing-fund under STILE_DATA
  HOST                             127.0.0.1
  SANDBOX_CIVIL_AFFAIRS_PORT       8081
  SANDBOX_PUBLIC_SECURITY_PORT     8082
  SANDBOX_HUMAN_RESOURCES_PORT     8083
  SANDBOX_CONTROL_PORT             none: the departments cannot be told to misbehave
`;

/** A port from the environment, or null when it is none. */
function portOf(name: string, fallback: number | undefined): number | undefined | null {
  const value = process.env[name];
  if (value === undefined || value === '') return fallback;
  const port = Number(value);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  process.stderr.write(`${name} is no port: ${value}\n`);
  return null;
}

/** A secret from the environment, or undefined when there is none. */
function secretOf(name: string): string | undefined {
  const value = process.env[name] || undefined;
  if (value === undefined) process.stderr.write(`${name} must be set.\n`);
  return value;
}

/** @returns the exit code, once it was told to stop */
export async function run(values: string[]): Promise<number> {
  parseArgs({ args: values, options: {} });
  const { HOST: host = '127.0.0.1' } = process.env;
  const apiKey = secretOf('SANDBOX_CIVIL_AFFAIRS_API_KEY');
  const secret = secretOf('SANDBOX_PUBLIC_SECURITY_SECRET');
  const password = secretOf('SANDBOX_HUMAN_RESOURCES_PASSWORD');
  if (!apiKey || !secret || !password || !secretOf('SANDBOX_NATURAL_RESOURCES_PASSWORD')) return 1;
  const civilAffairs = portOf('SANDBOX_CIVIL_AFFAIRS_PORT', 8081);
  const publicSecurity = portOf('SANDBOX_PUBLIC_SECURITY_PORT', 8082);
  const humanResources = portOf('SANDBOX_HUMAN_RESOURCES_PORT', 8083);
  const control = portOf('SANDBOX_CONTROL_PORT', undefined);
  if (civilAffairs === null || publicSecurity === null || humanResources === null || control === null) return 1;

  const stopped = new Promise<void>(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  const ports = {
    ...(civilAffairs === undefined ? {} : { civilAffairs }),
    ...(publicSecurity === undefined ? {} : { publicSecurity }),
    ...(humanResources === undefined ? {} : { humanResources }),
    ...(control === undefined ? {} : { control }),
  };
  const logger = pino({ level: 'warn' }, pino.destination({ dest: 2, sync: true }));
  const dataFolder = process.env.STILE_DATA || 'data';
  const naturalResources = naturalResourcesOf(process.env, dataFolder, logger);
  const housingFundFolder = housingFundFolderOf(process.env, dataFolder);
  const shared = { host, apiKey, secret, password, naturalResources, housingFundFolder, ports };
  const departments = await startDepartments(shared);
  const { SANDBOX_NATURAL_RESOURCES_HOST: propertyHost } = departments.variables;
  process.stdout.write(`civil affairs     ${departments.civilAffairs.url}\n`);
  process.stdout.write(`public security   ${departments.publicSecurity.url}\n`);
  process.stdout.write(`human resources   ${departments.humanResources.url}\n`);
  process.stdout.write(`natural resources ${propertyHost}\n`);
  process.stdout.write(`housing fund      ${housingFundFolder}\n`);
  if (departments.control !== undefined) process.stdout.write(`control           ${departments.control.url}\n`);
  await stopped;
  await departments.close();
  return 0;
}
