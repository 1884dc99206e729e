/** Turns what Ajv found in data into violations that never carry the data, in both languages. */
import { createRequire } from 'node:module';
import type { ErrorObject } from 'ajv';
import type { Text } from '../text.js';
import { below } from './fault.js';
import type { Violation } from './registry.js';

type Localize = (errors: ErrorObject[]) => void;

// Its declarations promise a default export that its CommonJS modules do not have; and a start does without them.
const require = createRequire(import.meta.url);
const localizeEnglish: Localize = errors => require('ajv-i18n/localize/en')(errors);
const localizeChinese: Localize = errors => require('ajv-i18n/localize/zh')(errors);

/** Most violations of one value that are told. */
export const mostViolations = 20;

/** A name that may be repeated to the caller: it reads like a field, and not like an identifier or a person. */
const plainName = /^[a-z][A-Za-z_]{0,39}[0-9]{0,2}$/;

/** The errors as violations; keywords that only sum up others are left out. */
export function violations(errors: readonly ErrorObject[]): readonly Violation[] {
  const own = errors.filter(error => error.keyword !== 'if' && error.propertyName === undefined);
  return own.slice(0, mostViolations).map(error => ({
    pointer: pointerOf(error),
    keyword: error.keyword,
    message: messageOf(error),
  }));
}

/** Names of the value's own making are told only when they are plain. */
function pointerOf(error: ErrorObject): string {
  const params = error.params as Record<string, unknown>;
  const extra = params.additionalProperty ?? params.unevaluatedProperty;
  if (typeof extra === 'string') return plainName.test(extra) ? below(error.instancePath, extra) : error.instancePath;
  if (typeof params.missingProperty === 'string') return below(error.instancePath, params.missingProperty);
  return error.instancePath;
}

function messageOf(error: ErrorObject): Text {
  if (error.keyword === 'propertyNames') return { zh: '属性名不合规', en: 'a property name is not valid' };
  if (error.keyword === 'pattern' || error.keyword === 'format') {
    const title = titleOf(error);
    if (title !== undefined) return { zh: `不是合法的${title.zh}`, en: `must be a valid ${title.en.toLowerCase()}` };
  }
  const copy = { ...error };
  localizeEnglish([copy]);
  const en = copy.message ?? 'is not valid';
  localizeChinese([copy]);
  return { zh: copy.message ?? '不合规', en };
}

/** What the schema calls the value. */
function titleOf(error: ErrorObject): Text | undefined {
  const title = (error.parentSchema as { 'x-title'?: Partial<Text> } | undefined)?.['x-title'];
  return typeof title?.zh === 'string' && typeof title.en === 'string' ? { zh: title.zh, en: title.en } : undefined;
}
