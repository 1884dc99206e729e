/** Loads config/ and schemas/ into one frozen registry, or says everything that is wrong with them. */
import { basename } from 'node:path';
import type { DepartmentFile } from '../../schemas/stile/department.js';
import type { PurposesFile } from '../../schemas/stile/purposes.js';
import type { SettingsFile } from '../../schemas/stile/stile.js';
import { contractCompiler } from './contract.js';
import { withDefaults } from './defaults.js';
import { type BuiltDepartment, buildDepartment, departmentFindings } from './department.js';
import { below, type Fault, type Finding, rule } from './fault.js';
import { type ConfigFile, type FileKind, type Files, fileKind, readFiles } from './files.js';
import { deepFreeze } from './freeze.js';
import { type Environment, resolveReferences, wrongReferences } from './reference.js';
import type { Contract, Purpose, Registry, Settings } from './registry.js';
import { isSchema, type SchemaStore, schemaStore } from './schema-store.js';
import { heldReference, shapeFindings, strings } from './shape.js';
import { stileSchema } from './stile-schema.js';

export interface LoadOptions {
  readonly configFolder: string;
  readonly schemasFolder: string;
  /** What `${env:…}` and `${file:…}` are resolved with; absent: they stay as written, and none is missed. */
  readonly environment?: Environment;
}

export interface Loaded {
  /** Absent when there is any fault. */
  readonly registry?: Registry;
  /** By file, line and column. */
  readonly faults: readonly Fault[];
}

/** Reads, checks and freezes; the one loader for serving and for `stile check`. */
export async function loadRegistry(options: LoadOptions): Promise<Loaded> {
  const files = readFiles(options.configFolder, options.schemasFolder);
  const faults: Fault[] = [...files.faults];
  const documents = files.config.map(file => readDocument(file, options, faults));
  const settings = documents.find(document => document.kind === fileKind.settings)?.value as SettingsFile | undefined;
  const purposes = documents.find(document => document.kind === fileKind.purposes)?.value as PurposesFile | undefined;
  const departments: BuiltDepartment[] = [];
  const own = files.schemas.filter(({ path }) => !path.startsWith('stile/'));
  const store = schemaStore(own.map(({ source }) => source));
  const contracts = compileContracts(documents, own, store, options, faults);
  for (const { kind, file, value } of documents) {
    if (kind === fileKind.department && value !== undefined) {
      departments.push(buildDepartment(value as DepartmentFile, file.source.value as DepartmentFile, contracts));
    }
  }
  faults.sort(byPlace);
  if (faults.length > 0 || settings === undefined || purposes === undefined) return { faults };
  return { registry: deepFreeze(assemble(files.digest, settings, purposes, departments, store)), faults };
}

interface Document {
  readonly kind: FileKind;
  readonly file: ConfigFile;
  /** Undefined when the file's shape is wrong. */
  readonly value: unknown;
}

function readDocument(file: ConfigFile, options: LoadOptions, faults: Fault[]): Document {
  const { kind, source } = file;
  if (source.value === undefined) return { kind, file, value: undefined };
  const schema = stileSchema(kind);
  const findings: Finding[] = [
    ...shapeFindings(source.value, schema, strings.written),
    ...wrongReferences(source.value),
  ];
  if (findings.length > 0) {
    faults.push(...findings.map(source.fault));
    return { kind, file, value: undefined };
  }
  let value: unknown = source.value;
  if (kind === fileKind.department) {
    findings.push(
      ...departmentFindings(value as DepartmentFile),
      ...idIsFileName(value as DepartmentFile, source.file),
    );
  }
  if (options.environment !== undefined) {
    const resolved = resolveReferences(value, options.environment, options.configFolder);
    findings.push(...resolved.findings);
    if (resolved.findings.length === 0) {
      value = resolved.value;
      findings.push(
        ...shapeFindings(value, schema, strings.resolved).filter(found => heldReference(source.value, found.pointer)),
      );
    }
  }
  faults.push(...findings.map(source.fault));
  return { kind, file, value: withDefaults(value, schema) };
}

function idIsFileName(department: DepartmentFile, file: string): Finding[] {
  const name = basename(file, '.yaml');
  if (department.id === name) return [];
  return [
    {
      rule: rule.idNotFileName,
      pointer: '/id',
      message: { zh: `编号 ${department.id} 与文件名不同`, en: `the id ${department.id} is not the file's name` },
      fix: { zh: `写 ${name}，或改文件名`, en: `write ${name}, or rename the file` },
    },
  ];
}

function compileContracts(
  documents: readonly Document[],
  own: Files['schemas'],
  store: SchemaStore,
  options: LoadOptions,
  faults: Fault[],
): Map<string, Contract> {
  const compiler = contractCompiler(store);
  const contracts = new Map<string, Contract>();
  for (const { kind, file, value } of documents) {
    if (kind !== fileKind.department || value === undefined) continue;
    const department = value as DepartmentFile;
    for (const key of Object.keys(department.services ?? {})) {
      const id = `${department.id}/${key}`;
      const [request, reply] = ['request', 'reply'].map(name => own.find(({ path }) => path === `${id}/${name}.json`));
      if (request === undefined || reply === undefined) {
        const missing = request === undefined ? 'request.json' : 'reply.json';
        faults.push(file.source.fault(contractMissing(key, `${options.schemasFolder}/${id}/${missing}`)));
        continue;
      }
      const { contract, findings } = compiler.compile(request.source, reply.source);
      faults.push(...findings.map(found => found.source.fault(found.finding)));
      if (contract !== undefined) contracts.set(id, contract);
    }
  }
  return contracts;
}

const contractMissing = (key: string, path: string): Finding => ({
  rule: rule.contractMissing,
  pointer: below('/services', key),
  at: 'key',
  message: { zh: '服务没有契约', en: 'the service has no contract' },
  fix: { zh: `写 ${path}`, en: `write ${path}` },
});

function assemble(
  digest: string,
  settings: SettingsFile,
  purposes: PurposesFile,
  departments: readonly BuiltDepartment[],
  store: SchemaStore,
): Registry {
  const { deployment, sandbox = false, exchange, ledger, identity } = settings;
  const list = Object.entries(purposes.purposes).map(([id, { title, basis }]): Purpose => ({ id, title, basis }));
  return {
    digest,
    deployment,
    sandbox,
    settings: { exchange, ledger, identity } as Settings,
    purposes: new Map(list.map(purpose => [purpose.id, purpose])),
    departments: new Map(departments.map(({ department }) => [department.id, department])),
    clients: new Map(departments.flatMap(({ clients }) => clients).map(client => [client.id, client])),
    services: new Map(departments.flatMap(({ services }) => services).map(service => [service.id, service])),
    schemas: new Map([...store.byId].flatMap(([id, { value }]) => (isSchema(value) ? [[id, value]] : []))),
  };
}

const byPlace = (one: Fault, other: Fault): number =>
  one.file.localeCompare(other.file) || one.line - other.line || one.column - other.column;
