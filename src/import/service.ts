/** Makes a service of an operation: its contract's two schemas, and how the http adapter asks for it. */
import type { HttpService, Mapping } from '../../schemas/stile/adapters/http-service.js';
import type { Service } from '../../schemas/stile/department.js';
import { below } from '../registry/fault.js';
import { dialect } from '../registry/schema-keywords.js';
import { isSchema, type Schema } from '../registry/schema-store.js';
import type { Text } from '../text.js';
import { contractSchema } from './contract-schema.js';
import { type Flag, follow, jsonOf, notCarried, type OpenApi, type Operation, type Part } from './document.js';
import { mappingOf, requiredIn, wrapName, wrapped } from './mapping.js';
import { sampleOf } from './sample.js';

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

/** What a request holds of one place of the question. */
interface Sent {
  readonly properties: Record<string, Schema>;
  readonly required: string[];
  readonly example: Record<string, unknown>;
}

/** @param adapter id of the adapter that asks */
export function importOperation(
  { whole }: OpenApi,
  operation: Operation,
  department: string,
  adapter: string,
): Imported {
  const flags: Flag[] = [];
  const flag = (pointer: string, said: Omit<Flag, 'pointer'>): void => {
    flags.push({ pointer, ...said });
  };
  const answered = replyOf(whole, operation);
  if (answered === undefined) {
    flag(operation.pointer, noReply);
    return { flags };
  }
  for (const name of ['callbacks', 'servers', 'security']) {
    if (name in operation.value) flag(below(operation.pointer, name), name === 'security' ? oneSecurity : notCarried);
  }
  const key = `${kebab(operation.id)}/v1`;
  const sent: Sent = { properties: {}, required: [], example: {} };
  const places = {
    path: new Map<string, string>(),
    query: {} as Record<string, Mapping>,
    header: {} as Record<string, Mapping>,
  };
  const convert = (part: Part, direction: 'request' | 'reply') => contractSchema(part, { whole, direction, flag });
  const add = (name: string, schema: Schema, required: boolean, example: unknown): string => {
    const field = fieldName(name, sent.properties);
    sent.properties[field] = schema;
    if (required) sent.required.push(field);
    if (example !== undefined || required) sent.example[field] = example ?? sampleOf(schema);
    return field;
  };
  for (const { value, pointer } of operation.parameters) {
    const { name, in: place, required = false, schema } = value;
    if (
      typeof name !== 'string' ||
      !isSchema(schema) ||
      (place !== 'path' && place !== 'query' && place !== 'header')
    ) {
      flag(pointer, noParameter);
      continue;
    }
    const written = convert({ value: schema, pointer: below(pointer, 'schema') }, 'request');
    if (written.type === 'array' || written.type === 'object') {
      flag(pointer, oneValue);
      continue;
    }
    const field = add(name, written, place === 'path' || required === true, exampleOf(whole, value, schema, pointer));
    if (place === 'path') places.path.set(name, field);
    else places[place][name] = required === true ? field : { from: field, optional: true };
  }
  const body = bodyOf(whole, operation, flag);
  const mapped = body && convert(body, 'request');
  const fields: Record<string, Mapping> = {};
  let sentBody: Mapping | undefined;
  if (body !== undefined && mapped !== undefined && isSchema(mapped.properties)) {
    const needed = requiredIn(mapped);
    for (const [name, schema] of Object.entries(mapped.properties)) {
      if (!isSchema(schema)) continue;
      const given = isSchema(body.example) ? body.example[name] : undefined;
      const field = add(name, schema, needed.includes(name), given);
      fields[name] = mappingOf(schema, field, needed.includes(name));
    }
    if (Object.keys(fields).length > 0) sentBody = { fields };
  } else if (body !== undefined && mapped !== undefined) {
    sentBody = mappingOf(mapped, add('body', mapped, true, body.example), true);
  }
  const reply = convert(answered, 'reply');
  const isObject = reply.type === 'object';
  const whatever = isObject ? reply : wrapped(reply);
  const config = {
    title: titleOf(operation),
    sharing: 'conditional' as const,
    safe: operation.method === 'get',
    adapter,
    ask: {
      method: operation.method.toUpperCase() as HttpService['method'],
      path: operation.path.replace(/\{([^{}]+)\}/g, (_, name) => `{${places.path.get(name) ?? name}}`),
      ...filled('query', places.query),
      ...filled('headers', places.header),
      ...(sentBody === undefined ? {} : { body: sentBody }),
      reply: isObject
        ? mappingOf(reply, undefined, true)
        : { fields: { [wrapName(reply)]: mappingOf(reply, undefined, true) } },
    },
  };
  const $id = (half: string) => `https://stile.example/schemas/${department}/${key}/${half}.json`;
  return {
    service: {
      key,
      config,
      request: {
        $schema: dialect,
        $id: $id('request'),
        type: 'object',
        properties: sent.properties,
        ...(sent.required.length > 0 ? { required: sent.required } : {}),
        additionalProperties: false,
        examples: [sent.example],
      },
      reply: { $schema: dialect, $id: $id('reply'), ...whatever },
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

function bodyOf(
  whole: Schema,
  { value, pointer }: Operation,
  flag: (pointer: string, said: Omit<Flag, 'pointer'>) => void,
) {
  if (!isSchema(value.requestBody)) return undefined;
  const found = follow(whole, { value: value.requestBody, pointer: below(pointer, 'requestBody') });
  const json = found && jsonOf(found.value.content, below(found.pointer, 'content'));
  if (json === undefined) flag(below(pointer, 'requestBody'), noBody);
  return json;
}

const filled = <T extends string>(name: T, held: Readonly<Record<string, Mapping>>) =>
  Object.keys(held).length > 0 ? { [name]: held } : {};

function exampleOf(whole: Schema, parameter: Schema, schema: Schema, pointer: string): unknown {
  if ('example' in parameter) return parameter.example;
  const found = follow(whole, { value: schema, pointer })?.value ?? {};
  return found.example ?? (Array.isArray(found.examples) ? found.examples[0] : undefined) ?? found.default;
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

/** A parameter and a member of the body may have one name. */
function fieldName(name: string, taken: Readonly<Record<string, unknown>>): string {
  const plain = name.replace(/[.[\]{}]/g, '-');
  for (let count = 1; ; count++) {
    const wanted = count === 1 ? plain : `${plain}${count}`;
    if (!Object.hasOwn(taken, wanted) && !(wanted in Object.prototype)) return wanted;
  }
}

const said = (message: Text, fix: Text) => ({ message, fix });
const noReply = said(
  { zh: '没有 2xx 的 JSON 答复，未导入', en: 'there is no 2xx answer in JSON, so it is not imported' },
  { zh: '换用能读取其答复的适配器', en: 'use an adapter that can read its answer' },
);
const noParameter = said(
  { zh: '该参数没有带入', en: 'the parameter is not carried over' },
  { zh: '只支持带 schema 的 path、query 与 header 参数', en: 'parameters in path, query or header with a schema are' },
);
const oneValue = said(
  { zh: '多值参数没有带入', en: 'a parameter of several values is not carried over' },
  { zh: '映射只给每个参数一个值', en: 'a mapping gives each parameter one value' },
);
const oneSecurity = said(
  {
    zh: '操作自己的认证要求没有带入：适配器只有一种认证',
    en: 'its own security is not carried over: an adapter has one authentication',
  },
  { zh: '另需认证时为它另设适配器', en: 'give it an adapter of its own where it needs another' },
);
const noBody = said(
  { zh: '请求体不是 JSON，没有带入', en: 'the body is no JSON, and is not carried over' },
  { zh: '换用能发送它的适配器', en: 'use an adapter that can send it' },
);
