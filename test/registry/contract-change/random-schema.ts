/** Random schemas and values of every keyword that contracts may use, from a seed: small, so that they often meet. */
import type { Random } from '../../../src/sandbox/random.js';

type Written = Record<string, unknown>;

const names = ['a', 'b', 'c'] as const;
const texts = ['', 'a', 'ab', 'b', '2020-02-29', 'abc'] as const;
const numbers = [-1, 0, 0.5, 1, 2, 3, 6] as const;

/** A value no deeper than `depth`. */
export function randomValue(random: Random, depth: number): unknown {
  const kind = random.between(0, depth > 0 ? 5 : 3);
  if (kind === 0) return random.pick(texts);
  if (kind === 1) return random.pick(numbers);
  if (kind === 2) return random.chance(0.5);
  if (kind === 3) return random.chance(0.5) ? null : random.pick(texts);
  if (kind === 4) return Array.from({ length: random.between(0, 3) }, () => randomValue(random, depth - 1));
  return Object.fromEntries(names.filter(() => random.chance(0.5)).map(name => [name, randomValue(random, depth - 1)]));
}

/** A schema no deeper than `depth`; sometimes `true` or `false`. */
export function randomSchema(random: Random, depth: number): unknown {
  if (random.chance(0.06)) return random.chance(0.6);
  const schema: Written = {};
  for (let count = random.between(1, 4); count > 0; count--) Object.assign(schema, keyword(random, depth));
  return schema;
}

/** The schema with one thing other, here or further down. */
export function changed(random: Random, schema: unknown, depth: number): unknown {
  if (typeof schema !== 'object' || schema === null || random.chance(0.1)) return randomSchema(random, depth);
  const written: Written = { ...schema };
  const keys = Object.keys(written);
  const key = random.pick(keys.length === 0 ? ['type'] : keys);
  const within = written[key];
  if (random.chance(0.25)) delete written[key];
  else if (random.chance(0.3)) Object.assign(written, keyword(random, depth));
  else if (['items', 'additionalProperties', 'not', 'if', 'then', 'else', 'contains'].includes(key)) {
    written[key] = changed(random, within, depth - 1);
  } else if (['allOf', 'anyOf', 'oneOf', 'prefixItems'].includes(key) && Array.isArray(within)) {
    const at = random.between(0, within.length - 1);
    written[key] = within.map((each, index) => (index === at ? changed(random, each, depth - 1) : each));
  } else if (key === 'properties' && typeof within === 'object' && within !== null) {
    const name = random.pick(names);
    written[key] = {
      ...within,
      [name]: changed(random, Object.entries(within).find(([each]) => each === name)?.[1], depth - 1),
    };
  } else if (typeof within === 'number') written[key] = Math.max(1, within + random.pick([-1, 1]));
  else Object.assign(written, keyword(random, depth));
  return written;
}

function keyword(random: Random, depth: number): Written {
  return depth > 0 && random.chance(0.6) ? combining(random, depth - 1) : plain(random);
}

const some = <T>(random: Random, items: readonly T[]): T[] => items.filter(() => random.chance(0.5));
const length = (random: Random): number => random.between(0, 3);

function plain(random: Random): Written {
  const types = ['string', 'integer', 'number', 'boolean', 'null', 'array', 'object'] as const;
  return random.pick<() => Written>([
    () => ({ type: random.pick(types) }),
    () => ({ type: random.pick(types) }),
    () => ({ type: [...new Set([random.pick(types), random.pick(types)])] }),
    () => ({ enum: [...new Set([random.pick(texts), random.pick(numbers), random.pick([true, null])])] }),
    () => ({ const: random.pick([...texts, ...numbers, null, { a: 1 }, [1, 2]]) }),
    () => ({ pattern: random.pick(['^a', 'b$', '^[ab]*$']) }),
    () => ({ format: random.pick(['date', 'personal-name']) }),
    () => ({ minLength: length(random) }),
    () => ({ maxLength: length(random) }),
    () => ({ minimum: random.pick(numbers) }),
    () => ({ maximum: random.pick(numbers) }),
    () => ({ exclusiveMinimum: random.pick(numbers) }),
    () => ({ exclusiveMaximum: random.pick(numbers) }),
    () => ({ multipleOf: random.pick([0.5, 1, 2, 3, 6]) }),
    () => ({ minItems: length(random) }),
    () => ({ maxItems: length(random) }),
    () => ({ uniqueItems: random.chance(0.7) }),
    () => ({ minProperties: length(random) }),
    () => ({ maxProperties: length(random) }),
    () => ({ required: some(random, names) }),
    () => ({ dependentRequired: { [random.pick(names)]: some(random, names) } }),
  ])();
}

function combining(random: Random, depth: number): Written {
  const schema = (): unknown => randomSchema(random, depth);
  const several = (): unknown[] => Array.from({ length: random.between(1, 3) }, schema);
  const properties = (): Written => ({
    properties: Object.fromEntries(some(random, names).map(name => [name, schema()])),
  });
  return random.pick<() => Written>([
    properties,
    () => ({ ...properties(), additionalProperties: random.chance(0.7) ? false : schema() }),
    () => ({ ...properties(), additionalProperties: random.chance(0.7) ? false : schema() }),
    () => ({ ...properties(), allOf: several(), unevaluatedProperties: random.chance(0.7) ? false : schema() }),
    () => ({ patternProperties: { [random.pick(['^a', '[bc]'])]: schema() } }),
    () => ({ propertyNames: { enum: ['a', ...some(random, ['b', 'c'])] } }),
    () => ({ propertyNames: schema() }),
    () => ({ items: schema() }),
    () => ({ prefixItems: several(), items: random.chance(0.5) ? false : schema() }),
    () => ({ prefixItems: several(), unevaluatedItems: random.chance(0.7) ? false : schema() }),
    () => ({
      contains: schema(),
      ...(random.chance(0.5) ? { minContains: length(random) } : { maxContains: length(random) }),
    }),
    () => ({ allOf: several() }),
    () => ({ anyOf: several() }),
    () => ({ oneOf: several() }),
    () => ({ not: schema() }),
    () => ({
      if: schema(),
      ...(random.chance(0.8) ? Object.fromEntries([['then', schema()]]) : {}),
      ...(random.chance(0.6) ? { else: schema() } : {}),
    }),
  ])();
}
