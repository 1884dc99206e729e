/** Starts the sample departments' systems over one fictitious population. */
import { randomBytes } from 'node:crypto';
import { type CivilAffairs, startCivilAffairs } from './civil-affairs.js';
import { type Control, startControl } from './control.js';
import type { RunningDepartment, SampleDepartment } from './department.js';
import { startHousingFund } from './housing-fund.js';
import { startHumanResources } from './human-resources.js';
import { type NaturalResourcesOptions, startNaturalResources, startPropertyServer } from './natural-resources.js';
import { type Population, populationWhenAsked } from './population.js';
import { startPublicSecurity } from './public-security.js';

export interface DepartmentsOptions {
  readonly host: string;
  /** Absent: it is generated when somebody asks about a resident. */
  readonly population?: Population;
  /** The civil affairs bureau's API key. */
  readonly apiKey: string;
  /** The secret that signs requests to the public security bureau. */
  readonly secret: string;
  /** The human resources bureau's password; absent: a random one. */
  readonly password?: string;
  /** Absent: the natural resources bureau's database is not run, and cannot be reached. */
  readonly naturalResources?: NaturalResourcesOptions;
  /** Where the housing fund centre drops its files; absent: it drops none, and there is no such folder. */
  readonly housingFundFolder?: string;
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
  /** All that run, by department id. */
  readonly byId: Readonly<Record<string, RunningDepartment>>;
  readonly control: Control | undefined;
  /** The environment in which the shipped config finds them. */
  readonly variables: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export const randomSecret = (): string => randomBytes(24).toString('base64url');

/** Starts the systems; the natural resources bureau's server first, which gets ready in a process of its own. */
export async function startDepartments(options: DepartmentsOptions): Promise<Departments> {
  const held: { close(): Promise<unknown> }[] = [];
  try {
    return await start(options, held);
  } catch (error) {
    await closeAll(held);
    throw error;
  }
}

const closeAll = (held: readonly { close(): Promise<unknown> }[]) => Promise.all(held.map(each => each.close()));

/** @param held takes up what runs, for whoever closes it when the rest does not start */
async function start(options: DepartmentsOptions, held: { close(): Promise<unknown> }[]): Promise<Departments> {
  const { host, apiKey, secret, password = randomSecret(), ports = {} } = options;
  const hold = <T extends { close(): Promise<unknown> }>(one: T): T => {
    held.push(one);
    return one;
  };
  const server = options.naturalResources && hold(await startPropertyServer(options.naturalResources));
  const { population = populationWhenAsked() } = options;
  const civilAffairs = hold(await startCivilAffairs(population, { host, port: ports.civilAffairs ?? 0, apiKey }));
  const publicSecurity = hold(await startPublicSecurity(population, { host, port: ports.publicSecurity ?? 0, secret }));
  const humanResources = hold(
    await startHumanResources(population, { host, port: ports.humanResources ?? 0, password }),
  );
  const onHttp = {
    'civil-affairs': civilAffairs,
    'public-security': publicSecurity,
    'human-resources': humanResources,
  };
  const control = ports.control === undefined ? undefined : hold(await startControl(onHttp, ports.control));
  const { housingFundFolder } = options;
  const housingFund = housingFundFolder && (await startHousingFund(population, housingFundFolder));
  const naturalResources = server && (await startNaturalResources(population, server));
  const byId = {
    ...onHttp,
    ...(naturalResources && { 'natural-resources': naturalResources }),
    ...(housingFund && { 'housing-fund': housingFund }),
  };
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
      SANDBOX_NATURAL_RESOURCES_HOST: naturalResources?.host ?? 'natural-resources.invalid',
      SANDBOX_NATURAL_RESOURCES_PASSWORD: options.naturalResources?.password ?? 'unused',
      SANDBOX_HOUSING_FUND_FOLDER: housingFundFolder ?? '/nowhere',
    },
    async close() {
      await closeAll(held);
    },
  };
}
