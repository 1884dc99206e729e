/** Reads an OpenAPI document: its operations, and what its local references lead to. */
import { below, valueAt } from '../registry/fault.js';
import { isSchema, type Schema } from '../registry/schema-store.js';
import type { Text } from '../text.js';

/** Something of the document that is not carried over, or only in part. */
export interface Flag {
  /** RFC 6901, within the document. */
  readonly pointer: string;
  readonly message: Text;
  /** What the operator may do about it. */
  readonly fix: Text;
}

/** A part of the document and where it stands. */
export interface Part {
  readonly value: Schema;
  readonly pointer: string;
}

export interface Operation extends Part {
  /** As the document has it, or made of method and path. */
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** Its own and those of its path, references followed. */
  readonly parameters: readonly Part[];
}

export interface OpenApi {
  readonly whole: Schema;
  readonly operations: readonly Operation[];
  /** Of the document as a whole, whichever operations are chosen. */
  readonly flags: readonly Flag[];
}

export const notCarried: Omit<Flag, 'pointer'> = {
  message: { zh: '没有带入', en: 'it is not carried over' },
  fix: { zh: '需要时在部门文件里另行写明', en: "say it in the department's file where it matters" },
};
export const outside: Omit<Flag, 'pointer'> = {
  message: { zh: '引用指向文档之外或不存在', en: 'the reference leads out of the document, or nowhere' },
  fix: { zh: '把被引用的内容写进文档', en: 'put what it refers to into the document' },
};

/** Methods that the http adapter speaks. */
const methods = ['get', 'put', 'post', 'delete', 'patch'] as const;

/** @returns undefined when it is no OpenAPI 3.0 or 3.1 */
export function readOpenApi(whole: unknown): OpenApi | undefined {
  if (!isSchema(whole) || !/^3\.[01]\.\d+/.test(String(whole.openapi)) || !isSchema(whole.paths)) return undefined;
  const flags: Flag[] = 'webhooks' in whole ? [{ pointer: '/webhooks', ...notCarried }] : [];
  const operations = Object.entries(whole.paths).flatMap(([path, item]) => {
    const at = below('/paths', path);
    const found = follow(whole, { value: isSchema(item) ? item : {}, pointer: at });
    if (found === undefined) {
      flags.push({ pointer: at, ...outside });
      return [];
    }
    for (const name of ['head', 'options', 'trace', 'servers']) {
      if (name in found.value) flags.push({ pointer: below(found.pointer, name), ...notCarried });
    }
    return methods.flatMap(method => {
      const value = found.value[method];
      if (!isSchema(value)) return [];
      const pointer = below(found.pointer, method);
      const own = partsOf(whole, value.parameters, below(pointer, 'parameters'));
      const shared = partsOf(whole, found.value.parameters, below(found.pointer, 'parameters'));
      const hidden = new Set(own.map(({ value: { name, in: place } }) => `${place} ${name}`));
      const parameters = [
        ...shared.filter(({ value: { name, in: place } }) => !hidden.has(`${place} ${name}`)),
        ...own,
      ];
      const id = typeof value.operationId === 'string' ? value.operationId : `${method} ${path}`;
      return [{ id, method, path, value, pointer, parameters }];
    });
  });
  return { whole, operations, flags };
}

function partsOf(whole: Schema, listed: unknown, pointer: string): Part[] {
  return (Array.isArray(listed) ? listed : []).flatMap((value, index) => {
    if (!isSchema(value)) return [];
    const part = { value, pointer: below(pointer, index) };
    return [follow(whole, part) ?? part];
  });
}

/** What a part refers to, or the part itself; undefined when that is outside the document, or refers to itself. */
export function follow(whole: Schema, part: Part, seen: readonly string[] = []): Part | undefined {
  const { $ref } = part.value;
  if (typeof $ref !== 'string') return part;
  if (!$ref.startsWith('#/') || seen.includes($ref)) return undefined;
  const pointer = decodeURIComponent($ref.slice(1));
  const value = valueAt(whole, pointer);
  return isSchema(value) ? follow(whole, { value, pointer }, [...seen, $ref]) : undefined;
}

/** The media type of a content map that is JSON, with its schema. */
export function jsonOf(content: unknown, pointer: string): (Part & { readonly example: unknown }) | undefined {
  if (!isSchema(content)) return undefined;
  const [type, held] =
    Object.entries(content).find(([name]) => /^application\/(?:[a-z0-9.-]+\+)?json(?:;|$)/i.test(name)) ?? [];
  if (type === undefined || !isSchema(held) || !isSchema(held.schema)) return undefined;
  return { value: held.schema, pointer: below(pointer, type, 'schema'), example: held.example };
}
