/** Makes a contract's schema of an OpenAPI one: closed, with every reference written out, and nothing that contracts may not have. */
import { below, type Finding } from '../registry/fault.js';
import { formats } from '../registry/formats.js';
import { backtracks } from '../registry/pattern.js';
import { isSchema, type Schema } from '../registry/schema-store.js';
import type { Text } from '../text.js';
import { type Flag, follow, outside, type Part } from './document.js';

/** Which way the data goes: `readOnly` members are never sent, `writeOnly` ones never come back. */
export type Direction = 'request' | 'reply';

export interface Conversion {
  readonly whole: Schema;
  readonly direction: Direction;
  flag(pointer: string, said: Pick<Finding, 'message' | 'fix'>): void;
}

/** Keywords that mean the same in a contract. */
const kept = new Set(
  `type enum const minLength maxLength minimum maximum multipleOf minItems maxItems uniqueItems minProperties
   maxProperties description title`.split(/\s+/),
);
/** Read by name below, or of no account for what passes. */
const read = new Set(
  `$ref properties required items allOf anyOf oneOf additionalProperties nullable exclusiveMinimum exclusiveMaximum
   format pattern readOnly writeOnly deprecated example examples default xml externalDocs $comment`.split(/\s+/),
);
/** Formats that say how a number or text is kept, not what it may be. */
const storage = new Set(['int32', 'int64', 'float', 'double', 'password']);

/** @param above pointers of the schemas around it, to find one that holds itself */
export function contractSchema(part: Part, conversion: Conversion, above: readonly string[] = []): Schema {
  const { whole, flag } = conversion;
  const found = follow(whole, part);
  if (found === undefined) return lost(part.pointer, conversion, outside);
  const { value, pointer } = found;
  if (above.includes(pointer)) return lost(part.pointer, conversion, endless);
  const within = [...above, pointer];
  const written: Record<string, unknown> = {};
  for (const [keyword, held] of Object.entries(value)) {
    if (kept.has(keyword)) written[keyword] = held;
    else if (!read.has(keyword) && !keyword.startsWith('x-')) flag(below(pointer, keyword), noKeyword(keyword));
  }
  Object.assign(written, bounds(value), textRules(value, pointer, flag));
  const at = (...tokens: (string | number)[]) => below(pointer, ...tokens);
  const combined = ['anyOf', 'oneOf'].filter(keyword => Array.isArray(value[keyword]));
  for (const keyword of combined) {
    written[keyword] = partsIn(value[keyword]).map((each, index) =>
      contractSchema({ value: each, pointer: at(keyword, index) }, conversion, within),
    );
  }
  if (combined.length > 0) {
    if (isSchema(value.properties)) flag(at('properties'), mixed);
    return withoutType(written);
  }
  const objects = Array.isArray(value.allOf) ? merged(found, conversion, within) : [found];
  if (objects.some(each => isSchema(each.value.properties) || typed(each.value, 'object'))) {
    Object.assign(written, { type: 'object' }, closedObject(objects, conversion, within));
  } else if (typed(value, 'array') || isSchema(value.items)) {
    written.type = 'array';
    if (!isSchema(value.items)) flag(pointer, untyped);
    const items = isSchema(value.items) ? value.items : { type: 'string' };
    written.items = contractSchema({ value: items, pointer: at('items') }, conversion, within);
  } else if (value.type === undefined && !('enum' in value || 'const' in value))
    return lost(pointer, conversion, untyped);
  else if ('type' in value) written.type = withoutNull(value.type);
  if (Array.isArray(written.enum)) written.enum = written.enum.filter(each => each !== null);
  return written;
}

const partsIn = (held: unknown): Schema[] => (Array.isArray(held) ? held : []).filter(isSchema);
const typed = ({ type }: Schema, name: string): boolean => [type].flat().includes(name);
const withoutType = ({ type: _type, ...rest }: Schema): Schema => rest;

/** OpenAPI 3.0 says `nullable`, 3.1 lists the type. To an adapter null is no value at all, so contracts leave it out. */
const mayBeNull = (schema: Schema): boolean =>
  schema.nullable === true || (Array.isArray(schema.type) && typed(schema, 'null'));

function withoutNull(type: unknown): unknown {
  if (!Array.isArray(type)) return type;
  const types = type.filter(each => each !== 'null');
  return types.length === 1 ? types[0] : types;
}

/** The parts of `allOf`, however deep, with the schema itself; nothing of them may be left out. */
function merged(part: Part, conversion: Conversion, above: readonly string[]): Part[] {
  return [
    part,
    ...partsIn(part.value.allOf).flatMap((value, index) => {
      const found = follow(conversion.whole, { value, pointer: below(part.pointer, 'allOf', index) });
      if (found === undefined || above.includes(found.pointer)) {
        lost(below(part.pointer, 'allOf', index), conversion, outside);
        return [];
      }
      return merged(found, conversion, [...above, found.pointer]);
    }),
  ];
}

function closedObject(parts: readonly Part[], conversion: Conversion, above: readonly string[]): Schema {
  const { flag, direction } = conversion;
  const hidden = direction === 'request' ? 'readOnly' : 'writeOnly';
  const properties: Record<string, Schema> = {};
  const required = new Set<string>();
  const absent = new Set<string>();
  for (const { value, pointer } of parts) {
    if (isSchema(value.additionalProperties) || value.additionalProperties === true) {
      flag(below(pointer, 'additionalProperties'), closed);
    }
    for (const [name, member] of Object.entries(isSchema(value.properties) ? value.properties : {})) {
      const at = below(pointer, 'properties', name);
      if (!isSchema(member)) continue;
      const told = follow(conversion.whole, { value: member, pointer: at })?.value ?? member;
      if (told[hidden] === true) continue;
      if (mayBeNull(told)) absent.add(name);
      if (/[.[\]{}]/.test(name) || name in Object.prototype) flag(at, badName(name));
      else properties[name] = contractSchema({ value: member, pointer: at }, conversion, above);
    }
    for (const name of Array.isArray(value.required) ? value.required : []) required.add(String(name));
  }
  const names = [...required].filter(name => Object.hasOwn(properties, name) && !absent.has(name));
  return { properties, ...(names.length > 0 ? { required: names } : {}), additionalProperties: false };
}

/** OpenAPI 3.0 has `exclusiveMinimum: true` beside `minimum`. */
function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): Schema {
  return {
    ...(exclusiveMinimum === true ? { minimum: undefined, exclusiveMinimum: minimum } : {}),
    ...(exclusiveMaximum === true ? { maximum: undefined, exclusiveMaximum: maximum } : {}),
    ...(typeof exclusiveMinimum === 'number' ? { exclusiveMinimum } : {}),
    ...(typeof exclusiveMaximum === 'number' ? { exclusiveMaximum } : {}),
  };
}

function textRules({ format, pattern }: Schema, pointer: string, flag: Conversion['flag']): Schema {
  const found: Record<string, unknown> = {};
  if (typeof format === 'string' && Object.hasOwn(formats, format)) found.format = format;
  else if (typeof format === 'string' && !storage.has(format)) flag(below(pointer, 'format'), noFormat(format));
  if (typeof pattern === 'string' && isPattern(pattern)) found.pattern = pattern;
  else if (typeof pattern === 'string') flag(below(pointer, 'pattern'), noPattern);
  return found;
}

function isPattern(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u');
  } catch {
    return false;
  }
  return !backtracks(pattern);
}

/** A text stands in for what is not known: `stile check` passes, and the flag says what to write. */
function lost(pointer: string, { flag }: Conversion, said: Omit<Flag, 'pointer'>): Schema {
  flag(pointer, said);
  return { type: 'string', description: 'TODO' };
}

const said = (message: Text, fix: Text) => ({ message, fix });
const endless = said(
  { zh: '模式包含自身，没有尽头', en: 'the schema holds itself without end' },
  { zh: '在契约里写出有限的层数', en: 'write out the levels there are in the contract' },
);
const untyped = said(
  { zh: '没有写明类型', en: 'no type is stated' },
  { zh: '在契约里写明类型', en: 'state the type in the contract' },
);
const mixed = said(
  { zh: '可选模式之外的成员没有带入', en: 'members beside the alternatives are not carried over' },
  { zh: '把它们写进每个可选模式', en: 'write them into each alternative' },
);
const closed = said(
  {
    zh: '未列名的成员没有带入：契约是封闭的',
    en: 'members that are not named are not carried over: contracts are closed',
  },
  { zh: '需要的成员逐一写进契约', en: 'name in the contract those that are needed' },
);
const noPattern = said(
  { zh: '正则表达式没有带入', en: 'the pattern is not carried over' },
  {
    zh: '按 ECMA-262 的 u 模式改写，且不回溯不止',
    en: 'write it for Unicode mode (ECMA-262), with no endless backtracking',
  },
);
const noFormat = (format: string) =>
  said(
    { zh: `格式 ${format} 没有带入`, en: `the format ${format} is not carried over` },
    { zh: '需要时写 pattern，或引用词汇表', en: 'write a pattern where it matters, or refer to the vocabulary' },
  );
const noKeyword = (keyword: string) =>
  said(
    { zh: `关键字 ${keyword} 没有带入`, en: `the keyword ${keyword} is not carried over` },
    { zh: '需要时在契约里另行写明', en: 'say it in the contract in another way where it matters' },
  );
const badName = (name: string) =>
  said(
    { zh: `成员 ${name} 的名称不能作字段名`, en: `the member ${name} has no name for a field` },
    { zh: '在契约与映射里另取名称', en: 'give it another name in contract and mapping' },
  );
