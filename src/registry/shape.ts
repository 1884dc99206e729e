/** Checks a config file against its schema and says each violation as an operator would. */
import type { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import type { Text } from '../text.js';
import { below, type Finding, rule } from './fault.js';
import { nearest } from './nearest.js';
import { holdsReference } from './reference.js';
import { dialect } from './schema-keywords.js';
import type { Schema } from './schema-store.js';
import { compiledSchemas, openAjv, shippedSchemas } from './shape-compiler.js';
import { didYouMean, formText, typeText, valueText } from './shape-text.js';

/** Keywords that judge what a string says: not to be asked of one that still holds a reference. */
const judgesText = new Set(['pattern', 'format', 'minLength', 'maxLength', 'enum', 'const']);

/** Made by schemas/compile.ts, by the address of the schema. */
const { default: shipped } = (await import(compiledSchemas.href)) as {
  readonly default: Readonly<Record<string, ValidateFunction>>;
};

const compiled = new Map<Schema, ValidateFunction>(
  [...shippedSchemas].flatMap(([address, schema]) =>
    shipped[address] === undefined ? [] : [[schema, shipped[address]]],
  ),
);
let compiler: Ajv2020 | undefined;

/** A schema that no build has seen is compiled when it is first asked for. */
function validator(schema: Schema): ValidateFunction {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  compiler ??= openAjv();
  const made = compiler.compile(schema);
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
  const errors = (validate.errors ?? [])
    .filter(isOwn)
    .filter(error => !(kept === strings.written && waits(error)))
    .filter(error => !(kept === strings.resolved && error.keyword === 'x-stile-secret'));
  return withoutEchoes(errors).map(error => finding(error, pointer, kept !== strings.resolved));
}

/** One fault each: without what only sums up other errors, or is missing because it was misspelt. */
function withoutEchoes(errors: readonly ErrorObject[]): ErrorObject[] {
  const choices = errors.filter(isChoice).map(error => error.instancePath);
  const within = (path: string) => errors.filter(each => !isChoice(each) && isAtOrBelow(each.instancePath, path));
  const meant = errors.flatMap(error =>
    error.keyword === 'additionalProperties' ? [below(error.instancePath, meantBy(error) ?? '')] : [],
  );
  return errors.filter(error => {
    const { keyword, instancePath, params } = error;
    if (keyword === 'required') return !meant.includes(below(instancePath, String(params.missingProperty)));
    if (isChoice(error)) return within(instancePath).length === 0;
    // A value of another type is none of those listed either: `1.1` for `"1.1"`.
    if (keyword === 'enum') return !errors.some(each => isType(each) && each.instancePath === instancePath);
    // An alternative of another type says nothing when the value has the type of one that does.
    const another = within(instancePath).some(each => !isType(each) || each.instancePath !== instancePath);
    return keyword !== 'type' || !choices.includes(instancePath) || !another;
  });
}

const isChoice = ({ keyword }: ErrorObject): boolean => keyword === 'anyOf' || keyword === 'oneOf';
const isType = ({ keyword }: ErrorObject): boolean => keyword === 'type';
const isAtOrBelow = (path: string, above: string): boolean => path === above || path.startsWith(`${above}/`);

/** What JSON Schema 2020-12 itself does not allow in the schema, whatever dialect it states. */
export function metaFindings(schema: Schema): Finding[] {
  const validate = shipped[dialect] as ValidateFunction;
  if (validate({ ...schema, $schema: dialect })) return [];
  const first = new Map<string, ErrorObject>();
  for (const error of validate.errors ?? []) if (!first.has(error.instancePath)) first.set(error.instancePath, error);
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
        fix: formText(error.schema as Schema),
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
      return { rule: rule.wrongType, pointer: at, ...typeText(error), ...foundIn(error, quotes) };
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
      return { rule: rule.wrongValue, pointer: at, ...valueText(error, quotes), ...foundIn(error, quotes) };
  }
}

/** Longest text that is quoted. */
const mostQuoted = 60;

/** Parts of config beside whose other members somebody may have put a secret by mistake. */
const nearSecrets = /\/(?:authentication|usernameToken|tls|keys|signingKeys|secret|password)(?:\/|$)/;

/** The value, where it is a short scalar that cannot be a secret: no address with a user in it, nothing where secrets go. */
function foundIn(
  { data, instancePath, parentSchema, keyword, schema }: ErrorObject,
  quotes: boolean,
): { found?: string } {
  if (!quotes || parentSchema?.['x-stile-secret'] === true || nearSecrets.test(instancePath)) return {};
  if (typeof data === 'object' && data !== null) return {};
  if (keyword === 'type' && [schema].flat().some(type => type === 'object' || type === 'array')) return {};
  if (typeof data === 'string' && (data.length > mostQuoted || data.includes('@') || holdsReference(data))) return {};
  return { found: JSON.stringify(data) };
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

const knownTo = (error: ErrorObject): string[] =>
  Object.keys((error.parentSchema?.properties as object | undefined) ?? {});

const meantBy = (error: ErrorObject): string | undefined =>
  nearest(String(error.params.additionalProperty), knownTo(error));

function unknownKey(error: ErrorObject, at: string, name: string): Finding {
  return {
    rule: rule.unknownKey,
    pointer: below(at, name),
    at: 'key',
    message: { zh: `不认识的键 ${name}`, en: `unknown key ${name}` },
    fix: didYouMean(meantBy(error), knownTo(error)),
  };
}

/** What the schema calls the key, where that says more than the key itself. */
function titleOf(error: ErrorObject, name: string): Text {
  const properties = error.parentSchema?.properties as Record<string, Schema> | undefined;
  const title = properties?.[name]?.title;
  return typeof title === 'string' && title.toLowerCase() !== name.toLowerCase()
    ? { zh: `（${title}）`, en: ` (${title})` }
    : { zh: '', en: '' };
}
