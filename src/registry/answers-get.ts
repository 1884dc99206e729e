/** Which services answer GET beside POST: those that change nothing and whose request is flat scalars. */
import type { Service } from './registry.js';

const scalars = new Set(['string', 'integer', 'number', 'boolean']);

/** Whether the service takes its request as a query as well. */
export function answersGet(service: Service): boolean {
  if (!service.safe) return false;
  for (const field of service.contract.request.fields.values()) {
    if (!scalars.has(field.type ?? '')) return false;
  }
  return true;
}
