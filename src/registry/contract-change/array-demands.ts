/** What schemas demand of arrays. */
import { gap } from './change-rule.js';
import { type Demand, type Shortfall, unless } from './demand.js';
import { flat, itemAt, listed, mostItems, numbers, placedItems } from './known.js';
import { atLeast, atMost } from './scalar-demands.js';

type Judge = (demand: Demand) => readonly Shortfall[];

/** What the items from one index to before another lack. */
function itemsLack(demand: Demand, from: number, to: number, wanted: (index: number) => unknown): readonly Shortfall[] {
  const most = Math.min(to, mostItems(demand.known));
  const found: Shortfall[] = [];
  for (let index = from; index < most; index++) {
    found.push(...itemLacks(demand, index, wanted(index)));
  }
  return found;
}

function itemLacks(demand: Demand, index: number, wanted: unknown): readonly Shortfall[] {
  const known = itemAt(demand.known, index);
  if (demand.impossible(known)) return [];
  return wanted === false ? unless(false, demand, gap.items) : demand.prove(known, wanted, `${demand.path}[]`);
}

const prefixItems: Judge = demand => {
  const placed = listed(demand.wanted, 'prefixItems');
  return itemsLack(demand, 0, placed.length, index => placed[index]);
};

const items: Judge = demand => {
  const from = listed(demand.wanted, 'prefixItems').length;
  const placed = Math.max(from, placedItems(demand.known));
  const found = itemsLack(demand, from, placed, () => demand.held);
  return mostItems(demand.known) > placed ? [...found, ...itemLacks(demand, placed, demand.held)] : found;
};

const unevaluatedItems: Judge = demand => {
  const sure = flat(demand.wanted);
  if (sure.some(schema => schema !== false && 'items' in schema)) return [];
  return unless(mostItems(demand.known) <= placedItems(sure), demand, gap.unjudged);
};

const contains: Judge = demand => {
  const { wanted, known } = demand;
  const least = typeof wanted.minContains === 'number' ? wanted.minContains : 1;
  const most = typeof wanted.maxContains === 'number' ? wanted.maxContains : Number.POSITIVE_INFINITY;
  if (least === 0 && most === Number.POSITIVE_INFINITY) return [];
  const met = known.some(schema => {
    if (schema === false || !('contains' in schema) || !demand.same(schema.contains, demand.held)) return false;
    const sureLeast = Math.max(...numbers([schema], 'minContains'), 'minContains' in schema ? 0 : 1);
    return sureLeast >= least && Math.min(...numbers([schema], 'maxContains')) <= most;
  });
  return unless(met, demand, gap.unjudged);
};

const uniqueItems: Judge = demand =>
  unless(
    demand.held === false ||
      mostItems(demand.known) <= 1 ||
      demand.known.some(schema => schema !== false && schema.uniqueItems === true),
    demand,
    gap.items,
  );

export const arrayDemands: Readonly<Record<string, Judge>> = {
  prefixItems,
  items,
  unevaluatedItems,
  contains,
  uniqueItems,
  minItems: demand => atLeast(demand),
  maxItems: demand => atMost(demand, mostItems(demand.known)),
};
