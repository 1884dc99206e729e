/** Loads config/ and schemas/ into one frozen registry, or says everything that is wrong with them. */
import type { AgreementsFile } from '../../schemas/stile/agreements.js';
import type { DepartmentFile } from '../../schemas/stile/department.js';
import type { PurposesFile } from '../../schemas/stile/purposes.js';
import type { SettingsFile } from '../../schemas/stile/stile.js';
import { adapterFieldFindings } from './adapter-fields.js';
import { checkAgreement } from './agreement-check.js';
import { clientKeyFindings } from './client-key.js';
import { buildContract } from './contract.js';
import { type Declared, declaredIn } from './declared.js';
import { type BuiltDepartment, buildDepartment } from './department.js';
import { deprecationFindings } from './deprecation.js';
import { type Document, readDocument } from './document.js';
import { below, type Fault, type Finding, rule, valueAt } from './fault.js';
import { type Contents, type FileKind, type Files, fileKind, readFiles } from './files.js';
import { deepFreeze } from './freeze.js';
import { keeper } from './kept.js';
import { partFindings } from './part-check.js';
import { peerFindings } from './peer-check.js';
import type { Environment } from './reference.js';
import type { Contract, Registry } from './registry.js';
import { replyCacheFindings } from './reply-cache-check.js';
import { compileSchemas } from './schema-compiler.js';
import type { Settings } from './settings.js';
import { releaseFindings, witnessFindings } from './witness-check.js';

export interface LoadOptions {
  readonly configFolder: string;
  readonly schemasFolder: string;
  /** What `${env:…}` and `${file:…}` are resolved with; absent: they stay as written, and none is missed. */
  readonly environment?: Environment;
  /** The kind of file to resolve them in; absent: all. Who serves nobody need not have the departments' secrets. */
  readonly resolved?: FileKind;
  /** What is in the folders, in the place of what is on disk. */
  readonly given?: Contents;
}

export interface Loaded {
  /** Absent when there is any fault. */
  readonly registry?: Registry;
  /** By file, line and column. */
  readonly faults: readonly Fault[];
  /** The config files as they were read. */
  readonly documents: readonly Document[];
  /** The files it was made of. */
  readonly files: Files;
}

/** Reads, checks and freezes; the one loader for serving and for `stile check`. */
export async function loadRegistry(options: LoadOptions): Promise<Loaded> {
  const files = readFiles(options.configFolder, options.schemasFolder, options.given);
  const { environment, resolved } = options;
  const documents = files.config.map(file =>
    readDocument(file, (resolved ?? file.kind) === file.kind ? environment : undefined, options.configFolder),
  );
  const departments = documents.filter(({ kind, value }) => kind === fileKind.department && value !== undefined);
  const compiled = compileContracts(departments, files, options.schemasFolder);
  const registry = assemble(documents, departments, compiled, files.digest);
  const declared = declaredIn(files.config);
  const faults = [
    ...files.faults,
    ...documents.flatMap(document => document.faults),
    ...witnessFaults(documents),
    ...releaseFaults(documents),
    ...keyFaults(departments, registry.sandbox),
    ...compiled.faults,
    ...fieldFaults(departments, compiled.contracts),
    ...partFaults(departments, compiled.contracts, declared),
    ...deprecationFaults(departments),
    ...peerFaults(documents, departments),
    ...cacheFaults(departments, compiled.contracts),
    ...agreementFaults(documents, declared, registry),
  ];
  const told = new Map(faults.sort(byPlace).map(fault => [JSON.stringify(fault), fault]));
  const read = { documents, files };
  return told.size === 0
    ? { registry: deepFreeze(registry), faults: [], ...read }
    : { faults: [...told.values()], ...read };
}

function compileContracts(departments: readonly Document[], files: Files, schemasFolder: string) {
  const { byPath, store, faults: schemaFaults } = compileSchemas(files.schemas);
  const paths = new Set(files.schemas.map(({ path }) => path));
  const contracts = new Map<string, Contract>();
  const faults: Fault[] = [...schemaFaults];
  for (const { source, written } of departments) {
    const { id, services } = written as DepartmentFile;
    for (const key of Object.keys(services ?? {})) {
      const service = `${id}/${key}`;
      const wanted = ['request', 'reply'].map(half => `${service}/${half}.json`);
      const missing = wanted.filter(path => !paths.has(path));
      faults.push(...missing.map(path => source.fault(noContract(key, `${schemasFolder}/${path}`))));
      const [request, reply] = wanted.map(path => byPath.get(path));
      if (request === undefined || reply === undefined) continue;
      const { contract, findings } = buildContract(request, reply, store);
      faults.push(...findings.map(found => found.source.fault(found.finding)));
      if (contract !== undefined) contracts.set(service, contract);
    }
  }
  const schemas = new Map([...byPath.values()].map(({ id, schema }) => [id, schema]));
  return { contracts, schemas, faults };
}

const noContract = (key: string, path: string): Finding => ({
  rule: rule.contractMissing,
  pointer: below('/services', key),
  at: 'key',
  message: { zh: '服务没有契约', en: 'the service has no contract' },
  fix: { zh: `写 ${path}`, en: `write ${path}` },
});

const witnessFaults = (documents: readonly Document[]): Fault[] =>
  documents
    .filter(({ kind, value }) => kind === fileKind.settings && value !== undefined)
    .flatMap(({ source, value }) => witnessFindings(value as Partial<SettingsFile>).map(source.fault));

/** By what is written, so that a fault in the witnesses is told once. */
function releaseFaults(documents: readonly Document[]): Fault[] {
  const settings = documents.find(({ kind }) => kind === fileKind.settings)?.source.value;
  const witnesses = valueAt(settings, '/ledger/witnesses');
  if (Array.isArray(witnesses) && witnesses.length > 0) return [];
  return documents
    .filter(({ kind, written }) => kind === fileKind.department && written !== undefined)
    .flatMap(({ source, written }) => releaseFindings(written as Partial<DepartmentFile>).map(source.fault));
}

function keyFaults(departments: readonly Document[], sandbox: boolean): Fault[] {
  const files = departments.map(({ source, written }) => ({ source, file: written as DepartmentFile }));
  return clientKeyFindings(files, sandbox).map(({ source, finding }) => source.fault(finding));
}

/** Departments whose fields were found right, by their contracts. */
const rightFields = keeper<Document, true>();

const fieldFaults = (departments: readonly Document[], contracts: ReadonlyMap<string, Contract>): Fault[] =>
  departments.flatMap(document => {
    const { source, written } = document;
    const own = contractsOf(document, contracts);
    if (rightFields.get(document, own)) return [];
    const findings = adapterFieldFindings(written as DepartmentFile, contracts);
    if (findings.length === 0) rightFields.keep(document, own, true);
    return findings.map(source.fault);
  });

function contractsOf({ written }: Document, contracts: ReadonlyMap<string, Contract>): (Contract | undefined)[] {
  const { id, services } = written as DepartmentFile;
  return Object.keys(services ?? {}).map(key => contracts.get(`${id}/${key}`));
}

function peerFaults(documents: readonly Document[], departments: readonly Document[]): Fault[] {
  const settings = documents.find(({ kind }) => kind === fileKind.settings)?.source.value;
  const own = valueAt(settings, '/deployment');
  return departments.flatMap(({ source, written }) => peerFindings(written as DepartmentFile, own).map(source.fault));
}

const cacheFaults = (departments: readonly Document[], contracts: ReadonlyMap<string, Contract>): Fault[] =>
  departments.flatMap(({ source, written }) =>
    replyCacheFindings(written as DepartmentFile, contracts).map(source.fault),
  );

function partFaults(
  departments: readonly Document[],
  contracts: ReadonlyMap<string, Contract>,
  declared: Declared,
): Fault[] {
  const found = partFindings(
    departments.map(({ written }) => written as DepartmentFile),
    contracts,
  );
  return departments.flatMap(({ source, written }, at) =>
    (found[at] ?? []).filter(finding => !declared.explains(finding, written)).map(source.fault),
  );
}

function deprecationFaults(departments: readonly Document[]): Fault[] {
  const known = departments.flatMap(({ written }) => {
    const { id, services } = written as DepartmentFile;
    return Object.keys(services ?? {}).map(key => `${id}/${key}`);
  });
  return departments.flatMap(({ source, written }) =>
    deprecationFindings(written as DepartmentFile, known).map(source.fault),
  );
}

/** Checked against what there is of the registry, so that faults elsewhere hide none here and none is told twice. */
function agreementFaults(documents: readonly Document[], declared: Declared, registry: Registry): Fault[] {
  const owners = new Map<string, string>();
  return documents.flatMap(({ kind, source, written }) => {
    if (kind !== fileKind.agreements || written === undefined) return [];
    return ((written as Partial<AgreementsFile>).agreements ?? []).flatMap((agreement, index) => {
      if (agreement === undefined) return [];
      const findings = checkAgreement(agreement, registry).findings.filter(
        finding => !declared.explains(finding, agreement),
      );
      const owner = owners.get(agreement.id);
      const again = owner === undefined ? [] : [sameId(agreement.id, owner)];
      owners.set(agreement.id, owner ?? source.file);
      return [...findings, ...again].map(finding =>
        source.fault({ ...finding, pointer: below('/agreements', index) + finding.pointer }),
      );
    });
  });
}

const sameId = (id: string, file: string): Finding => ({
  rule: rule.duplicateId,
  pointer: '/id',
  message: { zh: `协议 ${id} 在 ${file} 里已有`, en: `there is an agreement ${id} in ${file} already` },
  fix: { zh: '换一个编号', en: 'choose another id' },
});

const builtDepartments = keeper<Document, BuiltDepartment>();

/** What there is, faults or not; it leaves this file only when there are none. */
function assemble(
  documents: readonly Document[],
  departments: readonly Document[],
  { contracts, schemas }: { contracts: ReadonlyMap<string, Contract>; schemas: Registry['schemas'] },
  digest: string,
): Registry {
  const heldBy = (kind: string) => documents.find(document => document.kind === kind)?.value;
  const settings = heldBy(fileKind.settings) as SettingsFile | undefined;
  const purposes = Object.entries((heldBy(fileKind.purposes) as PurposesFile | undefined)?.purposes ?? {});
  const built = departments.map(document => {
    const { value, written } = document;
    const own = contractsOf(document, contracts);
    const known = builtDepartments.get(document, own);
    if (known !== undefined) return known;
    const made = buildDepartment(value as DepartmentFile, written as DepartmentFile, contracts);
    return builtDepartments.keep(document, own, made);
  });
  const { deployment = '', sandbox = false, reload, exchange, ledger, identity, retention } = settings ?? {};
  return {
    digest,
    deployment,
    sandbox,
    settings: { reload, exchange, ledger, identity, retention } as Settings,
    purposes: new Map(purposes.map(([id, { title, basis }]) => [id, { id, title, basis }])),
    departments: new Map(
      built.flatMap(({ department, represented }) => [department, ...represented]).map(each => [each.id, each]),
    ),
    clients: new Map(built.flatMap(({ clients }) => clients).map(client => [client.id, client])),
    services: new Map(built.flatMap(({ services }) => services).map(service => [service.id, service])),
    schemas,
  };
}

const byPlace = (one: Fault, other: Fault): number =>
  (one.file < other.file ? -1 : Number(one.file > other.file)) || one.line - other.line || one.column - other.column;
