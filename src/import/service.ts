/** Makes a service of an operation: its contract's two schemas, and how the http adapter asks for it. */
import type { HttpService } from '../../schemas/stile/adapters/http-service.js';
import type { Service } from '../../schemas/stile/department.js';
import { below } from '../registry/fault.js';
import { dialect } from '../registry/schema-keywords.js';
import { isSchema, type Schema } from '../registry/schema-store.js';
import type { Text } from '../text.js';
import { contractSchema } from './contract-schema.js';
import { type Flag, follow, jsonOf, notCarried, type OpenApi, type Operation, type Part } from './document.js';
import { mappingOf, wrapName, wrapped } from './mapping.js';
import { type Gathering, readBody, readParameters, requestSchema } from './request.js';

export interface ImportedService {
  /** `service/v1` */
  readonly key: string;
  readonly config: Service & { readonly ask: HttpService };
  readonly request: Schema;
  readonly reply: Schema;
}

export interface Imported {
  /** Absent when the operation has no reply that could be released. */
  readonly service?: ImportedService;
  readonly flags: readonly Flag[];
}

/** @param adapter id of the adapter that asks */
export function importOperation(
  { whole }: OpenApi,
  operation: Operation,
  department: string,
  adapter: string,
): Imported {
  const flags: Flag[] = [];
  const flag: Gathering['flag'] = (pointer, told) => void flags.push({ pointer, ...told });
  const answered = replyOf(whole, operation);
  if (answered === undefined) {
    flag(operation.pointer, noReply);
    return { flags };
  }
  for (const name of ['callbacks', 'servers', 'security']) {
    if (name in operation.value) flag(below(operation.pointer, name), name === 'security' ? oneSecurity : notCarried);
  }
  const convert: Gathering['convert'] = (part, direction) => contractSchema(part, { whole, direction, flag });
  const gathering = { whole, properties: {}, required: [], example: {}, flag, convert };
  const parameters = readParameters(operation, gathering);
  const body = readBody(operation, gathering);
  const reply = convert(answered, 'reply');
  const isObject = reply.type === 'object';
  const replied = mappingOf(reply, undefined, true);
  const key = `${kebab(operation.id)}/v1`;
  const ask = {
    method: operation.method.toUpperCase() as HttpService['method'],
    ...parameters,
    ...(body === undefined ? {} : { body }),
    reply: isObject ? replied : { fields: { [wrapName(reply)]: replied } },
  };
  const safe = operation.method === 'get';
  const config = { title: titleOf(operation), sharing: 'conditional' as const, safe, adapter, ask };
  const head = (half: string) => ({
    $schema: dialect,
    $id: `https://stile.example/schemas/${department}/${key}/${half}.json`,
  });
  return {
    service: {
      key,
      config,
      request: { ...head('request'), ...requestSchema(gathering) },
      reply: { ...head('reply'), ...(isObject ? reply : wrapped(reply)) },
    },
    flags,
  };
}

/** The JSON of the first 2xx answer that has any. */
function replyOf(whole: Schema, { value, pointer }: Operation): Part | undefined {
  for (const [status, answer] of Object.entries(isSchema(value.responses) ? value.responses : {})) {
    if (!/^2(?:\d\d|XX)$/.test(status) || !isSchema(answer)) continue;
    const found = follow(whole, { value: answer, pointer: below(pointer, 'responses', status) });
    const json = found && jsonOf(found.value.content, below(found.pointer, 'content'));
    if (json !== undefined) return json;
  }
  return undefined;
}

/** A document is in one language; the other is the operator's to write. */
function titleOf({ value, id }: Operation): Text {
  const title = typeof value.summary === 'string' && value.summary.trim() !== '' ? value.summary.trim() : id;
  return { zh: title, en: title };
}

/** `getPetById` → `get-pet-by-id` */
export const kebab = (text: string): string =>
  text
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60) || 'operation';

const said = (message: Text, fix: Text) => ({ message, fix });
const noReply = said(
  { zh: '没有 2xx 的 JSON 答复，未导入', en: 'there is no 2xx answer in JSON, so it is not imported' },
  { zh: '换用能读取其答复的适配器', en: 'use an adapter that can read its answer' },
);
const oneSecurity = said(
  {
    zh: '操作自己的认证要求没有带入：适配器只有一种认证',
    en: 'its own security is not carried over: an adapter has one authentication',
  },
  { zh: '另需认证时为它另设适配器', en: 'give it an adapter of its own where it needs another' },
);
