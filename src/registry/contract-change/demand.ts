/** One keyword that a schema demands of a value, and what is known of that value already. */
import type { Schema } from '../schema-store.js';
import type { Gap } from './change-rule.js';
import type { Known, Type } from './known.js';

/** A demand that what is known does not meet. */
export interface Shortfall {
  readonly gap: Gap;
  /** The field, as grants name it: `members[].residentId`; empty for the whole. */
  readonly path: string;
  /** The schema that demands, and by which keyword. */
  readonly wanted: Schema;
  readonly keyword: string;
  /** What is known of the same value. */
  readonly known: readonly Known[];
  /** The member in question, where the schemas name it. */
  readonly name?: string;
}

export interface Demand {
  readonly known: readonly Known[];
  /** Of what is known. */
  readonly types: ReadonlySet<Type>;
  readonly wanted: Schema;
  readonly keyword: string;
  /** The keyword's value. */
  readonly held: unknown;
  readonly path: string;
  /** What is lacking for all that passes `known` to pass `wanted`; nothing when it is sure to. */
  prove(known: readonly Known[], wanted: unknown, path: string): readonly Shortfall[];
  /** True when nothing can pass all of them; false when that is not known. */
  impossible(known: readonly Known[]): boolean;
  /** True when both say the same, annotations aside. */
  same(one: unknown, other: unknown): boolean;
  /** True when the value passes the schema. */
  accepts(schema: unknown, value: unknown): boolean;
}

/** The demand is not met. */
export const lacks = (
  { path, wanted, keyword, known }: Demand,
  gap: Gap,
  more: { readonly path?: string; readonly name?: string } = {},
): readonly Shortfall[] => [{ gap, path, wanted, keyword, known, ...more }];

/** The demand is met, or it is not. */
export const unless = (met: boolean, demand: Demand, gap: Gap): readonly Shortfall[] => (met ? [] : lacks(demand, gap));
