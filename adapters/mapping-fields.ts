/** Lists the contract's fields that mapping rules name, so that the check of config can hold them against the contract. */
import type { FileService } from '../schemas/stile/adapters/file-service.js';
import type { HttpService, Mapping } from '../schemas/stile/adapters/http-service.js';
import type { SqlService } from '../schemas/stile/adapters/sql-service.js';
import { type NamedField, namedIn } from './adapter.js';
import { pointerTo } from './mapping.js';
import { parseStatement } from './sql-statement.js';

type Mapped = Pick<HttpService, 'body' | 'reply'> &
  Partial<Pick<HttpService, 'parameters' | 'query' | 'headers'>> & {
    readonly path?: string;
    readonly absent?: { readonly reply: Mapping };
  };

/** Those that a service of an adapter with mappings names. */
export function namedFields(service: Mapped): NamedField[] {
  const { path = '', parameters = {}, query = {}, headers = {}, body, reply, absent } = service;
  const groups = { parameters, query, headers };
  const inPath = [...path.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name);
  return [
    ...inPath.filter(name => !Object.hasOwn(parameters, name)).map(name => asked(name, '/path')),
    ...Object.entries(groups).flatMap(([group, mappings]) =>
      Object.entries(mappings).flatMap(([name, mapping]) => sources(mapping, pointerTo(`/${group}`, name), '')),
    ),
    ...(body === undefined ? [] : sources(body, '/body', '')),
    ...targets(reply, '/reply', ''),
    ...(absent === undefined ? [] : targets(absent.reply, '/absent/reply', '')),
  ];
}

/** Those that a service of the sql adapter names. */
export function namedSqlFields({ statement, parameters = {}, reply, absent }: SqlService): NamedField[] {
  const { names } = parseStatement(statement, [], () => undefined);
  const own = new Set(names.filter(name => !Object.hasOwn(parameters, name)));
  return [
    ...[...own].map(name => asked(name, '/statement')),
    ...Object.entries(parameters).flatMap(([name, mapping]) => sources(mapping, pointerTo('/parameters', name), '')),
    ...targets(reply, '/reply', ''),
    ...(absent === undefined ? [] : targets(absent.reply, '/absent/reply', '')),
  ];
}

/** Those that a service of the file adapter names. */
export function namedFileFields({ key, reply, absent }: FileService): NamedField[] {
  return [
    ...Object.entries(key).flatMap(([name, mapping]) => sources(mapping, pointerTo('/key', name), '')),
    ...targets(reply, '/reply', ''),
    ...(absent === undefined ? [] : targets(absent.reply, '/absent/reply', '')),
  ];
}

/** What a mapping into the reply reads of its source, such as `zjhm` and `rows[].zjhm`, each with its pointer. */
export const readOf = (mapping: Mapping, pointer: string): readonly Pick<NamedField, 'path' | 'pointer'>[] =>
  sources(mapping, pointer, '');

/** A place in a list is any place in it. */
const asked = (path: string, pointer: string): NamedField => ({
  half: namedIn.request,
  path: path.replace(/\.\d+(?=\.|$)/g, '[]').replace(/\[\]$/, ''),
  pointer,
});

const join = (base: string, path: string): string => (base === '' ? path : `${base}.${path}`);

/** What a mapping reads of its source: of the request, where that is what is mapped. */
export function sources(mapping: Mapping, pointer: string, base: string): NamedField[] {
  if (typeof mapping === 'string') return [asked(join(base, mapping), pointer)];
  if (mapping.constant !== undefined) return [];
  const { from, fields, expression, each: items } = mapping;
  // What an expression makes is not the source's any more.
  const each = expression === undefined ? items : undefined;
  const here = from === undefined ? base : join(base, from);
  return [
    ...(from === undefined ? [] : [asked(here, `${pointer}/from`)]),
    ...Object.entries(fields ?? {}).flatMap(([name, below]) =>
      sources(below, pointerTo(`${pointer}/fields`, name), here),
    ),
    ...(each === undefined ? [] : sources(each, `${pointer}/each`, `${here}[]`)),
  ];
}

/** What a mapping into the reply makes of it, and what it reads of the request. */
export function targets(mapping: Mapping, pointer: string, path: string): NamedField[] {
  if (typeof mapping === 'string') return [];
  const { request, fields, each } = mapping;
  return [
    ...(request === undefined ? [] : [asked(request, `${pointer}/request`)]),
    ...Object.entries(fields ?? {}).flatMap(([name, below]) => {
      const at = pointerTo(`${pointer}/fields`, name);
      const made = join(path, name);
      return [{ half: namedIn.reply, path: made, pointer: at }, ...targets(below, at, made)];
    }),
    ...(each === undefined ? [] : targets(each, `${pointer}/each`, `${path}[]`)),
  ];
}
