/** What schemas demand by combining others. */
import { gap } from './change-rule.js';
import { type Demand, type Shortfall, unless } from './demand.js';
import { flat, listed } from './known.js';

type Judge = (demand: Demand) => readonly Shortfall[];

const meets = ({ prove, known, path }: Demand, wanted: unknown): boolean => prove(known, wanted, path).length === 0;

const anyOf: Judge = demand =>
  unless(
    listed(demand.wanted, 'anyOf').some(branch => meets(demand, branch)),
    demand,
    gap.alternatives,
  );

/** One is met, and each of the others can be met by nothing that is known. */
const oneOf: Judge = demand => {
  const branches = listed(demand.wanted, 'oneOf');
  const met = branches.some(
    (branch, at) =>
      meets(demand, branch) &&
      branches.every((other, index) => index === at || demand.impossible([...demand.known, ...flat(other)])),
  );
  return unless(met, demand, gap.alternatives);
};

/** Nothing known can pass it: no value at all, or whatever would is refused already by a wider `not`. */
const not: Judge = demand => {
  const { known, held, path, impossible, prove } = demand;
  const met =
    held === false ||
    impossible([...known, ...flat(held)]) ||
    known.some(schema => schema !== false && 'not' in schema && prove(flat(held), schema.not, path).length === 0);
  return unless(met, demand, gap.unjudged);
};

/** With the same condition known, each branch has what is known of it; otherwise both must hold whatever the value. */
const conditional: Judge = demand => {
  const { wanted, known, prove, path, same, impossible } = demand;
  const within = (branch: unknown, condition: 'then' | 'else'): readonly Shortfall[] => {
    if (branch === undefined) return [];
    const alike = known.flatMap(schema =>
      schema !== false && 'if' in schema && same(schema.if, wanted.if) ? flat(schema[condition]) : [],
    );
    const besides = condition === 'then' ? flat(wanted.if) : [{ not: wanted.if }];
    return impossible([...known, ...besides]) ? [] : prove([...known, ...besides, ...alike], branch, path);
  };
  return [...within(wanted.then, 'then'), ...within(meets(demand, wanted.if) ? undefined : wanted.else, 'else')];
};

export const combinedDemands: Readonly<Record<string, Judge>> = { anyOf, oneOf, not, if: conditional };
