/** Every JSON Schema under schemas/ that a contract may refer to, by its `$id`: what is not here is refused, near or far. */
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
  readonly byId: ReadonlyMap<string, Source>;
  /** What a `$ref` standing in the given place refers to; undefined when it is none of our own. */
  resolve(reference: string, from: Place): Place | undefined;
}

export const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Collects the sources by `$id`; of two with one `$id` the first stays. */
export function schemaStore(sources: readonly Source[]): SchemaStore {
  const byId = new Map<string, Source>();
  for (const source of sources) {
    if (!isSchema(source.value) || typeof source.value.$id !== 'string') continue;
    if (!byId.has(source.value.$id)) byId.set(source.value.$id, source);
  }
  /** By base and reference: thousands of contracts refer to the vocabulary. */
  const known = new Map<string, Place | undefined>();
  const resolve: SchemaStore['resolve'] = (reference, from) => {
    const key = `${from.base} ${reference}`;
    if (known.has(key)) return known.get(key);
    const target = referred(reference, from.base, id => byId.get(id)?.value);
    const source = target && byId.get(target.base);
    const place = source && { ...target, source };
    known.set(key, place);
    return place;
  };
  return { byId, resolve };
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
