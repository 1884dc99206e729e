/** Starts both sample departments' systems over one fictitious population. */
import { type CivilAffairs, startCivilAffairs } from './civil-affairs.js';
import { type Control, startControl } from './control.js';
import type { SampleDepartment } from './department.js';
import { populate } from './population.js';
import { startPublicSecurity } from './public-security.js';

export interface DepartmentsOptions {
  readonly host: string;
  /** The civil affairs bureau's API key. */
  readonly apiKey: string;
  /** The secret that signs requests to the public security bureau. */
  readonly secret: string;
  /** Absent, or 0: any free one. No control port, no control. */
  readonly ports?: { readonly civilAffairs?: number; readonly publicSecurity?: number; readonly control?: number };
}

export interface Departments {
  readonly civilAffairs: CivilAffairs;
  readonly publicSecurity: SampleDepartment;
  readonly control: Control | undefined;
  close(): Promise<void>;
}

export async function startDepartments({ host, apiKey, secret, ports = {} }: DepartmentsOptions): Promise<Departments> {
  const population = populate();
  const civilAffairs = await startCivilAffairs(population, { host, port: ports.civilAffairs ?? 0, apiKey });
  const publicSecurity = await startPublicSecurity(population, { host, port: ports.publicSecurity ?? 0, secret });
  const byId = { 'civil-affairs': civilAffairs, 'public-security': publicSecurity };
  const control = ports.control === undefined ? undefined : await startControl(byId, ports.control);
  return {
    civilAffairs,
    publicSecurity,
    control,
    async close() {
      await Promise.all([civilAffairs.close(), publicSecurity.close(), control?.close()]);
    },
  };
}
