/** Writes a contract's schema out: every `$ref` becomes what it leads to, so that two contracts can be held side by side. */
import { below } from '../fault.js';
import { schemaKeywords } from '../schema-keywords.js';
import { annotations } from '../schema-meaning.js';
import { isSchema, referred, type Schema } from '../schema-store.js';

/** Where in the files of a contract a schema stands. */
export interface Origin {
  /** `$id` of the file. */
  readonly id: string;
  /** RFC 6901, within it. */
  readonly pointer: string;
}

export interface Expanded {
  /** Without annotations, marks of Stile's own and references: a `$ref` is one more schema of `allOf`, as JSON Schema 2020-12 has it (core, section 8.2.3.1). */
  readonly schema: Schema;
  /** Of every schema within, where it was written. */
  readonly origins: WeakMap<Schema, Origin>;
}

/** Nothing that passes is decided by these; what they hold is met by reference. */
const dropped = new Set(['$ref', '$id', '$schema', '$defs']);

/**
 * @param id of the contract's file
 * @param schemas every file by `$id`; none of them refers to itself, as a contract that does is refused
 */
export function expand(id: string, schemas: ReadonlyMap<string, Schema>): Expanded {
  const origins = new WeakMap<Schema, Origin>();
  const visit = (schema: unknown, origin: Origin): unknown => {
    if (!isSchema(schema)) return schema;
    const written: Record<string, unknown> = {};
    for (const [keyword, held] of Object.entries(schema)) {
      const at = below(origin.pointer, keyword);
      const holds = schemaKeywords.get(keyword);
      if (dropped.has(keyword) || annotations.has(keyword) || keyword.startsWith('x-')) continue;
      if (holds === 'schema') written[keyword] = visit(held, { ...origin, pointer: at });
      else if (holds === 'list' && Array.isArray(held)) {
        written[keyword] = held.map((each, index) => visit(each, { ...origin, pointer: below(at, index) }));
      } else if (holds === 'map' && isSchema(held)) {
        written[keyword] = Object.fromEntries(
          Object.entries(held).map(([name, each]) => [name, visit(each, { ...origin, pointer: below(at, name) })]),
        );
      } else written[keyword] = held;
    }
    if (typeof schema.$ref === 'string') {
      const found = referred(schema.$ref, origin.id, each => schemas.get(each));
      if (found === undefined) throw new Error(`${origin.id}#${origin.pointer} refers to no schema`);
      const target = visit(found.schema, { id: found.base, pointer: found.pointer });
      written.allOf = [...(Array.isArray(written.allOf) ? written.allOf : []), target];
    }
    origins.set(written, origin);
    return written;
  };
  const root = visit(schemas.get(id), { id, pointer: '' });
  if (!isSchema(root)) throw new Error(`there is no schema ${id}`);
  return { schema: root, origins };
}
