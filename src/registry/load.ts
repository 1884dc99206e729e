/**
 * Loads config/ and schemas/ into one frozen registry, or says everything that is wrong with them. Department by department: what a load
 * made of one stays for the next, as long as all that it was made of is the same, so that a reload costs what has changed.
 */
import type { SettingsFile } from '../../schemas/stile/stile.js';
import { checkAgreementFiles, type RightAgreements } from './agreement-faults.js';
import { assemble, purposesOf } from './assemble.js';
import { clientKeyFaults } from './client-key.js';
import { type Declared, declaredIn } from './declared.js';
import { deprecationFindings } from './deprecation.js';
import { type Document, readDocument } from './document.js';
import { type Fault, valueAt } from './fault.js';
import {
  type ConfigFile,
  type Contents,
  type FileKind,
  type Files,
  fileKind,
  fileMissing,
  readFiles,
} from './files.js';
import { FileMoved, nameOf, placesIn } from './found-file.js';
import { deepFreeze } from './freeze.js';
import { grouped, type LoadedFile, loadDepartments } from './load-departments.js';
import type { DepartmentContext, LoadedDepartment } from './loaded-department.js';
import { namedFileReader, withNamed } from './named-files.js';
import { partFindings } from './part-check.js';
import type { Environment } from './reference.js';
import type { Registry } from './registry.js';
import { judgeDocument, type Safety } from './safety/judge-safety.js';
import { groupCompiler } from './schema-compiler.js';
import { type LoadedSchemas, loadSharedSchemas } from './shared-schemas.js';
import { gathered } from './slices.js';
import { witnessFindings } from './witness-check.js';

export interface LoadOptions {
  readonly configFolder: string;
  readonly schemasFolder: string;
  /** What `${env:…}` and `${file:…}` are resolved with; absent: they stay as written, and none is missed. */
  readonly environment?: Environment;
  /** The kind of file to resolve them in; absent: all. Who serves nobody need not have the departments' secrets. */
  readonly resolved?: FileKind;
  /** What is in the folders, in the place of what is on disk. */
  readonly given?: Contents;
  /** Whether its safety is judged as well. */
  readonly judgesSafety?: boolean;
}

export interface Loaded {
  /** Absent when there is any fault. */
  readonly registry?: Registry;
  /** By file, line and column. */
  readonly faults: readonly Fault[];
  /** There where it was asked for and there is no fault. */
  readonly safety?: Safety;
  /** The files it was made of. */
  readonly files: Files;
}

/** How often a load begins again because files changed while it read them. */
const mostTries = 10;

/** Reads, checks and freezes; the one loader for serving and for `stile check`. It works in slices: a gateway answers meanwhile. */
export async function loadRegistry(options: LoadOptions): Promise<Loaded> {
  for (let tries = 1; ; tries++) {
    try {
      return await loadOnce(options);
    } catch (error) {
      if (!(error instanceof FileMoved)) throw error;
      if (tries === mostTries) return { faults: [unsteady(error.file)], files: noFiles };
    }
  }
}

const noFiles: Files = { config: [], schemas: [], digest: '', contents: async () => undefined, faults: [] };

const unsteady = (file: string): Fault => ({
  ...fileMissing(file),
  message: { zh: '文件在读取期间不断变化', en: 'the file changes again and again while it is read' },
  fix: { zh: '等写入结束后再试', en: 'try again once it is written to no more' },
});

/** What a load leaves for the next one of the same folders. */
interface Kept {
  readonly shared: LoadedSchemas | undefined;
  /** By id; none with a fault. */
  readonly departments: ReadonlyMap<string, LoadedDepartment>;
  readonly purposes: LoadedPurposes | undefined;
  readonly agreements: ReadonlyMap<string, RightAgreements>;
}

const keptLoads = new Map<string, Kept>();
const nothing: Kept = { shared: undefined, departments: new Map(), purposes: undefined, agreements: new Map() };

async function loadOnce(options: LoadOptions): Promise<Loaded> {
  const { configFolder, schemasFolder, environment, resolved, judgesSafety = false } = options;
  const name = JSON.stringify([configFolder, schemasFolder, environment !== undefined, resolved, judgesSafety]);
  const kept = keptLoads.get(name) ?? nothing;
  const readFile = namedFileReader(configFolder, options.given);
  const found = await readFiles(configFolder, schemasFolder, options.given);
  const environmentOf = (kind: FileKind) => ((resolved ?? kind) === kind ? environment : undefined);
  const readOne = (file: ConfigFile) => readDocument(file, environmentOf(file.kind), configFolder, readFile);
  const ofKind = (kind: FileKind) => found.config.filter(file => file.kind === kind);
  const settings = ofKind(fileKind.settings).map(readOne).at(0);
  const purposes = purposesIn(ofKind(fileKind.purposes).at(0), kept.purposes, readOne);

  const all = new Map(found.schemas.map(file => [file.path, file]));
  const { departments: files, shared: sharedFiles } = grouped(ofKind(fileKind.department), found.schemas);
  const compiler = groupCompiler(all, sharedFiles);
  const shared = loadSharedSchemas(sharedFiles, compiler, kept.shared, all);
  const witnesses = valueAt(settings?.source.value, '/ledger/witnesses');
  const context: DepartmentContext = {
    deployment: valueAt(settings?.source.value, '/deployment'),
    hasWitnesses: Array.isArray(witnesses) && witnesses.length > 0,
    environment: environmentOf(fileKind.department),
    configFolder,
    schemasFolder,
    judgesSafety,
    readFile,
    all,
    compiler,
  };
  const agreementFiles = ofKind(fileKind.agreements);
  // Read while other processes make departments.
  const [{ loaded, unreadable }, ahead] = await Promise.all([
    loadDepartments(files, kept.departments, shared, sharedFiles, context, options.given !== undefined),
    gathered(agreementFiles, (file): [ConfigFile, Document][] =>
      kept.agreements.get(nameOf(file))?.digest === file.digest ? [] : [[file, readOne(file)]],
    ),
  ]);
  const agreementDocuments = new Map(ahead);
  const departments = loaded.map(({ department }) => department);
  const documents = [settings, purposes.document].filter(document => document !== undefined);
  const named = [...documents, ...departments, ...unreadable].flatMap(each => [...each.named]);
  const whole = withNamed(found, new Map(named), readFile);
  const registry = await assemble(settings, purposes.held, departments, shared, whole.digest);
  const declared = declaredIn(found.config);
  const agreements = await checkAgreementFiles(
    agreementFiles,
    file => agreementDocuments.get(file) ?? readOne(file),
    declared,
    registry,
    kept.agreements,
    judgesSafety,
  );
  const faults = [
    ...whole.faults,
    ...documents.flatMap(document => document.faults),
    ...shared.faults,
    ...[...departments, ...unreadable].flatMap(department => department.faults),
    ...witnessFaults(settings),
    ...(await outlineFaults(loaded, registry, declared)),
    ...agreements.faults,
  ];
  keptLoads.set(name, {
    shared,
    departments: new Map(departments.filter(isRight).map(each => [each.department.id, each])),
    purposes,
    agreements: agreements.right,
  });
  const told = new Map(faults.sort(byPlace).map(fault => [JSON.stringify(fault), fault]));
  if (told.size > 0) return { faults: [...told.values()], files: whole };
  const safety = judgesSafety && [
    ...documents.map(document => judgeDocument(document, new Map(), readFile)),
    ...departments.flatMap(department => department.safety ?? []),
    ...agreements.safety,
  ];
  return { registry: deepFreeze(registry), faults: [], files: whole, ...(safety && { safety: together(safety) }) };
}

/** By file, line and column. */
const together = (safety: readonly Safety[]): Safety => ({
  faults: safety.flatMap(({ faults }) => faults).sort(byPlace),
  excepted: safety.flatMap(({ excepted }) => excepted).sort((one, other) => byPlace(one.fault, other.fault)),
});

/** The purposes, the very same as long as their file is. */
interface LoadedPurposes {
  readonly digest: string | undefined;
  readonly document: Document | undefined;
  readonly held: Registry['purposes'];
}

function purposesIn(
  file: ConfigFile | undefined,
  known: LoadedPurposes | undefined,
  read: (file: ConfigFile) => Document,
): LoadedPurposes {
  if (known !== undefined && known.digest === file?.digest) return known;
  const document = file && read(file);
  return { digest: file?.digest, document, held: purposesOf(document) };
}

const isRight = ({ faults }: LoadedDepartment): boolean => faults.length === 0;
const witnessFaults = (settings: Document | undefined): Fault[] =>
  settings?.value === undefined
    ? []
    : witnessFindings(settings.value as Partial<SettingsFile>).map(settings.source.fault);

/** What shows of departments beside each other. */
async function outlineFaults(loaded: readonly LoadedFile[], registry: Registry, declared: Declared): Promise<Fault[]> {
  const outlined = loaded.map(({ file, department: { outline } }) => ({ places: placesIn(file), file: outline }));
  const services = new Set(registry.services.keys());
  const contracts = { get: (id: string) => registry.services.get(id)?.contract };
  const parts = partFindings(
    outlined.map(({ file }) => file),
    contracts,
  );
  return [
    ...(await clientKeyFaults(outlined, registry.sandbox)),
    ...outlined.flatMap(({ places, file }, at) =>
      (parts[at] ?? []).filter(finding => !declared.explains(finding, file)).map(places.fault),
    ),
    ...(await gathered(outlined, ({ places, file }) => deprecationFindings(file, services).map(places.fault))),
  ];
}

const byPlace = (one: Fault, other: Fault): number =>
  (one.file < other.file ? -1 : Number(one.file > other.file)) || one.line - other.line || one.column - other.column;
