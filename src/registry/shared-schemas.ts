/** The schemas that belong to no department, the vocabulary above all: compiled before any department's, and kept as long as they are the same. */
import { createHash } from 'node:crypto';
import type { Fault } from './fault.js';
import type { FoundFile } from './found-file.js';
import type { SharedSchemas } from './packed-services.js';
import type { GroupCompiler } from './schema-compiler.js';
import { openCompilers } from './validators.js';

export interface LoadedSchemas extends SharedSchemas {
  readonly faults: readonly Fault[];
  /** Of the files that it was made of, with those that they refer to. */
  readonly digest: string;
  readonly refersTo: ReadonlySet<string>;
}

/**
 * @param known what the last load made of them
 * @param all by path: every schema file
 */
export function loadSharedSchemas(
  files: readonly FoundFile[],
  compiler: GroupCompiler,
  known: LoadedSchemas | undefined,
  all: ReadonlyMap<string, FoundFile>,
): LoadedSchemas {
  const digestWith = (referred: ReadonlySet<string>): string => {
    const hash = createHash('sha256');
    for (const path of [...files.map(({ path }) => path), ...referred])
      hash.update(`${path} ${all.get(path)?.digest}\n`);
    return hash.digest('base64');
  };
  if (known?.faults.length === 0 && known.digest === digestWith(known.refersTo)) return known;
  const { byPath, faults, refersTo } = compiler.shared();
  return {
    schemas: new Map([...byPath.values()].map(({ id, schema }) => [id, schema])),
    compilers: openCompilers(),
    faults,
    digest: digestWith(refersTo),
    refersTo,
  };
}
