/** Checks a config file against its schema and says each violation as an operator would. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Text } from '../text.js';
import { below, type Finding, rule } from './fault.js';
import { formats } from './formats.js';
import { nearest } from './nearest.js';
import { holdsReference, isReference } from './reference.js';
import { dialect } from './schema-keywords.js';
import type { Schema } from './schema-store.js';

/** Keywords that judge what a string says: not to be asked of one that still holds a reference. */
const judgesText = new Set(['pattern', 'format', 'minLength', 'maxLength', 'enum', 'const']);

const ajv = new Ajv2020({
  allErrors: true,
  verbose: true,
  strictRequired: false,
  strictTypes: false,
  allowUnionTypes: true,
  messages: false,
  formats,
});
ajv.addKeyword({
  keyword: 'x-stile-secret',
  metaSchema: { const: true },
  schemaType: 'boolean',
  validate: (_schema: boolean, value: unknown) => isReference(value),
});

const compiled = new WeakMap<Schema, ValidateFunction>();

function validator(schema: Schema): ValidateFunction {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const made = ajv.compile(schema);
  compiled.set(schema, made);
  return made;
}

/** What is known of the strings in a value. */
export const strings = {
  /** As a file has them, references and all. */
  written: 'written',
  /** References have been replaced: nothing of the value may be quoted, and secrets are literal. */
  resolved: 'resolved',
  /** References are no part of this document. */
  plain: 'plain',
} as const;
export type Strings = (typeof strings)[keyof typeof strings];

/**
 * Everything in the value that its schema does not allow.
 *
 * @param pointer where the value stands in its document
 */
export function shapeFindings(value: unknown, schema: Schema, kept: Strings, pointer = ''): Finding[] {
  const validate = validator(schema);
  if (validate(value)) return [];
  return (validate.errors ?? [])
    .filter(isOwn)
    .filter(error => !(kept === strings.written && waits(error)))
    .filter(error => !(kept === strings.resolved && error.keyword === 'x-stile-secret'))
    .map(error => finding(error, pointer, kept !== strings.resolved));
}

/** What JSON Schema 2020-12 itself does not allow in the schema, whatever dialect it states. */
export function metaFindings(schema: Schema): Finding[] {
  if (ajv.validateSchema({ ...schema, $schema: dialect }) === true) return [];
  const first = new Map<string, ErrorObject>();
  for (const error of ajv.errors ?? []) if (!first.has(error.instancePath)) first.set(error.instancePath, error);
  return [...first.values()].map(error => ({ ...finding(error, '', true), rule: rule.contractInvalid }));
}

const isOwn = (error: ErrorObject): boolean => error.keyword !== 'if' && error.propertyName === undefined;

const waits = (error: ErrorObject): boolean => judgesText.has(error.keyword) && holdsReference(error.data);

function finding(error: ErrorObject, base: string, quotes: boolean): Finding {
  const at = base + error.instancePath;
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'required':
      return missingKey(error, at, String(params.missingProperty));
    case 'additionalProperties':
      return unknownKey(error, at, String(params.additionalProperty));
    case 'propertyNames':
      return {
        rule: rule.wrongValue,
        pointer: below(at, String(params.propertyName)),
        at: 'key',
        message: { zh: '这个键的写法不对', en: 'this key is not written right' },
        fix: keyFix(error),
      };
    case 'false schema':
      return {
        rule: rule.unknownKey,
        pointer: at,
        at: 'key',
        message: { zh: '这个键在此处不适用', en: 'this key does not belong here' },
        fix: { zh: '删去它', en: 'remove it' },
      };
    case 'type':
      return wrongType(error, at);
    case 'x-stile-secret':
      return {
        rule: rule.literalSecret,
        pointer: at,
        message: { zh: '密钥直接写在了文件里', en: 'a secret is written out in the file' },
        fix: {
          zh: `写成 \${env:NAME} 或 \${file:path}，并更换这个已暴露的密钥`,
          en: `write \${env:NAME} or \${file:path}, and replace this secret, which has been exposed`,
        },
      };
    default:
      return { rule: rule.wrongValue, pointer: at, ...valueText(error, quotes) };
  }
}

function missingKey(error: ErrorObject, at: string, name: string): Finding {
  const title = titleOf(error, name);
  return {
    rule: rule.missingKey,
    pointer: below(at, name),
    message: { zh: `缺少 ${name}`, en: `${name} is missing` },
    fix: { zh: `加上 ${name}${title.zh}`, en: `add ${name}${title.en}` },
  };
}

function unknownKey(error: ErrorObject, at: string, name: string): Finding {
  const known = Object.keys((error.parentSchema?.properties as object | undefined) ?? {});
  const meant = nearest(name, known);
  return {
    rule: rule.unknownKey,
    pointer: below(at, name),
    at: 'key',
    message: { zh: `不认识的键 ${name}`, en: `unknown key ${name}` },
    fix: didYouMean(meant, known),
  };
}

/** "Did you mean …?", or what there is to choose from. */
export function didYouMean(meant: string | undefined, known: readonly string[]): Text {
  if (meant !== undefined) return { zh: `是不是 ${meant}？`, en: `did you mean ${meant}?` };
  if (known.length === 0) return { zh: '删去它', en: 'remove it' };
  const shown = known.slice(0, 12).join(', ');
  const rest = known.length > 12 ? ', …' : '';
  return { zh: `可用的有：${shown}${rest}`, en: `there are: ${shown}${rest}` };
}

function wrongType(error: ErrorObject, at: string): Finding {
  const types = [(error.params as { type: string | string[] }).type].flat();
  const wanted = words(types, typeNames);
  const got = error.data === null ? 'null' : Array.isArray(error.data) ? 'array' : typeof error.data;
  const found = typeNames[got] ?? { zh: got, en: got };
  const quote = types.includes('string') && (got === 'number' || got === 'boolean');
  return {
    rule: rule.wrongType,
    pointer: at,
    message: { zh: `这里是${found.zh}`, en: `this is ${found.en}` },
    fix: quote
      ? { zh: `应为${wanted.zh}：加上引号`, en: `write ${wanted.en}: put it in quotes` }
      : { zh: `应为${wanted.zh}`, en: `write ${wanted.en}` },
  };
}

const typeNames: Readonly<Record<string, Text>> = {
  string: { zh: '字符串', en: 'a string' },
  number: { zh: '数', en: 'a number' },
  integer: { zh: '整数', en: 'a whole number' },
  boolean: { zh: '布尔值', en: 'true or false' },
  object: { zh: '映射', en: 'a mapping' },
  array: { zh: '列表', en: 'a list' },
  null: { zh: '空值', en: 'nothing' },
};

const words = (types: readonly string[], names: Readonly<Record<string, Text>>): Text => ({
  zh: types.map(type => names[type]?.zh ?? type).join('或'),
  en: types.map(type => names[type]?.en ?? type).join(' or '),
});

function valueText(error: ErrorObject, quotes: boolean): { message: Text; fix: Text } {
  const params = error.params as Record<string, unknown>;
  const limit = String(params.limit);
  const wrong: Text = { zh: '值不对', en: 'this value is not right' };
  switch (error.keyword) {
    case 'enum': {
      const allowed = (params.allowedValues as unknown[]).map(String);
      const meant = quotes ? nearest(String(error.data), allowed) : undefined;
      return { message: { zh: '没有这个取值', en: 'there is no such value' }, fix: didYouMean(meant, allowed) };
    }
    case 'const':
      return {
        message: wrong,
        fix: { zh: `应为 ${String(params.allowedValue)}`, en: `write ${String(params.allowedValue)}` },
      };
    case 'minimum':
      return {
        message: { zh: '数太小', en: 'the number is too small' },
        fix: { zh: `至少为 ${limit}`, en: `at least ${limit}` },
      };
    case 'maximum':
      return {
        message: { zh: '数太大', en: 'the number is too large' },
        fix: { zh: `至多为 ${limit}`, en: `at most ${limit}` },
      };
    case 'minLength':
      return {
        message: { zh: '太短', en: 'too short' },
        fix: { zh: `至少 ${limit} 个字符`, en: `at least ${limit} characters` },
      };
    case 'maxLength':
      return {
        message: { zh: '太长', en: 'too long' },
        fix: { zh: `至多 ${limit} 个字符`, en: `at most ${limit} characters` },
      };
    case 'minItems':
      return {
        message: { zh: '列表太短', en: 'the list is too short' },
        fix: { zh: `至少 ${limit} 项`, en: `at least ${limit} items` },
      };
    case 'maxItems':
      return {
        message: { zh: '列表太长', en: 'the list is too long' },
        fix: { zh: `至多 ${limit} 项`, en: `at most ${limit} items` },
      };
    case 'uniqueItems':
      return {
        message: { zh: '列表里有重复的项', en: 'the list repeats an item' },
        fix: { zh: '删去重复的项', en: 'remove the repeated one' },
      };
    case 'pattern':
    case 'format':
      return { message: { zh: '写法不对', en: 'this is not written right' }, fix: keyFix(error) };
    default:
      return { message: wrong, fix: { zh: `须满足 ${error.keyword}`, en: `it must satisfy “${error.keyword}”` } };
  }
}

/** How a string or key should look: an example if the schema has one, a name for common patterns, else the pattern. */
function keyFix(error: ErrorObject): Text {
  const schema = (error.keyword === 'propertyNames' ? error.schema : error.parentSchema) as Schema | undefined;
  const pattern = String(schema?.pattern ?? '');
  const known = patternNames[pattern];
  if (known !== undefined) return known;
  const [example] = Array.isArray(schema?.examples) ? schema.examples : [];
  if (example !== undefined) return { zh: `形如 ${String(example)}`, en: `write it like ${String(example)}` };
  const form = pattern === '' ? String(schema?.format ?? error.keyword) : pattern;
  return { zh: `须匹配 ${form}`, en: `it must match ${form}` };
}

const patternNames: Readonly<Record<string, Text>> = {
  '\\S': { zh: '写点内容', en: 'write something' },
  '^[a-z0-9]+(-[a-z0-9]+)*$': {
    zh: '小写字母、数字与连字符，如 civil-affairs',
    en: 'lower-case letters, digits and hyphens, as in civil-affairs',
  },
  '^[a-z0-9]+(-[a-z0-9]+)*/v[1-9][0-9]*$': {
    zh: '“服务/版本”，如 marriage-status/v1',
    en: '“service/version”, as in marriage-status/v1',
  },
  '^[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*/v[1-9][0-9]*$': {
    zh: '“部门/服务/版本”，如 civil-affairs/marriage-status/v1',
    en: '“department/service/version”, as in civil-affairs/marriage-status/v1',
  },
};

function titleOf(error: ErrorObject, name: string): Text {
  const properties = error.parentSchema?.properties as Record<string, Schema> | undefined;
  const title = properties?.[name]?.title;
  return typeof title === 'string' && title.toLowerCase() !== name.toLowerCase()
    ? { zh: `（${title}）`, en: ` (${title})` }
    : { zh: '', en: '' };
}
