/** The services that a department's file names, and where their contracts are. */
import type { DepartmentFile } from '../../schemas/stile/department.js';

export interface NamedService {
  /** `department/service/v1` */
  readonly id: string;
  /** Within the department. */
  readonly key: string;
  /** Paths of its contract within the schemas folder. */
  readonly halves: readonly string[];
}

/** The department of `department/service/v1`, `department/adapter` or `department/client`. */
export const departmentOf = (id: string): string => id.slice(0, id.indexOf('/'));

/** The services that a department's file has. */
export function servicesIn({
  id,
  services,
}: Pick<DepartmentFile, 'id'> & { readonly services?: object }): NamedService[] {
  return Object.keys(services ?? {}).map(key => {
    const service = `${id}/${key}`;
    return { id: service, key, halves: ['request', 'reply'].map(half => `${service}/${half}.json`) };
  });
}
