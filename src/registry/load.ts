/** Loads config/ and schemas/ into one frozen registry, or says everything that is wrong with them. */
import type { AgreementsFile } from '../../schemas/stile/agreements.js';
import type { DepartmentFile } from '../../schemas/stile/department.js';
import type { SettingsFile } from '../../schemas/stile/stile.js';
import { adapterFieldFindings } from './adapter-fields.js';
import { agreementFindings } from './agreement-check.js';
import { assemble } from './assemble.js';
import { clientKeyFindings } from './client-key.js';
import { buildContract } from './contract.js';
import { type Declared, declaredIn } from './declared.js';
import { deprecationFindings } from './deprecation.js';
import { type Document, readDocument } from './document.js';
import { below, type Fault, type Finding, rule, valueAt } from './fault.js';
import { type Contents, type FileKind, type Files, fileKind, readFiles } from './files.js';
import { deepFreeze } from './freeze.js';
import { keeper } from './kept.js';
import { namedFileReader, withNamed } from './named-files.js';
import { contractsOf, servicesIn } from './named-services.js';
import { partFindings } from './part-check.js';
import { peerFindings } from './peer-check.js';
import type { Environment } from './reference.js';
import type { Contract, Registry } from './registry.js';
import { replyCacheFindings } from './reply-cache-check.js';
import { compileSchemas } from './schema-compiler.js';
import type { Schema } from './schema-store.js';
import { gathered, inSlices } from './slices.js';
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

/**
 * Reads, checks and freezes; the one loader for serving and for `stile check`. It works in slices: a gateway answers meanwhile. Files
 * that change while it reads make another config, which their next load finds.
 */
export async function loadRegistry(options: LoadOptions): Promise<Loaded> {
  const { environment, resolved, configFolder, schemasFolder } = options;
  const readFile = namedFileReader(configFolder, options.given);
  const found = await readFiles(configFolder, schemasFolder, options.given);
  const documents = await gathered(found.config, file => [
    readDocument(file, (resolved ?? file.kind) === file.kind ? environment : undefined, configFolder, readFile),
  ]);
  const files = withNamed(found, new Map(documents.flatMap(({ named }) => [...named])), readFile);
  const departments = documents.filter(({ kind, written }) => kind === fileKind.department && written !== undefined);
  const compiled = await compileContracts(departments, files, schemasFolder);
  const registry = await assemble(documents, departments, compiled, files.digest);
  const declared = declaredIn(files.config);
  const faults = [
    ...files.faults,
    ...documents.flatMap(document => document.faults),
    ...witnessFaults(documents),
    ...releaseFaults(documents),
    ...(await keyFaults(departments, registry.sandbox)),
    ...compiled.faults,
    ...(await departmentFaults(documents, departments, compiled.contracts)),
    ...partFaults(departments, compiled.contracts, declared),
    ...(await deprecationFaults(departments)),
    ...(await agreementFaults(documents, declared, registry)),
  ];
  const told = new Map(faults.sort(byPlace).map(fault => [JSON.stringify(fault), fault]));
  const read = { documents, files };
  return told.size === 0
    ? { registry: deepFreeze(registry), faults: [], ...read }
    : { faults: [...told.values()], ...read };
}

async function compileContracts(departments: readonly Document[], files: Files, schemasFolder: string) {
  const { byPath, store, faults: schemaFaults } = await compileSchemas(files.schemas);
  const paths = new Set(files.schemas.map(({ path }) => path));
  const contracts = new Map<string, Contract>();
  const faults: Fault[] = [...schemaFaults];
  await inSlices(departments, document => {
    for (const { id, key, halves } of servicesIn(document)) {
      const [request, reply] = halves.map(path => byPath.get(path));
      if (request === undefined || reply === undefined) {
        const missing = halves.filter(path => !paths.has(path));
        faults.push(...missing.map(path => document.source.fault(noContract(key, `${schemasFolder}/${path}`))));
        continue;
      }
      const { contract, findings } = buildContract(request, reply, store);
      faults.push(...findings.map(found => found.source.fault(found.finding)));
      if (contract !== undefined) contracts.set(id, contract);
    }
  });
  const schemas = new Map<string, Schema>();
  await inSlices(byPath.values(), ({ id, schema }) => schemas.set(id, schema));
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

async function keyFaults(departments: readonly Document[], sandbox: boolean): Promise<Fault[]> {
  const files = departments.map(({ source, written }) => ({ source, file: written as DepartmentFile }));
  const findings = await clientKeyFindings(files, sandbox);
  return findings.map(({ source, finding }) => source.fault(finding));
}

/** Departments that were found right, by their contracts and this deployment. */
const rightDepartments = keeper<Document, true>();

/** What shows of each department by itself. */
function departmentFaults(
  documents: readonly Document[],
  departments: readonly Document[],
  contracts: ReadonlyMap<string, Contract>,
): Promise<Fault[]> {
  const settings = documents.find(({ kind }) => kind === fileKind.settings)?.source.value;
  const deployment = valueAt(settings, '/deployment');
  return gathered(departments, document => {
    const { source, written } = document;
    const restsOn = [deployment, ...contractsOf(document, contracts)];
    if (rightDepartments.get(document, restsOn)) return [];
    const file = written as DepartmentFile;
    const findings = [
      ...adapterFieldFindings(file, contracts),
      ...peerFindings(file, deployment),
      ...replyCacheFindings(file, contracts),
    ];
    if (findings.length === 0) rightDepartments.keep(document, restsOn, true);
    return findings.map(source.fault);
  });
}

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

function deprecationFaults(departments: readonly Document[]): Promise<Fault[]> {
  const known = new Set(departments.flatMap(document => servicesIn(document).map(({ id }) => id)));
  return gathered(departments, ({ source, written }) =>
    deprecationFindings(written as DepartmentFile, known).map(source.fault),
  );
}

/** Files of agreements that were found right, by what their agreements name. */
const rightAgreements = keeper<Document, true>();

/** Checked against what there is of the registry, so that faults elsewhere hide none here and none is told twice. */
function agreementFaults(documents: readonly Document[], declared: Declared, registry: Registry): Promise<Fault[]> {
  const owners = new Map<string, string>();
  return gathered(documents, document => {
    const { kind, source, written } = document;
    if (kind !== fileKind.agreements || written === undefined) return [];
    const agreements = (written as Partial<AgreementsFile>).agreements ?? [];
    // Departments are made anew whole, with all their services and clients; a right agreement's service is its provider's.
    const restsOn: unknown[] = [registry.purposes];
    for (const agreement of agreements) {
      restsOn.push(registry.departments.get(agreement?.provider), registry.departments.get(agreement?.consumer));
    }
    const isRight = rightAgreements.get(document, restsOn) ?? false;
    const checked = agreements.map(agreement =>
      isRight || agreement === undefined ? [] : agreementFindings(agreement, registry),
    );
    // What only is not told, as another file explains it, is not right.
    if (checked.every(found => found.length === 0)) rightAgreements.keep(document, restsOn, true);
    const findings = agreements.flatMap((agreement, index) => {
      if (agreement === undefined) return [];
      const found = (checked[index] ?? []).filter(finding => !declared.explains(finding, agreement));
      const owner = owners.get(agreement.id);
      owners.set(agreement.id, owner ?? source.file);
      const again = owner === undefined ? [] : [sameId(agreement.id, owner)];
      return [...found, ...again].map(finding => ({
        ...finding,
        pointer: below('/agreements', index) + finding.pointer,
      }));
    });
    return findings.map(source.fault);
  });
}

const sameId = (id: string, file: string): Finding => ({
  rule: rule.duplicateId,
  pointer: '/id',
  message: { zh: `协议 ${id} 在 ${file} 里已有`, en: `there is an agreement ${id} in ${file} already` },
  fix: { zh: '换一个编号', en: 'choose another id' },
});

const byPlace = (one: Fault, other: Fault): number =>
  (one.file < other.file ? -1 : Number(one.file > other.file)) || one.line - other.line || one.column - other.column;
