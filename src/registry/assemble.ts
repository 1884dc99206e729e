/** Puts the registry together of what the files hold; what was built of a file that has not changed is taken over. */
import type { DepartmentFile } from '../../schemas/stile/department.js';
import type { PurposesFile } from '../../schemas/stile/purposes.js';
import type { SettingsFile } from '../../schemas/stile/stile.js';
import { type BuiltDepartment, buildDepartment } from './department.js';
import type { Document } from './document.js';
import { fileKind } from './files.js';
import { keeper } from './kept.js';
import { contractsOf } from './named-services.js';
import type { Client, Contract, Department, Registry, Service } from './registry.js';
import type { Settings } from './settings.js';
import { inSlices } from './slices.js';

const builtDepartments = keeper<Document, BuiltDepartment>();
const builtPurposes = new WeakMap<Document, Registry['purposes']>();

/** What there is, faults or not; it leaves this file only when there are none. */
export async function assemble(
  documents: readonly Document[],
  held: readonly Document[],
  { contracts, schemas }: { contracts: ReadonlyMap<string, Contract>; schemas: Registry['schemas'] },
  digest: string,
): Promise<Registry> {
  const oneOf = (kind: string) => documents.find(document => document.kind === kind);
  const settings = oneOf(fileKind.settings)?.value as SettingsFile | undefined;
  const { deployment = '', sandbox = false, reload, exchange, ledger, identity, retention } = settings ?? {};
  const departments = new Map<string, Department>();
  const clients = new Map<string, Client>();
  const services = new Map<string, Service>();
  await inSlices(held, document => {
    const built = builtOf(document, contracts);
    for (const each of [built.department, ...built.represented]) departments.set(each.id, each);
    for (const each of built.clients) clients.set(each.id, each);
    for (const each of built.services) services.set(each.id, each);
  });
  return {
    digest,
    deployment,
    sandbox,
    settings: { reload, exchange, ledger, identity, retention } as Settings,
    purposes: purposesOf(oneOf(fileKind.purposes)),
    departments,
    clients,
    services,
    schemas,
  };
}

function builtOf(document: Document, contracts: ReadonlyMap<string, Contract>): BuiltDepartment {
  const own = contractsOf(document, contracts);
  const known = builtDepartments.get(document, own);
  if (known !== undefined) return known;
  const { value, written } = document;
  const made = buildDepartment(value as DepartmentFile, written as DepartmentFile, contracts);
  return builtDepartments.keep(document, own, made);
}

function purposesOf(document: Document | undefined): Registry['purposes'] {
  const known = document && builtPurposes.get(document);
  if (known !== undefined) return known;
  const written = Object.entries((document?.value as PurposesFile | undefined)?.purposes ?? {});
  const made = new Map(written.map(([id, { title, basis }]) => [id, { id, title, basis }]));
  if (document !== undefined) builtPurposes.set(document, made);
  return made;
}
