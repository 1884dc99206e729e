/**
 * Proves that whatever passes one schema passes another, keyword by keyword, or says what is lacking for it.
 * No answer is guessed: what cannot be proved is lacking, so that a contract is never taken for kept when it is broken.
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { canonicalText } from '../../ledger/canonical.js';
import { formats } from '../formats.js';
import { isSchema, type Schema } from '../schema-store.js';
import { arrayDemands } from './array-demands.js';
import { gap } from './change-rule.js';
import { combinedDemands } from './combined-demands.js';
import type { Demand, Shortfall } from './demand.js';
import { countable, flat, type Known, listed, memberOf, namesOf, requiredOf, type Type, typesOf } from './known.js';
import { objectDemands } from './object-demands.js';
import { scalarDemands } from './scalar-demands.js';

/** Keywords that another one judges, or that pass everything. */
const silent = new Set(['allOf', 'then', 'else', 'minContains', 'maxContains', 'readOnly', 'writeOnly']);

/** Steps after which a proof is given up: alternatives within alternatives have no end otherwise. */
const mostSteps = 3000;

/** Deepest that a proof looks into required members for one that can never be there. */
const deepest = 8;

/** @returns what is lacking; nothing when all that passes `narrow` is sure to pass `wide` */
export function contained(narrow: Schema, wide: Schema): readonly Shortfall[] {
  const { same, accepts, failed } = comparing();
  let steps = 0;

  const impossible = (known: readonly Known[], depth = 0): boolean => {
    const types = typesOf(known);
    if (types.size === 0) return true;
    if (++steps > mostSteps) return false;
    const values = countable(known);
    if (values !== undefined) return !values.some(value => known.every(schema => accepts(schema, value)));
    if (depth === deepest || types.size > 1 || !types.has('object')) return false;
    const names = namesOf(known);
    return [...requiredOf(known)].some(
      name => names?.has(name) === false || impossible(memberOf(known, name), depth + 1),
    );
  };

  const prove = (
    known: readonly Known[],
    wanted: unknown,
    path: string,
    parted: ReadonlySet<unknown> = new Set(),
  ): readonly Shortfall[] => {
    if (wanted === true || wanted === undefined) return [];
    if (impossible(known)) return [];
    const within = (found: readonly Known[], schema: unknown, at: string): readonly Shortfall[] =>
      prove(found, schema, at, at === path ? parted : new Set());
    const found = flat(wanted).flatMap(schema =>
      known.some(each => same(each, schema)) ? [] : lacking(schema, known, path, within),
    );
    return found.length === 0 ? found : byCases(known, wanted, path, parted, found);
  };

  const lacking = (
    wanted: Known,
    known: readonly Known[],
    path: string,
    within: Demand['prove'],
  ): readonly Shortfall[] => {
    if (wanted === false) return [{ gap: gap.unjudged, path, wanted: {}, keyword: 'not', known }];
    if (steps > mostSteps) return [{ gap: gap.unjudged, path, wanted, keyword: '', known }];
    const values = countable(known)?.filter(value => known.every(schema => accepts(schema, value)));
    if (values?.every(value => accepts(wanted, value))) return [];
    const types = typesOf(known);
    return Object.entries(wanted).flatMap(([keyword, held]) => {
      if (silent.has(keyword)) return [];
      const demand: Demand = { known, types, wanted, keyword, held, path, prove: within, impossible, same, accepts };
      if (values?.every(value => accepts({ ...neighbours(wanted, keyword), [keyword]: held }, value))) return [];
      return judged(demand);
    });
  };

  /** Takes what is known apart, one alternative or one type after the other: each may meet the demand in its own way. */
  const byCases = (
    known: readonly Known[],
    wanted: unknown,
    path: string,
    parted: ReadonlySet<unknown>,
    found: readonly Shortfall[],
  ): readonly Shortfall[] => {
    const cases = casesOf(known, parted);
    if (cases === undefined || steps > mostSteps) return found;
    const within = new Set([...parted, cases.of]);
    const rest = cases.each.flatMap(each => prove([...known, ...each], wanted, path, within));
    return rest.length === 0 ? [] : found.length <= rest.length ? found : rest;
  };

  const found = prove(flat(narrow), wide, '');
  if (found.length > 0 || !failed()) return found;
  return [{ gap: gap.unjudged, path: '', wanted: wide, keyword: '', known: flat(narrow) }];
}

/** The first alternatives not yet parted, and the types after them. */
function casesOf(known: readonly Known[], parted: ReadonlySet<unknown>) {
  for (const schema of known) {
    if (schema === false) continue;
    for (const keyword of ['anyOf', 'oneOf']) {
      const of = schema[keyword];
      if (of !== undefined && !parted.has(of)) return { of, each: listed(schema, keyword).map(flat) };
    }
    if ('if' in schema && !parted.has(schema.if)) {
      const passed = [...flat(schema.if), ...flat(schema.then)];
      return { of: schema.if, each: [passed, [{ not: schema.if }, ...flat(schema.else)]] };
    }
  }
  const types = [...typesOf(known)];
  if (types.length < 2 || parted.has('types')) return undefined;
  return { of: 'types', each: types.map(type => [onlyOf(type)]) };
}

const onlyOf = (type: Type): Schema => (type === 'fraction' ? { type: 'number', not: { type: 'integer' } } : { type });

const judges: Readonly<Record<string, (demand: Demand) => readonly Shortfall[]>> = {
  ...Object.fromEntries(
    Object.entries(scalarDemands).map(([keyword, { types, judge }]) => [
      keyword,
      (demand: Demand) => (types?.some(type => demand.types.has(type)) === false ? [] : judge(demand)),
    ]),
  ),
  ...onlyFor('object', objectDemands),
  ...onlyFor('array', arrayDemands),
  ...combinedDemands,
};

function onlyFor(type: Type, demands: Readonly<Record<string, (demand: Demand) => readonly Shortfall[]>>) {
  return Object.fromEntries(
    Object.entries(demands).map(([keyword, judge]) => [
      keyword,
      (demand: Demand) => (demand.types.has(type) ? judge(demand) : []),
    ]),
  );
}

/** By the keyword's own judge; one that none knows is not judged, and so not met. */
const judged = (demand: Demand): readonly Shortfall[] => {
  const judge = Object.hasOwn(judges, demand.keyword) ? judges[demand.keyword] : undefined;
  return judge?.(demand) ?? [{ ...demand, gap: gap.unjudged }];
};

const leaning = new Set([
  'additionalProperties',
  'unevaluatedProperties',
  'items',
  'unevaluatedItems',
  'contains',
  'if',
]);

/** Keywords whose meaning depends on their neighbours are tried with them. */
const neighbours = (schema: Schema, keyword: string): Schema => (leaning.has(keyword) ? schema : {});

interface Comparing extends Pick<Demand, 'same' | 'accepts'> {
  /** True once a value could not be tried. */
  failed(): boolean;
}

/** Compares schemas by what they say, and tries values on them; each schema is read once. */
function comparing(): Comparing {
  let failures = 0;
  const ajv = new Ajv2020({
    strict: false,
    formats,
    logger: false,
    messages: false,
    meta: false,
    validateSchema: false,
  });
  const compiled = new Map<string, ValidateFunction>();
  const texts = new WeakMap<Schema, string>();
  const textOf = (schema: unknown): string => {
    if (!isSchema(schema)) return canonicalText(schema ?? true);
    const text = texts.get(schema) ?? canonicalText(schema);
    texts.set(schema, text);
    return text;
  };
  const accepts = (schema: unknown, value: unknown): boolean => {
    if (!isSchema(schema)) return schema !== false;
    const validate = compiled.get(textOf(schema)) ?? ajv.compile(schema);
    compiled.set(textOf(schema), validate);
    try {
      return validate(value) === true;
    } catch {
      // Ajv 8 trips over some mixtures of `unevaluatedProperties` and conditions.
      failures++;
      return false;
    }
  };
  return { same: (one, other) => textOf(one) === textOf(other), accepts, failed: () => failures > 0 };
}
