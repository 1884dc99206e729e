/** Turns our JSON Schemas into components of the API description, with every reference pointing inside it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../root.js';
import type { Language } from '../../text.js';
import type { CompiledSchema, FieldSchema } from '../registry.js';
import { isSchema, type Schema } from '../schema-store.js';

export type Json = Readonly<Record<string, unknown>>;

const origin = 'https://stile.example/schemas/';
const componentPath = '#/components/schemas/';

/** `https://stile.example/schemas/vocabulary/date.json` becomes `vocabulary.date`. */
export const componentName = (id: string): string =>
  id
    .slice(origin.length)
    .replace(/\.json$/, '')
    .replaceAll('/', '.');

export const refTo = (id: string): Json => ({ $ref: componentPath + componentName(id) });

/** The components that a description has come to need; a schema is added with all it refers to. */
export interface SchemaComponents {
  /** Adds the schema of this `$id` and what it refers to. */
  need(id: string): Json;
  /** One of Stile's own schemas, `schemas/stile/<name>.json`. */
  needOwn(name: string): Json;
  /** Adds a schema that has no file. */
  add(name: string, schema: Json): Json;
  all(): Json;
}

/** Collects components, with titles in one language. */
export function schemaComponents(schemas: ReadonlyMap<string, Schema>, language: Language): SchemaComponents {
  const found = new Map<string, Json>();

  function enter(id: string, schema: Schema): void {
    const name = componentName(id);
    if (found.has(name)) return;
    found.set(name, {});
    found.set(name, rewrite(schema, id) as Json);
  }

  function reference(written: string, base: string): string {
    const target = new URL(written, base);
    const fragment = target.hash.slice(1);
    target.hash = '';
    if (target.href !== base) enter(target.href, schemas.get(target.href) ?? ownSchema(target.href));
    return componentPath + componentName(target.href) + fragment;
  }

  function rewrite(value: unknown, base: string): unknown {
    if (Array.isArray(value)) return value.map(item => rewrite(item, base));
    if (!isSchema(value)) return value;
    const out: Record<string, unknown> = {};
    for (const [key, member] of Object.entries(value)) {
      if (key === '$schema' || key === '$id') continue;
      out[key] = key === '$ref' && typeof member === 'string' ? reference(member, base) : rewrite(member, base);
    }
    for (const annotation of ['title', 'description']) {
      const texts = value[`x-${annotation}`];
      if (isSchema(texts) && annotation in value) out[annotation] = texts[language];
    }
    return out;
  }

  return {
    need(id) {
      enter(id, schemas.get(id) ?? ownSchema(id));
      return refTo(id);
    },
    needOwn: name => {
      const id = `${origin}stile/${name}.json`;
      enter(id, ownSchema(id));
      return refTo(id);
    },
    add(name, schema) {
      found.set(name, schema);
      return { $ref: componentPath + name };
    },
    all: () => Object.fromEntries([...found].sort(([one], [other]) => (one < other ? -1 : 1))),
  };
}

/** A schema that ships with Stile. */
function ownSchema(id: string): Schema {
  return JSON.parse(readFileSync(join(root, 'schemas', id.slice(origin.length)), 'utf8'));
}

interface Node {
  field?: FieldSchema;
  readonly members: Map<string, Node>;
  items?: Node;
}

/**
 * What a reply looks like once it is cut to a grant: the contract's fields, none of them certain to be there, and no
 * value certain to keep its form, as a mask makes a text of it, or a yes or no.
 */
export function releasedSchema(reply: CompiledSchema, language: Language): Json {
  const top: Node = { members: new Map() };
  for (const field of reply.fields.values()) nodeAt(top, field.path).field = field;
  return schemaOf(top, language);
}

function nodeAt(top: Node, path: string): Node {
  let node = top;
  for (const segment of path.split('.')) {
    const [name = '', ...arrays] = segment.split('[]');
    let next = node.members.get(name);
    if (next === undefined) {
      next = { members: new Map() };
      node.members.set(name, next);
    }
    node = next;
    for (const _ of arrays) {
      node.items ??= { members: new Map() };
      node = node.items;
    }
  }
  return node;
}

function schemaOf(node: Node, language: Language): Json {
  const title = node.field?.title;
  const described = {
    ...(title === undefined ? {} : { title: title[language], 'x-title': title }),
    ...(node.field?.sensitivity === undefined ? {} : { 'x-stile-sensitivity': node.field.sensitivity }),
  };
  if (node.items !== undefined) return { ...described, type: 'array', items: schemaOf(node.items, language) };
  if (node.members.size === 0) {
    return { ...described, type: [...new Set([node.field?.type ?? 'string', 'string', 'boolean'])] };
  }
  const properties = Object.fromEntries([...node.members].map(([name, member]) => [name, schemaOf(member, language)]));
  return { ...described, type: 'object', properties, additionalProperties: false };
}
