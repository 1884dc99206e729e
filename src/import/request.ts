/** Makes a request's contract of what an operation takes, and the mappings that put it back into path, query, headers and body. */
import type { HttpService, Mapping } from '../../schemas/stile/adapters/http-service.js';
import { below } from '../registry/fault.js';
import { isSchema, type Schema } from '../registry/schema-store.js';
import type { Text } from '../text.js';
import type { Direction } from './contract-schema.js';
import { type Flag, follow, jsonOf, type Operation, type Part } from './document.js';
import { mappingOf, requiredIn } from './mapping.js';
import { sampleOf } from './sample.js';

/** What is gathered while an operation is read. */
export interface Gathering {
  readonly whole: Schema;
  /** The request's fields as they come together. */
  readonly properties: Record<string, Schema>;
  readonly required: string[];
  readonly example: Record<string, unknown>;
  flag(pointer: string, said: Omit<Flag, 'pointer'>): void;
  convert(part: Part, direction: Direction): Schema;
}

export const requestSchema = ({ properties, required, example }: Gathering): Schema => ({
  type: 'object',
  properties,
  ...(required.length > 0 ? { required } : {}),
  additionalProperties: false,
  examples: [example],
});

/** @returns the field's name in the request */
function addField(to: Gathering, name: string, schema: Schema, required: boolean, example: unknown): string {
  const field = fieldName(name, to.properties);
  to.properties[field] = schema;
  if (required) to.required.push(field);
  if (example !== undefined || required) to.example[field] = example ?? sampleOf(schema);
  return field;
}

/** Path, query and headers; each of their values is a field of the request. */
export function readParameters(
  { parameters, path }: Operation,
  gathering: Gathering,
): Pick<HttpService, 'path' | 'query' | 'headers'> {
  const { whole, flag, convert } = gathering;
  const inPath = new Map<string, string>();
  const mapped: Record<'query' | 'header', Record<string, Mapping>> = { query: {}, header: {} };
  for (const { value, pointer } of parameters) {
    const { name, in: place, schema } = value;
    if (typeof name !== 'string' || !isSchema(schema) || !isPlace(place)) {
      flag(pointer, noParameter);
      continue;
    }
    const written = convert({ value: schema, pointer: below(pointer, 'schema') }, 'request');
    if (written.type === 'array' || written.type === 'object') {
      flag(pointer, oneValue);
      continue;
    }
    const required = place === 'path' || value.required === true;
    const field = addField(gathering, name, written, required, exampleOf(whole, value, schema, pointer));
    if (place === 'path') inPath.set(name, field);
    else mapped[place][name] = required ? field : { from: field, optional: true };
  }
  return {
    path: path.replace(/\{([^{}]+)\}/g, (_, name) => `{${inPath.get(name) ?? name}}`),
    ...(Object.keys(mapped.query).length > 0 ? { query: mapped.query } : {}),
    ...(Object.keys(mapped.header).length > 0 ? { headers: mapped.header } : {}),
  };
}

const isPlace = (place: unknown): place is 'path' | 'query' | 'header' =>
  place === 'path' || place === 'query' || place === 'header';

/** The members of a body that is an object are fields of the request; any other is one field. */
export function readBody(operation: Operation, gathering: Gathering): Mapping | undefined {
  const body = bodyOf(gathering.whole, operation, gathering.flag);
  if (body === undefined) return undefined;
  const schema = gathering.convert(body, 'request');
  if (!isSchema(schema.properties))
    return mappingOf(schema, addField(gathering, 'body', schema, true, body.example), true);
  const needed = requiredIn(schema);
  const fields = Object.entries(schema.properties).flatMap(([name, member]) => {
    if (!isSchema(member)) return [];
    const given = isSchema(body.example) ? body.example[name] : undefined;
    const field = addField(gathering, name, member, needed.includes(name), given);
    return [[name, mappingOf(member, field, needed.includes(name))] as const];
  });
  return fields.length > 0 ? { fields: Object.fromEntries(fields) } : undefined;
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

function exampleOf(whole: Schema, parameter: Schema, schema: Schema, pointer: string): unknown {
  if ('example' in parameter) return parameter.example;
  const found = follow(whole, { value: schema, pointer })?.value ?? {};
  return found.example ?? (Array.isArray(found.examples) ? found.examples[0] : undefined) ?? found.default;
}

/** A parameter and a member of the body may have one name. */
function fieldName(name: string, taken: Readonly<Record<string, unknown>>): string {
  const plain = name.replace(/[.[\]{}]/g, '-');
  for (let count = 1; ; count++) {
    const wanted = count === 1 ? plain : `${plain}${count}`;
    if (!Object.hasOwn(taken, wanted) && !(wanted in Object.prototype)) return wanted;
  }
}

const said = (message: Text, fix: Text) => ({ message, fix });
const noParameter = said(
  { zh: '该参数没有带入', en: 'the parameter is not carried over' },
  { zh: '只支持带 schema 的 path、query 与 header 参数', en: 'parameters in path, query or header with a schema are' },
);
const oneValue = said(
  { zh: '多值参数没有带入', en: 'a parameter of several values is not carried over' },
  { zh: '映射只给每个参数一个值', en: 'a mapping gives each parameter one value' },
);
const noBody = said(
  { zh: '请求体不是 JSON，没有带入', en: 'the body is no JSON, and is not carried over' },
  { zh: '换用能发送它的适配器', en: 'use an adapter that can send it' },
);
