/** The services that a department's file names, and where their contracts are. */
import type { DepartmentFile } from '../../schemas/stile/department.js';
import type { Document } from './document.js';
import type { Contract } from './registry.js';

export interface NamedService {
  /** `department/service/v1` */
  readonly id: string;
  /** Within the department. */
  readonly key: string;
  /** Paths of its contract within the schemas folder. */
  readonly halves: readonly string[];
}

const namedServices = new WeakMap<Document, readonly NamedService[]>();

/** The services that a department's file has; told once, so that a later load finds their names ready. */
export function servicesIn(document: Document): readonly NamedService[] {
  const known = namedServices.get(document);
  if (known !== undefined) return known;
  const { id, services } = document.written as DepartmentFile;
  const named = Object.keys(services ?? {}).map(key => {
    const service = `${id}/${key}`;
    return { id: service, key, halves: ['request', 'reply'].map(half => `${service}/${half}.json`) };
  });
  namedServices.set(document, named);
  return named;
}

/** Their contracts, as far as there are any without a fault. */
export const contractsOf = (document: Document, contracts: ReadonlyMap<string, Contract>): (Contract | undefined)[] =>
  servicesIn(document).map(({ id }) => contracts.get(id));
