/** Exceptions from safety rules: a line of the config file itself, which says why. */
import { below, type Fault, valueAt } from '../fault.js';
import { nearest } from '../nearest.js';
import { didYouMean } from '../shape-text.js';
import type { Source } from '../source.js';
import { type Judged, told } from './judged.js';
import { type SafetyRuleId, safetyRules } from './safety-rule.js';

export interface Exception {
  readonly rule: string;
  /** RFC 6901, within the file: it excuses what is there, and all below. */
  readonly at: string;
  readonly reason: string;
}

/** A finding that is excused, and why. */
export interface Excepted {
  readonly fault: Fault;
  readonly reason: string;
}

/** Those that the file states. */
export const exceptionsOf = (value: unknown): readonly Exception[] =>
  (valueAt(value, '/exceptions') as readonly Exception[] | undefined) ?? [];

/** Parts what is excused from what is not; an exception that excuses nothing is itself told. */
export function withoutExcepted(
  judged: readonly Judged[],
  exceptions: readonly Exception[],
  source: Source,
): { readonly faults: readonly Fault[]; readonly excepted: readonly Excepted[] } {
  const faults: Fault[] = [];
  const excepted: Excepted[] = [];
  const used = new Set<Exception>();
  for (const each of judged) {
    const exception = exceptions.find(({ rule, at }) => rule === each.rule && isAtOrBelow(each.pointer, at));
    if (each.isOpen) {
      if (exception !== undefined) used.add(exception);
      continue;
    }
    const fault = source.fault(told(each));
    if (exception === undefined) faults.push(fault);
    else {
      used.add(exception);
      excepted.push({ fault, reason: exception.reason });
    }
  }
  for (const [index, exception] of exceptions.entries()) {
    const pointer = below('/exceptions', index);
    if (!Object.hasOwn(safetyRules, exception.rule)) faults.push(source.fault(noRule(exception.rule, pointer)));
    else if (!used.has(exception)) faults.push(source.fault(told({ rule: 'STILE-S090', pointer })));
  }
  return { faults, excepted };
}

const isAtOrBelow = (pointer: string, above: string): boolean => pointer === above || pointer.startsWith(`${above}/`);

function noRule(rule: string, pointer: string) {
  const known = Object.keys(safetyRules) as SafetyRuleId[];
  const found = told({ rule: 'STILE-S091', pointer: `${pointer}/rule`, found: JSON.stringify(rule) });
  return { ...found, fix: didYouMean(nearest(rule, known), known, found.fix) };
}
