/** A department as its own files make it: checked by itself, built, and good as long as all that it was made of is the same. */
import { createHash } from 'node:crypto';
import type { ReadConfigFile } from '../../adapters/adapter.js';
import type { DepartmentFile } from '../../schemas/stile/department.js';
import { adapterFieldFindings } from './adapter-fields.js';
import { buildContract } from './contract.js';
import { type BuiltDepartment, buildDepartment } from './department.js';
import { type Document, readDocument } from './document.js';
import { below, type Fault, type Finding, rule } from './fault.js';
import type { ConfigFile } from './files.js';
import type { FoundFile } from './found-file.js';
import { digestsOf, type NamedFiles } from './named-files.js';
import { servicesIn } from './named-services.js';
import { type Outline, outlineOf } from './outline.js';
import { openServices, type PackedServices, packServices, type SharedSchemas } from './packed-services.js';
import { peerFindings } from './peer-check.js';
import { type Environment, referencesIn, standsFor } from './reference.js';
import type { Contract } from './registry.js';
import { replyCacheFindings } from './reply-cache-check.js';
import { judgeDocument, type Safety } from './safety/judge-safety.js';
import type { CompiledGroup, GroupCompiler } from './schema-compiler.js';
import type { Schema } from './schema-store.js';
import { releaseFindings } from './witness-check.js';

/** A department as it was made of its files: plain data, so that another process can make it. */
export interface MadeDepartment extends Omit<BuiltDepartment, 'services'> {
  readonly packed: PackedServices;
  readonly outline: Outline;
  /** Files below the config folder that it names, as they were. */
  readonly named: NamedFiles;
  readonly faults: readonly Fault[];
  /** Undefined unless asked for. */
  readonly safety: Safety | undefined;
  readonly restsOn: RestsOn;
}

/** A department of which too little can be read to go on with. */
export type Unreadable = Pick<MadeDepartment, 'named' | 'faults'>;

export interface LoadedDepartment extends Omit<MadeDepartment, 'packed'>, BuiltDepartment {
  readonly schemaCount: number;
  /** Its own schemas, by `$id`. */
  schemas(): ReadonlyMap<string, Schema>;
}

/** The files of a department. */
export interface DepartmentFiles {
  readonly file: ConfigFile;
  readonly schemas: readonly FoundFile[];
}

/** What is the same for all departments. */
export interface Surroundings {
  /** Of the whole deployment, where it is known. */
  readonly deployment: unknown;
  readonly hasWitnesses: boolean;
  readonly environment: Environment | undefined;
  /** As the operator would type them. */
  readonly configFolder: string;
  readonly schemasFolder: string;
  readonly judgesSafety: boolean;
}

/** What a department is made with. */
export interface DepartmentContext extends Surroundings {
  readonly readFile: ReadConfigFile;
  /** All schema files, by path. */
  readonly all: ReadonlyMap<string, FoundFile>;
  readonly compiler: GroupCompiler;
}

/** All that a department was made of. */
interface RestsOn {
  /** Of its own files, and of what is the same for all departments. */
  readonly digest: string;
  /** Files of other schemas that its own refer to, with their digests. */
  readonly referred: readonly (readonly [path: string, digest: string | undefined])[];
  /** What its references stand for. */
  readonly references: readonly (readonly [reference: string, value: string | undefined])[];
}

/** Whether the department would be made just so again. */
export function isStill(
  { restsOn, named, faults }: LoadedDepartment,
  files: DepartmentFiles,
  context: DepartmentContext,
): boolean {
  const { environment, configFolder, readFile, all } = context;
  const paths = [...named.keys()];
  const now = digestsOf(paths, readFile);
  return (
    // Nothing with a fault is kept, so that each load tells its faults anew.
    faults.length === 0 &&
    restsOn.digest === digestOf(files, context) &&
    restsOn.referred.every(([path, digest]) => all.get(path)?.digest === digest) &&
    paths.every((path, at) => named.get(path) === now[at]) &&
    restsOn.references.every(
      ([reference, value]) => environment && standsFor(reference, environment, configFolder) === value,
    )
  );
}

function digestOf({ file, schemas }: DepartmentFiles, { deployment, hasWitnesses }: Surroundings): string {
  const hash = createHash('sha256').update(JSON.stringify([deployment, hasWitnesses, file.digest]));
  for (const { path, digest } of schemas) hash.update(`${path} ${digest}\n`);
  return hash.digest('base64');
}

/** Checks the department and builds it. */
export function makeDepartment(files: DepartmentFiles, context: DepartmentContext): MadeDepartment | Unreadable {
  const { environment, configFolder, readFile, compiler } = context;
  const document = readDocument(files.file, environment, configFolder, readFile);
  const { named } = document;
  const group = compiler.compile(files.schemas);
  if (document.written === undefined) return { faults: [...document.faults, ...group.faults], named };
  const written = document.written as DepartmentFile;
  const { contracts, faults: ofContracts } = contractsOf(document, group, files, context.schemasFolder);
  const { services, ...built } = buildDepartment(document.value as DepartmentFile, written, contracts);
  const own = ownFindings(written, contracts, context).map(document.source.fault);
  const faults = [...document.faults, ...group.faults, ...ofContracts, ...own];
  const references = environment === undefined ? [] : referencesIn(written);
  return {
    ...built,
    packed: packServices(services, group, compiler.shared()),
    outline: outlineOf(written),
    named,
    faults,
    safety: context.judgesSafety && faults.length === 0 ? judgeDocument(document, contracts, readFile) : undefined,
    restsOn: {
      digest: digestOf(files, context),
      referred: [...group.refersTo].map(path => [path, context.all.get(path)?.digest]),
      references: references.map(each => [each, environment && standsFor(each, environment, configFolder)]),
    },
  };
}

/** Puts a department that was made, here or elsewhere, in its place. */
export function loadedDepartment({ packed, ...made }: MadeDepartment, shared: SharedSchemas): LoadedDepartment {
  return { ...made, ...openServices(packed, shared), schemaCount: packed.schemaCount };
}

/** What shows of the department by itself. */
const ownFindings = (
  written: DepartmentFile,
  contracts: ReadonlyMap<string, Contract>,
  { deployment, hasWitnesses }: Surroundings,
): Finding[] => [
  ...adapterFieldFindings(written, contracts),
  ...peerFindings(written, deployment),
  ...replyCacheFindings(written, contracts),
  ...(hasWitnesses ? [] : releaseFindings(written)),
];

/** By service id, as far as they have no fault. */
function contractsOf(
  { source, written }: Document,
  { byPath, store }: CompiledGroup,
  { schemas }: DepartmentFiles,
  schemasFolder: string,
): { readonly contracts: ReadonlyMap<string, Contract>; readonly faults: readonly Fault[] } {
  const paths = new Set(schemas.map(({ path }) => path));
  const contracts = new Map<string, Contract>();
  const faults: Fault[] = [];
  for (const { id, key, halves } of servicesIn(written as DepartmentFile)) {
    const [request, reply] = halves.map(path => byPath.get(path));
    if (request === undefined || reply === undefined) {
      const missing = halves.filter(path => !paths.has(path));
      faults.push(...missing.map(path => source.fault(noContract(key, `${schemasFolder}/${path}`))));
      continue;
    }
    const { contract, findings } = buildContract(request, reply, store);
    faults.push(...findings.map(found => found.source.fault(found.finding)));
    if (contract !== undefined) contracts.set(id, contract);
  }
  return { contracts, faults };
}

const noContract = (key: string, path: string): Finding => ({
  rule: rule.contractMissing,
  pointer: below('/services', key),
  at: 'key',
  message: { zh: '服务没有契约', en: 'the service has no contract' },
  fix: { zh: `写 ${path}`, en: `write ${path}` },
});
