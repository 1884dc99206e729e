/** One of the processes that make departments: gets files' names and digests, gives departments as plain data. */
import type { Asked, ForAll, Given, Named } from './department-processes.js';
import { fileKind } from './files.js';
import { FileMoved, type FoundFile } from './found-file.js';
import { type DepartmentContext, type DepartmentFiles, makeDepartment } from './loaded-department.js';
import { namedFileReader } from './named-files.js';
import { groupCompiler } from './schema-compiler.js';

process.once('message', (forAll: ForAll) => {
  const context = contextOf(forAll);
  process.on('message', (asked: Asked) => process.send?.(answer(asked, context)));
});
// Without whoever asks there is nothing to do.
process.once('disconnect', () => process.exit());

function contextOf({ surroundings, schemas, shared }: ForAll): DepartmentContext {
  const { configFolder, schemasFolder } = surroundings;
  const all = new Map(schemas.map(named => [named.path, found(schemasFolder, named)]));
  return {
    ...surroundings,
    readFile: namedFileReader(configFolder),
    all,
    compiler: groupCompiler(
      all,
      shared.flatMap(path => schemaAt(path, all)),
    ),
  };
}

const found = (folder: string, named: Named): FoundFile => ({ folder, ...named });

function schemaAt(path: string, all: DepartmentContext['all']): FoundFile[] {
  const file = all.get(path);
  return file === undefined ? [] : [file];
}

function answer({ file, schemas }: Asked, context: DepartmentContext): Given {
  const files: DepartmentFiles = {
    file: { ...found(context.configFolder, file), kind: fileKind.department },
    schemas: schemas.flatMap(path => schemaAt(path, context.all)),
  };
  try {
    return { made: makeDepartment(files, context) };
  } catch (error) {
    if (error instanceof FileMoved) return { moved: error.file };
    throw error;
  }
}
