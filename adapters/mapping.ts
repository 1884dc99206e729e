/** Turns values from a department's names, code lists and dates into the contract's, and back, as config declares it. */
import type { Mapping } from '../schemas/stile/adapters/http-service.js';
import { compileExpression, type Evaluate } from './expression.js';
import type { MappingScope } from './mapping-scope.js';
import { ruleFault } from './rule-fault.js';
import { type Rule, translator } from './translation.js';

/**
 * @param source what is mapped
 * @param request the contract's request, for rules that take a value from it
 * @returns the target, or which value of it could not be made and why; never what was found instead
 */
export type MappingFunction = (source: unknown, request?: unknown) => Mapped;
export type Mapped = { readonly value: unknown } | { readonly fault: string };

/** One mapping under way. */
interface Run {
  readonly request: unknown;
  /** The first fault met; what is made after it is thrown away. */
  fault: string | undefined;
}

interface Step {
  /** Makes a value of the target. Undefined is none: either it is optional, or the run has a fault. */
  readonly make: (source: unknown, run: Run) => unknown;
  /** Whether the source says anything for this value. */
  readonly present: (source: unknown) => boolean;
}

/** A mapping that may hold expressions: then it is made by and by. */
export type LaterMapping = (source: unknown, request?: unknown) => Mapped | Promise<Mapped>;

/**
 * Compiles a rule, and all within it, into one function.
 *
 * @param pointer RFC 6901, where the rule stands
 */
export function compileMapping(node: Mapping, scope: MappingScope, pointer: string): MappingFunction {
  const [expression] = expressionsIn(node, pointer);
  if (expression !== undefined) scope.report(expression, ruleFault.expressionHere);
  const { make } = compileStep(node, scope, pointer, '');
  return (source, request) => {
    const run: Run = { request, fault: undefined };
    return outcome(make(source, run), run);
  };
}

/** The same where expressions may be; a rule without any is made at once, as ever. */
export function compileLaterMapping(node: Mapping, scope: MappingScope, pointer: string): LaterMapping {
  if (expressionsIn(node, pointer).length === 0) return compileMapping(node, scope, pointer);
  const { make } = compileStep(node, scope, pointer, '');
  return async (source, request) => {
    const run: Run = { request, fault: undefined };
    return outcome(await settled(make(source, run)), run);
  };
}

/** What is made of a mapped value: at once where it is there. */
export const afterMapping = <Made>(
  mapped: Mapped | Promise<Mapped>,
  make: (mapped: Mapped) => Made,
): Made | Promise<Made> => (mapped instanceof Promise ? mapped.then(make) : make(mapped));

const outcome = (value: unknown, { fault }: Run): Mapped => (fault === undefined ? { value } : { fault });

/** Where a rule, or one within it, is an expression. */
function expressionsIn(node: Mapping, pointer: string): string[] {
  if (typeof node === 'string') return [];
  const { expression, fields = {}, each } = node;
  return [
    ...(expression === undefined ? [] : [`${pointer}/expression`]),
    ...Object.entries(fields).flatMap(([name, below]) => expressionsIn(below, pointerTo(`${pointer}/fields`, name))),
    ...(each === undefined ? [] : expressionsIn(each, `${pointer}/each`)),
  ];
}

/** With all that expressions come to in its place. */
async function settled(made: unknown): Promise<unknown> {
  const value = await made;
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) items.push(await settled(item));
    return items.filter(item => item !== undefined);
  }
  if (typeof value !== 'object' || value === null) return value;
  const members: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const found = await settled(member);
    if (found !== undefined) members[name] = found;
  }
  return members;
}

function compileStep(node: Mapping, scope: MappingScope, pointer: string, path: string): Step {
  const rule: Rule = typeof node === 'string' ? { from: node } : node;
  if (rule.constant !== undefined) return { make: () => rule.constant, present: () => false };
  if (rule.fields !== undefined) return group(rule, rule.fields, scope, pointer, path);
  if (rule.expression !== undefined) return expressed(rule, rule.expression, scope, pointer, path);
  const { request } = rule;
  const read = reader(request ?? rule.from);
  const convert = converter(rule, scope, pointer, path);
  const isNone = noneOf(rule);
  const missing = `${path || 'value'} is missing`;
  return {
    make(source, run) {
      const value = read(request === undefined ? source : run.request);
      if (!isNone(value)) return convert(value, run);
      if (rule.optional !== true) run.fault ??= missing;
      return undefined;
    },
    present: source => request === undefined && !isNone(read(source)),
  };
}

/** A value that JSONata makes of what is at the rule's path; the rest of the rule is as ever. */
function expressed(rule: Rule, text: string, scope: MappingScope, pointer: string, path: string): Step {
  const compiled = compileExpression(text);
  if (typeof compiled !== 'function') scope.report(`${pointer}/expression`, compiled);
  const evaluate: Evaluate = typeof compiled === 'function' ? compiled : async () => ({ fault: 'no expression' });
  const read = reader(rule.from);
  const convert = converter(rule, scope, pointer, path);
  const isNone = noneOf(rule);
  const place = path || 'value';
  return {
    async make(source, run) {
      const found = await evaluate(read(source), run.request);
      if ('fault' in found) {
        run.fault ??= `${place}: ${found.fault}`;
        return undefined;
      }
      if (!isNone(found.value)) return convert(found.value, run);
      if (rule.optional !== true) run.fault ??= `${place} is missing`;
      return undefined;
    },
    present: source => !isNone(read(source)),
  };
}

/** A value that is an object of further values. Without a path of its own it reads where its parent does. */
function group(
  rule: Rule,
  fields: Readonly<Record<string, Mapping>>,
  scope: MappingScope,
  pointer: string,
  path: string,
): Step {
  const read = reader(rule.from);
  const isNone = noneOf(rule);
  const members = Object.entries(fields).map(([name, node]) => {
    const below = path === '' ? name : `${path}.${name}`;
    return { name, ...compileStep(node, scope, pointerTo(`${pointer}/fields`, name), below) };
  });
  const present = (source: unknown): boolean => {
    const value = read(source);
    return rule.from === undefined ? members.some(member => member.present(value)) : !isNone(value);
  };
  const missing = `${path || 'value'} is missing`;
  return {
    make(source, run) {
      if (rule.optional === true && !present(source)) return undefined;
      const value = read(source);
      if (rule.from !== undefined && isNone(value)) {
        run.fault ??= missing;
        return undefined;
      }
      const made: Record<string, unknown> = {};
      for (const { name, make } of members) {
        const member = make(value, run);
        if (member !== undefined) made[name] = member;
      }
      return made;
    },
    present,
  };
}

type Convert = (value: unknown, run: Run) => unknown;

function converter(rule: Rule, scope: MappingScope, pointer: string, path: string): Convert {
  if (rule.each !== undefined) return list(rule.each, scope, `${pointer}/each`, path);
  const translate = translator(rule, scope, pointer);
  const wrong = `${path || 'value'} ${translate.wrong}`;
  const { convert } = translate;
  return (value, run) => {
    const made = convert(value);
    if (made === undefined) run.fault ??= wrong;
    return made;
  };
}

function list(node: Mapping, scope: MappingScope, pointer: string, path: string): Convert {
  const { make } = compileStep(node, scope, pointer, `${path}[]`);
  const wrong = `${path || 'value'} is no list`;
  return (value, run) => {
    if (!Array.isArray(value)) {
      run.fault ??= wrong;
      return undefined;
    }
    return value.map(item => make(item, run)).filter(item => item !== undefined);
  };
}

/** Reads by a path such as `data.rows.0.name`; own members only. No path is the source itself. */
export function reader(path: string | undefined): (source: unknown) => unknown {
  if (path === undefined) return source => source;
  const tokens = path.split('.');
  const [only = ''] = tokens;
  if (tokens.length === 1) return source => member(source, only);
  return source => tokens.reduce(member, source);
}

const member = (source: unknown, name: string): unknown =>
  typeof source === 'object' && source !== null && Object.hasOwn(source, name)
    ? (source as Record<string, unknown>)[name]
    : undefined;

/** Absent, null, or one of the values by which the department says there is none. */
function noneOf(rule: Rule): (value: unknown) => boolean {
  const { none } = rule;
  if (none === undefined) return value => value === undefined || value === null;
  const values = new Set<unknown>([undefined, null, ...none]);
  return value => values.has(value);
}

/** A JSON pointer one member further down (RFC 6901). */
export const pointerTo = (base: string, name: string): string =>
  `${base}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
