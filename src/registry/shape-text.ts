/** Says what a config file's value has wrong, and what would be right, for each keyword of a schema. */
import type { ErrorObject } from 'ajv/dist/2020.js';
import type { Text } from '../text.js';
import { nearest } from './nearest.js';
import type { Schema } from './schema-store.js';

/** What is wrong, and what would be right. */
export interface Told {
  readonly message: Text;
  readonly fix: Text;
}

const remove: Text = { zh: '删去它', en: 'remove it' };

/** What would be right where a name is meant for something that is yet to be made. */
export const makeFirst: Text = { zh: '先建立它', en: 'make it first' };

/** "Did you mean …?", or what there is to choose from, or `none` where there is nothing. */
export function didYouMean(meant: string | undefined, known: readonly string[], none: Text = remove): Text {
  if (meant !== undefined) return { zh: `是不是 ${meant}？`, en: `did you mean ${meant}?` };
  if (known.length === 0) return none;
  const shown = known.slice(0, 12).join(', ');
  const rest = known.length > 12 ? ', …' : '';
  return { zh: `可用的有：${shown}${rest}`, en: `there are: ${shown}${rest}` };
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

const nameOf = (type: string): Text => typeNames[type] ?? { zh: type, en: type };

/** The value is of another type than asked for. */
export function typeText(error: ErrorObject): Told {
  const types = [(error.params as { type: string | string[] }).type].flat();
  const got = error.data === null ? 'null' : Array.isArray(error.data) ? 'array' : typeof error.data;
  const quoted = types.includes('string') && (got === 'number' || got === 'boolean');
  const wanted = {
    zh: types.map(type => nameOf(type).zh).join('或'),
    en: types.map(type => nameOf(type).en).join(' or '),
  };
  return {
    message: { zh: `这里是${nameOf(got).zh}`, en: `this is ${nameOf(got).en}` },
    fix: {
      zh: `应为${wanted.zh}${quoted ? '：加上引号' : ''}`,
      en: `write ${wanted.en}${quoted ? ': put it in quotes' : ''}`,
    },
  };
}

/** Keywords that set a bound: what crossing it is, and the bound with its unit. */
const bounds: Readonly<Record<string, (limit: number) => Told>> = {
  minimum: limit => bound('数太小', 'the number is too small', `至少为 ${limit}`, `at least ${limit}`),
  maximum: limit => bound('数太大', 'the number is too large', `至多为 ${limit}`, `at most ${limit}`),
  minLength: limit => bound('太短', 'too short', `至少 ${limit} 个字符`, `at least ${count(limit, 'character')}`),
  maxLength: limit => bound('太长', 'too long', `至多 ${limit} 个字符`, `at most ${count(limit, 'character')}`),
  minItems: limit => bound('列表太短', 'the list is too short', `至少 ${limit} 项`, `at least ${count(limit, 'item')}`),
  maxItems: limit => bound('列表太长', 'the list is too long', `至多 ${limit} 项`, `at most ${count(limit, 'item')}`),
  minProperties: limit => bound('键太少', 'too few keys', `至少 ${limit} 个`, `at least ${limit}`),
  maxProperties: limit => bound('键太多', 'too many keys', `至多 ${limit} 个`, `at most ${limit}`),
};

const bound = (zh: string, en: string, fixZh: string, fixEn: string): Told => ({
  message: { zh, en },
  fix: { zh: fixZh, en: fixEn },
});

const count = (limit: number, noun: string): string => `${limit} ${noun}${limit === 1 ? '' : 's'}`;

/**
 * The value is of the right type but not a right value.
 *
 * @param quotes false where nothing of the value may be told, not even by what it resembles
 */
export function valueText(error: ErrorObject, quotes: boolean): Told {
  const params = error.params as Record<string, unknown>;
  const bounded = bounds[error.keyword];
  if (bounded !== undefined) return bounded(Number(params.limit));
  const wrong: Text = { zh: '值不对', en: 'this value is not right' };
  switch (error.keyword) {
    case 'enum': {
      const allowed = (params.allowedValues as unknown[]).map(String);
      const meant = quotes ? nearest(String(error.data), allowed) : undefined;
      return { message: { zh: '没有这个取值', en: 'there is no such value' }, fix: didYouMean(meant, allowed) };
    }
    case 'const': {
      const right = String(params.allowedValue);
      return { message: wrong, fix: { zh: `应为 ${right}`, en: `write ${right}` } };
    }
    case 'uniqueItems':
      return bound('列表里有重复的项', 'the list repeats an item', '删去重复的项', 'remove the repeated one');
    case 'pattern':
    case 'format':
      return { message: { zh: '写法不对', en: 'this is not written right' }, fix: formText(error.parentSchema) };
    default:
      return { message: wrong, fix: { zh: `须满足 ${error.keyword}`, en: `it must satisfy “${error.keyword}”` } };
  }
}

/** How a text should look: like the schema's example where it has one, else as its format or pattern says. */
export function formText(schema: Schema | undefined): Text {
  const [example] = Array.isArray(schema?.examples) ? schema.examples : [];
  if (example !== undefined) return { zh: `形如 ${String(example)}`, en: `write it like ${String(example)}` };
  const form = String(schema?.format ?? schema?.pattern ?? '');
  return { zh: `须符合 ${form}`, en: `it must match ${form}` };
}
