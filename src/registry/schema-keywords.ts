/** The keywords that contracts and the vocabulary may use: those of JSON Schema 2020-12, and Stile's own. */
import type { Schema } from './schema-store.js';

export const dialect = 'https://json-schema.org/draft/2020-12/schema';

const whole = ['additionalProperties', 'unevaluatedProperties', 'items', 'unevaluatedItems', 'contains'];
const judging = ['not', 'if', 'then', 'else', 'propertyNames'];

/**
 * Keywords that hold schemas, and how. `dependentSchemas` is left out: beside `unevaluatedProperties` Ajv 8 refuses
 * what it allows, and `if` with `then` says the same.
 */
export const schemaKeywords: ReadonlyMap<string, 'schema' | 'list' | 'map'> = new Map([
  ...[...whole, ...judging].map(keyword => [keyword, 'schema'] as const),
  ...['allOf', 'anyOf', 'oneOf', 'prefixItems'].map(keyword => [keyword, 'list'] as const),
  ...['properties', 'patternProperties', '$defs'].map(keyword => [keyword, 'map'] as const),
]);

/** Keywords that hold anything else. `$dynamicRef`, `$anchor` and a nested `$id` are left out: a path is enough to refer by. */
export const dataKeywords: ReadonlySet<string> = new Set(
  `$ref $comment title description type enum const default examples deprecated readOnly writeOnly format pattern
   minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems uniqueItems
   minContains maxContains minProperties maxProperties required dependentRequired`.split(/\s+/),
);

/** Keywords that the root of a file may have besides. */
export const rootKeywords: ReadonlySet<string> = new Set(['$schema', '$id']);

const text: Schema = { type: 'string', minLength: 1 };

const bothLanguages: Schema = {
  type: 'object',
  properties: { zh: text, en: text },
  required: ['zh', 'en'],
  additionalProperties: false,
};

/** Stile's own keywords, each with the schema of its value. */
export const ownKeywords: ReadonlyMap<string, Schema> = new Map<string, Schema>([
  ['x-title', bothLanguages],
  ['x-description', bothLanguages],
  ['x-stile-subject', { enum: ['asked', 'related'] }],
  ['x-stile-identifier', { enum: ['resident', 'organisation'] }],
  ['x-stile-sensitivity', { enum: ['public', 'internal', 'personal', 'sensitive'] }],
]);
