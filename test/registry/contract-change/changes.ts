/** Changes of a schema by one thing, with the rules that each breaks in either direction. */
import { closed, thenSchema } from '../own-contract.js';

const text = { type: 'string' };

/** An object with one field of that schema. */
export const of = (schema: object, more: object = {}) => closed({ a: schema }, more);

/** Rows of: what was, what is, and what that breaks; the other way round breaks what stands last. */
export const changes: readonly (readonly [string, object, object, readonly string[], readonly string[]])[] = [
  ['type', of({ type: 'integer' }), of({ type: 'number' }), ['reply-type a'], ['request-type a']],
  ['null', of(text), of({ type: ['string', 'null'] }), ['reply-type a'], ['request-type a']],
  ['values', of({ ...text, enum: ['x'] }), of({ ...text, enum: ['x', 'y'] }), ['reply-values a'], ['request-values a']],
  ['const', of({ ...text, const: 'x' }), of({ ...text, enum: ['x', 'y'] }), ['reply-values a'], ['request-values a']],
  ['pattern', of({ ...text, pattern: '^a' }), of(text), ['reply-pattern a'], ['request-pattern a']],
  ['format', of({ ...text, format: 'date' }), of(text), ['reply-format a'], ['request-format a']],
  ['length', of({ ...text, maxLength: 3 }), of({ ...text, maxLength: 4 }), ['reply-bound a'], ['request-bound a']],
  [
    'exclusive bounds',
    of({ type: 'number', exclusiveMinimum: 1 }),
    of({ type: 'number', minimum: 1 }),
    ['reply-bound a'],
    ['request-bound a'],
  ],
  [
    'steps',
    of({ type: 'integer', multipleOf: 6 }),
    of({ type: 'integer', multipleOf: 3 }),
    ['reply-bound a'],
    ['request-bound a'],
  ],
  ['required', of(text, { required: ['a'] }), of(text), ['reply-required a'], ['request-required a']],
  ['member', of(text), closed({ a: text, b: text }), ['reply-member b'], ['request-member b', 'reply-field-removed b']],
  [
    'items',
    of({ type: 'array', items: { ...text, maxLength: 3 }, uniqueItems: true }),
    of({ type: 'array', items: text }),
    ['reply-bound a[]', 'reply-items a'],
    ['request-bound a[]', 'request-items a'],
  ],
  [
    'alternatives',
    of({ anyOf: [{ ...text, maxLength: 1 }, { type: 'integer' }] }),
    of({ anyOf: [{ ...text, maxLength: 2 }, { type: 'integer' }] }),
    ['reply-alternatives a'],
    ['request-alternatives a'],
  ],
  [
    'one of',
    of({ oneOf: [{ ...text, enum: ['x'] }, { type: 'integer' }] }),
    of({ oneOf: [{ ...text, enum: ['x', 'y'] }, { type: 'integer' }] }),
    ['reply-alternatives a'],
    ['request-alternatives a'],
  ],
  [
    'negation',
    of({ ...text, not: { type: 'string', minLength: 3, pattern: '^b' } }),
    of({ ...text, not: { type: 'string', minLength: 4, pattern: '^b' } }),
    ['reply-unjudged a'],
    ['request-unjudged a'],
  ],
  [
    'conditions',
    of(text, { if: { type: 'object', properties: { a: { const: 'x' } } }, ...thenSchema({ required: ['a'] }) }),
    of(text),
    ['reply-required a'],
    ['request-required a'],
  ],
];
