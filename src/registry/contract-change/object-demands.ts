/** What schemas demand of objects. */
import { isSchema } from '../schema-store.js';
import { gap } from './change-rule.js';
import { type Demand, lacks, type Shortfall, unless } from './demand.js';
import { evaluated, flat, listed, mapped, matches, memberOf, namesOf, otherMember, requiredOf } from './known.js';
import { atLeast, atMost } from './scalar-demands.js';

type Judge = (demand: Demand) => readonly Shortfall[];

const below = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** The member may be there, as far as is known. */
const mayHave = ({ known, impossible }: Demand, name: string): boolean =>
  namesOf(known)?.has(name) !== false && !impossible(memberOf(known, name));

/** What the member lacks; nothing where it can never be there. */
function memberLacks(demand: Demand, name: string, wanted: unknown): readonly Shortfall[] {
  if (!mayHave(demand, name)) return [];
  const path = below(demand.path, name);
  if (wanted === false) return lacks(demand, gap.member, { path, name });
  return demand.prove(memberOf(demand.known, name), wanted, path);
}

const properties: Judge = demand =>
  Object.entries(isSchema(demand.held) ? demand.held : {}).flatMap(([name, wanted]) =>
    memberLacks(demand, name, wanted),
  );

/** Names that what is known speaks of. */
const spokenOf = ({ known }: Demand): string[] => [
  ...new Set(known.flatMap(schema => (schema === false ? [] : Object.keys(mapped(schema, 'properties'))))),
];

const patternProperties: Judge = demand => {
  const names = namesOf(demand.known);
  return Object.entries(isSchema(demand.held) ? demand.held : {}).flatMap(([pattern, wanted]) => {
    const spoken = [...(names ?? spokenOf(demand))].filter(name => matches(pattern, name));
    const found = spoken.flatMap(name => memberLacks(demand, name, wanted));
    if (names !== undefined) return found;
    const alike = demand.known.flatMap(schema =>
      schema === false ? [] : flat(mapped(schema, 'patternProperties')[pattern]),
    );
    return [...found, ...demand.prove([...alike, ...otherMember(demand.known)], wanted, demand.path)];
  });
};

const additionalProperties: Judge = demand => {
  const { wanted, held } = demand;
  const patterns = Object.keys(mapped(wanted, 'patternProperties'));
  const spoken = (name: string): boolean =>
    Object.hasOwn(mapped(wanted, 'properties'), name) || patterns.some(pattern => matches(pattern, name));
  return others(demand, held, name => !spoken(name));
};

const unevaluatedProperties: Judge = demand => {
  const { wanted, held } = demand;
  const sure = flat(wanted);
  if (sure.some(schema => schema !== false && 'additionalProperties' in schema)) return [];
  const names = new Set(sure.flatMap(schema => (schema === false ? [] : Object.keys(mapped(schema, 'properties')))));
  const maybe = evaluated(wanted);
  return others(demand, held, name => !names.has(name)).map(shortfall => ({
    ...shortfall,
    gap: maybe?.has(shortfall.name ?? '') === false ? shortfall.gap : gap.unjudged,
  }));
};

/** What members that only `held` speaks of lack. */
function others(demand: Demand, held: unknown, concerns: (name: string) => boolean): readonly Shortfall[] {
  const names = namesOf(demand.known);
  const found = [...(names ?? spokenOf(demand))].filter(concerns).flatMap(name => memberLacks(demand, name, held));
  if (names !== undefined) return found;
  if (held === false) return [...found, ...lacks(demand, gap.member)];
  return [...found, ...demand.prove(otherMember(demand.known), held, demand.path)];
}

const propertyNames: Judge = demand => {
  const names = namesOf(demand.known);
  if (names === undefined) {
    const known = demand.known.flatMap(schema => (schema === false ? [false as const] : flat(schema.propertyNames)));
    return demand.prove([{ type: 'string' }, ...known], demand.held, demand.path);
  }
  return [...names]
    .filter(name => mayHave(demand, name) && !demand.accepts(demand.held, name))
    .flatMap(name => lacks(demand, gap.member, { path: below(demand.path, name), name }));
};

const required: Judge = demand => {
  const sure = requiredOf(demand.known);
  return listed(demand.wanted, 'required')
    .map(String)
    .filter(name => !sure.has(name))
    .flatMap(name => lacks(demand, gap.required, { path: below(demand.path, name), name }));
};

const dependentRequired: Judge = demand =>
  Object.entries(mapped(demand.wanted, demand.keyword)).flatMap(([name, dependents]) => {
    if (!mayHave(demand, name) || !Array.isArray(dependents)) return [];
    const sure = requiredOf(demand.known);
    const besides = demand.known.flatMap(schema =>
      schema === false ? [] : [mapped(schema, 'dependentRequired')[name] ?? []].flat(),
    );
    return unless(
      dependents.every(each => sure.has(String(each)) || besides.includes(each)),
      demand,
      gap.required,
    );
  });

export const objectDemands: Readonly<Record<string, Judge>> = {
  properties,
  patternProperties,
  additionalProperties,
  unevaluatedProperties,
  propertyNames,
  required,
  dependentRequired,
  minProperties: demand => atLeast(demand, requiredOf(demand.known).size),
  maxProperties: demand => atMost(demand, namesOf(demand.known)?.size),
};
