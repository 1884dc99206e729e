/** Puts imported services into a department's file and leaves everything else in it as somebody wrote it, comments too. */
import { type Document, parseDocument } from 'yaml';
import type { ImportedService } from './service.js';

export interface DepartmentParts {
  readonly department: string;
  readonly adapter: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly services: readonly ImportedService[];
  /** What the document calls itself. */
  readonly title: string;
}

/**
 * Adds the adapter and the services that are not there. Of a service that is, only how it is asked is written anew.
 *
 * @param text the file as it is; undefined when there is none, and then its own gaps are `TODO`
 */
export function departmentFile(text: string | undefined, parts: DepartmentParts): string {
  const { department, adapter, settings, services, title } = parts;
  const document = parseDocument(text ?? skeleton(department, title));
  if (document.errors.length > 0) throw new Error(`${department}.yaml: ${document.errors[0]?.message}`);
  if (!document.hasIn(['adapters', adapter])) put(document, ['adapters', adapter], { kind: 'http', settings });
  for (const { key, config } of services) {
    if (!document.hasIn(['services', key])) put(document, ['services', key], config);
    else if (!same(document, ['services', key, 'ask'], config.ask)) put(document, ['services', key, 'ask'], config.ask);
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function put(document: Document, path: readonly string[], value: unknown): void {
  document.setIn(path, document.createNode(value));
}

function same(document: Document, path: readonly string[], value: unknown): boolean {
  const node = document.getIn(path, true);
  const held = node !== null && typeof node === 'object' && 'toJSON' in node ? (node.toJSON as () => unknown)() : node;
  return JSON.stringify(held) === JSON.stringify(value);
}

const skeleton = (
  department: string,
  title: string,
): string => `# yaml-language-server: $schema=../../schemas/stile/department.json
id: ${department}
name: { zh: ${JSON.stringify(title)}, en: ${JSON.stringify(title)} }
division: TODO
contact: TODO
`;
