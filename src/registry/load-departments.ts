/** Loads the departments: takes those over that would be made just so again, and makes the others, in processes of their own where they are many. */
import { basename } from 'node:path';
import { type ForAll, makeInProcesses } from './department-processes.js';
import type { ConfigFile } from './files.js';
import type { FoundFile } from './found-file.js';
import {
  type DepartmentContext,
  type DepartmentFiles,
  isStill,
  type LoadedDepartment,
  loadedDepartment,
  type MadeDepartment,
  makeDepartment,
  type Unreadable,
} from './loaded-department.js';
import type { SharedSchemas } from './packed-services.js';
import { inSlices } from './slices.js';

/** So many departments that processes are worth their start. */
const many = 100;

const forAllProcesses = (
  { readFile: _readFile, compiler: _compiler, all, ...surroundings }: DepartmentContext,
  sharedFiles: readonly FoundFile[],
): ForAll => ({
  surroundings,
  schemas: [...all.values()].map(({ path, digest }) => ({ path, digest })),
  shared: sharedFiles.map(({ path }) => path),
});

/** A department with the file it was made of. */
export interface LoadedFile {
  readonly file: ConfigFile;
  readonly department: LoadedDepartment;
}

/**
 * @param known what the last load made, by id
 * @param sharedFiles that the shared schemas were made of
 * @param isGiven what the files hold was given, and is at hand in this process alone
 */
export async function loadDepartments(
  files: readonly DepartmentFiles[],
  known: ReadonlyMap<string, LoadedDepartment>,
  shared: SharedSchemas,
  sharedFiles: readonly FoundFile[],
  context: DepartmentContext,
  isGiven: boolean,
): Promise<{ readonly loaded: readonly LoadedFile[]; readonly unreadable: readonly Unreadable[] }> {
  const departments = new Map<DepartmentFiles, LoadedDepartment>();
  const due: DepartmentFiles[] = [];
  await inSlices(files, each => {
    const before = known.get(idOf(each.file));
    if (before !== undefined && isStill(before, each, context)) departments.set(each, before);
    else due.push(each);
  });
  const unreadable: Unreadable[] = [];
  const take = (each: DepartmentFiles, made: MadeDepartment | Unreadable) => {
    if ('outline' in made) departments.set(each, loadedDepartment(made, shared));
    else unreadable.push(made);
  };
  if (due.length < many || isGiven) await inSlices(due, each => take(each, makeDepartment(each, context)));
  else await makeInProcesses(due, forAllProcesses(context, sharedFiles), take);
  const loaded = files.flatMap(each => {
    const department = departments.get(each);
    return department === undefined ? [] : [{ file: each.file, department }];
  });
  return { loaded, unreadable };
}

const idOf = ({ path }: ConfigFile): string => basename(path, '.yaml');

/** Schemas belong to the department whose folder they are in; the rest is for all. */
export function grouped(files: readonly ConfigFile[], schemas: readonly FoundFile[]) {
  const departments = new Map(files.map(file => [idOf(file), { file, schemas: [] as FoundFile[] }]));
  const shared: FoundFile[] = [];
  for (const file of schemas) (departments.get(file.path.split('/')[0] ?? '')?.schemas ?? shared).push(file);
  return { departments: [...departments.values()], shared };
}
