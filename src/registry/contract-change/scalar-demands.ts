/** What schemas demand of a value's type, of texts and of numbers. */
import { gap } from './change-rule.js';
import { type Demand, lacks, type Shortfall, unless } from './demand.js';
import { numbers, type Type, typesOf } from './known.js';

type Judge = (demand: Demand) => readonly Shortfall[];

/** Types that the keyword speaks of; whatever is of another passes it. */
interface ScalarDemand {
  readonly types?: readonly Type[];
  readonly judge: Judge;
}

const text: readonly Type[] = ['string'];
const number: readonly Type[] = ['integer', 'fraction'];

const type: Judge = demand => {
  const allowed = typesOf([{ type: demand.held }]);
  return unless(
    [...demand.types].every(each => allowed.has(each)),
    demand,
    gap.type,
  );
};

/** Values that can be counted up were tried one by one before. */
const listing: Judge = demand => lacks(demand, gap.values);

const alike =
  (lacking: typeof gap.pattern | typeof gap.format): Judge =>
  demand =>
    unless(
      demand.known.some(schema => schema !== false && schema[demand.keyword] === demand.held),
      demand,
      lacking,
    );

/** @param sure the least that is known otherwise */
export const atLeast = (demand: Demand, sure = 0): readonly Shortfall[] =>
  unless(Math.max(sure, ...numbers(demand.known, demand.keyword)) >= Number(demand.held), demand, gap.bound);

/** @param sure the most that is known otherwise */
export const atMost = (demand: Demand, sure = Number.POSITIVE_INFINITY): readonly Shortfall[] =>
  unless(Math.min(sure, ...numbers(demand.known, demand.keyword)) <= Number(demand.held), demand, gap.bound);

const minimum: Judge = demand => {
  const { known, held } = demand;
  const least = Math.max(...numbers(known, 'minimum'), ...numbers(known, 'exclusiveMinimum'));
  return unless(least >= Number(held), demand, gap.bound);
};

const maximum: Judge = demand => {
  const { known, held } = demand;
  const most = Math.min(...numbers(known, 'maximum'), ...numbers(known, 'exclusiveMaximum'));
  return unless(most <= Number(held), demand, gap.bound);
};

const exclusiveMinimum: Judge = demand => {
  const { known, held } = demand;
  const beyond = Math.max(...numbers(known, 'minimum')) > Number(held);
  return unless(beyond || Math.max(...numbers(known, 'exclusiveMinimum')) >= Number(held), demand, gap.bound);
};

const exclusiveMaximum: Judge = demand => {
  const { known, held } = demand;
  const beyond = Math.min(...numbers(known, 'maximum')) < Number(held);
  return unless(beyond || Math.min(...numbers(known, 'exclusiveMaximum')) <= Number(held), demand, gap.bound);
};

/** Fractions are only compared, never divided: what is left over would be the rounding. */
const multipleOf: Judge = demand => {
  const step = Number(demand.held);
  const whole = demand.types.has('fraction') ? [] : [1];
  const steps = [...numbers(demand.known, 'multipleOf'), ...whole];
  const met = steps.some(
    known => known === step || (Number.isInteger(known) && Number.isInteger(step) && known % step === 0),
  );
  return unless(met, demand, gap.bound);
};

export const scalarDemands: Readonly<Record<string, ScalarDemand>> = {
  type: { judge: type },
  enum: { judge: listing },
  const: { judge: listing },
  pattern: { types: text, judge: alike(gap.pattern) },
  format: { types: text, judge: alike(gap.format) },
  minLength: { types: text, judge: demand => atLeast(demand) },
  maxLength: { types: text, judge: demand => atMost(demand) },
  minimum: { types: number, judge: minimum },
  maximum: { types: number, judge: maximum },
  exclusiveMinimum: { types: number, judge: exclusiveMinimum },
  exclusiveMaximum: { types: number, judge: exclusiveMaximum },
  multipleOf: { types: number, judge: multipleOf },
};
