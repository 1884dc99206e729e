/** Turns one value of a department's codes, dates or notation into the contract's, or back: the leaves of a mapping. */
import type { CodeList, Mapping } from '../schemas/stile/adapters/http-service.js';
import { contractDate, contractTime, type DateForm, formOf } from './dates.js';
import { dividedBy, times } from './decimal.js';
import { direction, type MappingScope } from './mapping-scope.js';
import { ruleFault } from './rule-fault.js';

/** A rule written out; a mapping that is text is the path of one. */
export type Rule = Exclude<Mapping, string>;

export interface Translator {
  /** Undefined when the value is none that the rule knows. */
  readonly convert: (value: unknown) => unknown;
  /** What is then said of it. */
  readonly wrong: string;
}

/** @param pointer where the rule stands */
export function translator(rule: Rule, scope: MappingScope, pointer: string): Translator {
  const first = firstTranslator(rule, scope, pointer);
  const { as } = rule;
  if (as === undefined) return first;
  const last = as === 'text' ? toText : toNumber;
  return {
    convert: value => last(first.convert(value)),
    wrong: rule.codes || rule.date || rule.time || rule.times ? first.wrong : `is no ${as}`,
  };
}

function firstTranslator(rule: Rule, scope: MappingScope, pointer: string): Translator {
  if (rule.codes !== undefined) return codeTranslator(rule.codes, scope, `${pointer}/codes`);
  if (rule.date !== undefined) return dateTranslator(rule.date, contractDate, scope, `${pointer}/date`);
  if (rule.time !== undefined) {
    return dateTranslator(rule.time, contractTime(scope.utcOffset), scope, `${pointer}/time`);
  }
  if (rule.times !== undefined) return unitTranslator(rule.times, scope);
  return { convert: value => value, wrong: '' };
}

function codeTranslator(named: string | CodeList, scope: MappingScope, pointer: string): Translator {
  const list = typeof named === 'string' ? scope.codes[named] : named;
  if (list === undefined) scope.report(pointer, ruleFault.unknownCodeList);
  const pairs: [string, unknown][] = Object.entries(list ?? {});
  const back = scope.direction === direction.toDepartment;
  const codes = new Map(back ? pairs.map(([code, value]) => [String(value), code]) : pairs);
  if (codes.size < pairs.length) scope.report(pointer, ruleFault.ambiguousCodeList);
  return {
    convert: value => (typeof value === 'object' ? undefined : codes.get(String(value))),
    wrong: 'is no code of its list',
  };
}

function dateTranslator(form: string, contract: DateForm, scope: MappingScope, pointer: string): Translator {
  const department = formOf(form, scope.utcOffset);
  if (department === undefined) {
    scope.report(pointer, ruleFault.unknownDateForm);
    return { convert: () => undefined, wrong: 'has no form' };
  }
  const toContract = scope.direction === direction.toContract;
  const [from, to] = toContract ? [department, contract] : [contract, department];
  return {
    convert(value) {
      const local = from.read(value);
      return local === undefined ? undefined : to.write(local);
    },
    wrong: toContract ? `is no ${form}` : 'is no date of the contract',
  };
}

/** A number stays a number and text stays text; neither is ever rounded. */
function unitTranslator(factor: number, scope: MappingScope): Translator {
  const scale = scope.direction === direction.toContract ? times : dividedBy;
  return {
    convert(value) {
      const made = scale(value, factor);
      return typeof value === 'number' ? toNumber(made) : made;
    },
    wrong: 'is no number of its unit',
  };
}

function toText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** A number that a double holds as it was written, as the strict JSON reader has it. */
function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(value)) return undefined;
  const number = Number(value);
  return Math.abs(number) <= Number.MAX_SAFE_INTEGER && value.length <= 16 ? number : undefined;
}
