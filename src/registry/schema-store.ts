/** The JSON Schemas under schemas/ that a contract may refer to, by their `$id`: what is not here is refused, near or far. */
import { valueAt } from './fault.js';
import type { Source } from './source.js';

export type Schema = Readonly<Record<string, unknown>>;

/** A schema and where it stands. */
export interface Place {
  readonly schema: Schema;
  readonly source: Source;
  /** RFC 6901, within the source. */
  readonly pointer: string;
  /** `$id` of the whole file. */
  readonly base: string;
  /** True when it applies only at times, as an alternative does. */
  readonly conditional?: boolean;
}

export interface SchemaStore {
  /** The schema of the `$id`; undefined when it is none of our own. */
  get(id: string): Source | undefined;
  /** What a `$ref` standing in the given place refers to; undefined when it is none of our own. */
  resolve(reference: string, from: Place): Place | undefined;
}

export const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const origin = 'https://stile.example/schemas/';

/** The `$id` of the file at a path within the schemas folder: it follows from the path, so that a reference means the same in both. */
export const schemaId = (path: string): string => origin + path;

/** The path within the schemas folder that a `$id` leads to; undefined when it is none of ours. */
export const schemaPath = (id: string): string | undefined =>
  id.startsWith(origin) ? id.slice(origin.length) : undefined;

/** @param get gives a schema by its `$id` */
export function schemaStore(get: SchemaStore['get']): SchemaStore {
  return {
    get,
    resolve(reference, from) {
      const target = referred(reference, from.base, id => get(id)?.value);
      const source = target && get(target.base);
      return source && { ...target, source };
    },
  };
}

/** What a reference standing in the file `base` leads to; `held` gives a file by its `$id`. */
export function referred(
  reference: string,
  base: string,
  held: (id: string) => unknown,
): Pick<Place, 'schema' | 'pointer' | 'base'> | undefined {
  let target: URL;
  try {
    target = new URL(reference, base);
  } catch {
    return undefined;
  }
  const pointer = decodeURIComponent(target.hash.slice(1));
  target.hash = '';
  if (pointer !== '' && !pointer.startsWith('/')) return undefined;
  const schema = valueAt(held(target.href), pointer);
  return isSchema(schema) ? { schema, pointer, base: target.href } : undefined;
}
