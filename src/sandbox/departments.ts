/** Starts the sample departments' systems over one fictitious population. */
import { randomBytes } from 'node:crypto';
import { type CivilAffairs, startCivilAffairs } from './civil-affairs.js';
import { type Control, startControl } from './control.js';
import type { SampleDepartment } from './department.js';
import { startHumanResources } from './human-resources.js';
import { populate } from './population.js';
import { startPublicSecurity } from './public-security.js';

export interface DepartmentsOptions {
  readonly host: string;
  /** The civil affairs bureau's API key. */
  readonly apiKey: string;
  /** The secret that signs requests to the public security bureau. */
  readonly secret: string;
  /** The human resources bureau's password; absent: a random one. */
  readonly password?: string;
  /** Absent, or 0: any free one. No control port, no control. */
  readonly ports?: {
    readonly civilAffairs?: number;
    readonly publicSecurity?: number;
    readonly humanResources?: number;
    readonly control?: number;
  };
}

export interface Departments {
  readonly civilAffairs: CivilAffairs;
  readonly publicSecurity: SampleDepartment;
  readonly humanResources: SampleDepartment;
  /** All of them, by department id. */
  readonly byId: Readonly<Record<string, SampleDepartment>>;
  readonly control: Control | undefined;
  /** The environment in which the shipped config finds them. */
  readonly variables: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export const randomSecret = (): string => randomBytes(24).toString('base64url');

export async function startDepartments(options: DepartmentsOptions): Promise<Departments> {
  const { host, apiKey, secret, password = randomSecret(), ports = {} } = options;
  const population = populate();
  const civilAffairs = await startCivilAffairs(population, { host, port: ports.civilAffairs ?? 0, apiKey });
  const publicSecurity = await startPublicSecurity(population, { host, port: ports.publicSecurity ?? 0, secret });
  const humanResources = await startHumanResources(population, { host, port: ports.humanResources ?? 0, password });
  const byId = {
    'civil-affairs': civilAffairs,
    'public-security': publicSecurity,
    'human-resources': humanResources,
  };
  const control = ports.control === undefined ? undefined : await startControl(byId, ports.control);
  return {
    civilAffairs,
    publicSecurity,
    humanResources,
    byId,
    control,
    variables: {
      SANDBOX_CIVIL_AFFAIRS_URL: civilAffairs.url,
      SANDBOX_CIVIL_AFFAIRS_API_KEY: apiKey,
      SANDBOX_PUBLIC_SECURITY_URL: publicSecurity.url,
      SANDBOX_PUBLIC_SECURITY_SECRET: secret,
      SANDBOX_HUMAN_RESOURCES_URL: humanResources.url,
      SANDBOX_HUMAN_RESOURCES_PASSWORD: password,
    },
    async close() {
      await Promise.all([...Object.values(byId), control].map(one => one?.close()));
    },
  };
}
