/** Whom a request or a reply is about: the contract marks the fields, this reads them out. */
import { items, segmentsOf } from '../field-path.js';
import type { Subject } from '../ledger/ledger.js';
import type { SubjectField } from '../registry/registry.js';

/**
 * The persons and enterprises that a valid value names, in the order of the contract's fields.
 *
 * @param fields the contract's marked fields; a path's `[]` goes through an array
 */
export function subjectsIn(value: unknown, fields: readonly SubjectField[]): Subject[] {
  const found: Subject[] = [];
  for (const field of fields) collect(value, pathOf(field), 0, field, found);
  return found;
}

/** What two mentions of the same person or enterprise have in common, whatever the role. */
export const personOf = ({ kind, identifier }: Subject): string => `${kind} ${identifier}`;

function collect(value: unknown, path: readonly string[], at: number, field: SubjectField, found: Subject[]): void {
  if (at === path.length) {
    if (typeof value === 'string') found.push({ kind: field.kind, identifier: value, role: field.role });
    return;
  }
  const segment = path[at];
  if (segment === items) {
    if (Array.isArray(value)) for (const item of value) collect(item, path, at + 1, field, found);
  } else if (segment !== undefined && typeof value === 'object' && value !== null && Object.hasOwn(value, segment)) {
    collect((value as Record<string, unknown>)[segment], path, at + 1, field, found);
  }
}

const known = new Map<string, readonly string[]>();

/** Contracts hold few paths and ask for them at every call. */
function pathOf(field: SubjectField): readonly string[] {
  let path = known.get(field.path);
  if (path === undefined) {
    path = segmentsOf(field.path);
    known.set(field.path, path);
  }
  return path;
}
