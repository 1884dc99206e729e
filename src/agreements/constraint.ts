/** Constraints: rules on the request that an agreement demands, compiled once. */
import type { JsonObject } from '../../adapters/adapter.js';
import { items, segmentsOf } from '../field-path.js';
import type { Constraint } from './agreement.js';

export interface CompiledConstraint {
  readonly kind: Constraint['kind'];
  readonly field: string;
  holds(request: JsonObject): boolean;
}

/**
 * Compiles a constraint. It holds when the request has the field and every value of it keeps the rule.
 *
 * @param division the consumer department's, a GB/T 2260 code
 */
export function compileConstraint(constraint: Constraint, division: string): CompiledConstraint {
  const { kind, field } = constraint;
  const allows = ruleOf(constraint, division);
  const segments = segmentsOf(field);
  return {
    kind,
    field,
    holds: request => {
      const values = valuesAt(request, segments, 0);
      return values.length > 0 && values.every(allows);
    },
  };
}

function ruleOf(constraint: Constraint, division: string): (value: unknown) => boolean {
  if (constraint.kind === 'one-of') {
    const allowed: ReadonlySet<unknown> = new Set(constraint.values);
    return value => allowed.has(value);
  }
  const prefix = divisionPrefix(division);
  return value => typeof value === 'string' && value.startsWith(prefix);
}

/**
 * The digits that all codes within a division begin with: GB/T 2260 gives two to the province, two to the city and two
 * to the county, and fills up with zeros.
 */
export function divisionPrefix(division: string): string {
  if (division.endsWith('0000')) return division.slice(0, 2);
  return division.endsWith('00') ? division.slice(0, 4) : division;
}

function valuesAt(value: unknown, segments: readonly string[], at: number): unknown[] {
  const segment = segments[at];
  if (segment === undefined) return [value];
  if (segment === items) {
    return Array.isArray(value) ? value.flatMap(item => valuesAt(item, segments, at + 1)) : [];
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return [];
  return valuesAt((value as Record<string, unknown>)[segment], segments, at + 1);
}
