/** The names that config files declare, faulty or not, so that one fault is not told again by all who refer to its place. */
import { basename } from 'node:path';
import { type Finding, rule, valueAt } from './fault.js';
import { type ConfigFile, fileKind } from './files.js';
import { sourceOf } from './found-file.js';
import { isSchema as isObject } from './schema-store.js';

export interface Declared {
  /**
   * True when the finding says a name is unknown that a faulty file declares, or may declare.
   *
   * @param found what the finding's pointer leads into
   */
  explains(finding: Finding, found: unknown): boolean;
}

interface Names {
  readonly names: ReadonlySet<string>;
  /** Departments, and `purposes`, of which no more than the file's name is known. */
  readonly unreadable: ReadonlySet<string>;
}

/** Gathers the names of all config files as written, once a finding asks for them. */
export function declaredIn(files: readonly ConfigFile[]): Declared {
  let gathered: Names | undefined;
  return {
    explains(finding, found) {
      gathered ??= namesIn(files);
      const { names, unreadable } = gathered;
      const name = String(valueAt(found, finding.pointer));
      const consumer = String(valueAt(found, '/consumer'));
      switch (finding.rule) {
        case rule.unknownDepartment:
          return names.has(`department ${name}`) || unreadable.has(name.split('.')[0] ?? '');
        case rule.unknownClient:
          return names.has(`client ${consumer}/${name}`) || unreadable.has(consumer);
        case rule.unknownService:
          return names.has(`service ${name}`) || unreadable.has(name.split('/')[0] ?? '');
        case rule.unknownPurpose:
          return names.has(`purpose ${name}`) || unreadable.has('purposes');
        default:
          return false;
      }
    },
  };
}

function namesIn(files: readonly ConfigFile[]): Names {
  const names = new Set<string>();
  const unreadable = new Set(['purposes']);
  const keys = (value: unknown, member: string): string[] => {
    const held = valueAt(value, `/${member}`);
    return isObject(held) ? Object.keys(held) : [];
  };
  for (const file of files) {
    const { kind } = file;
    if (kind !== fileKind.purposes && kind !== fileKind.department) continue;
    const { value } = sourceOf(file);
    if (kind === fileKind.purposes) {
      if (value !== undefined) unreadable.delete('purposes');
      for (const id of keys(value, 'purposes')) names.add(`purpose ${id}`);
      continue;
    }
    const department = basename(file.path, '.yaml');
    if (value === undefined) unreadable.add(department);
    names.add(`department ${department}`);
    for (const id of keys(value, 'peer/departments')) names.add(`department ${department}.${id}`);
    for (const id of keys(value, 'clients')) names.add(`client ${department}/${id}`);
    for (const id of keys(value, 'services')) names.add(`service ${department}/${id}`);
  }
  return { names, unreadable };
}
