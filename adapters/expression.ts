/** JSONata for what mapping rules cannot say: within limits, without regular expressions, the same for the same answer at any time. */
import type jsonata from 'jsonata';
import { libraries } from './libraries.js';

/** What an expression comes to, or why to nothing; never a value of the answer. */
export type Evaluated = { readonly value: unknown } | { readonly fault: string };

export type Evaluate = (source: unknown, request: unknown) => Promise<Evaluated>;

/** Why a text is no expression that may be used, and where in it, counted from 1. */
export interface ExpressionFault {
  readonly position: number;
  readonly reason: { readonly zh: string; readonly en: string };
}

/** Whatever is met first ends the evaluation: milliseconds, nesting of calls, items of a list, steps, characters of all texts made. */
const limits = { timeout: 100, stack: 100, sequence: 10_000, steps: 5_000, text: 1_000_000 } as const;

/** Depth of what an expression may come to. */
const depthLimit = 32;

/** Those whose work and result are in proportion to what they are given, and that know no clock, chance or pattern. */
const functions = new Set(
  [
    'sum max min average count abs floor ceil round number boolean not exists length substring substringBefore',
    'substringAfter uppercase lowercase trim contains split join append reverse sort map filter reduce single keys',
    'lookup merge type string',
  ].flatMap(names => names.split(' ')),
);

/** All others that the library has, or gives to each evaluation. */
const refusedFunctions = new Set(
  [
    'pad match replace formatNumber formatBase formatInteger parseInteger sqrt power random zip sift spread each error',
    'assert shuffle distinct base64encode base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl eval',
    'toMillis fromMillis clone now millis',
  ].flatMap(names => names.split(' ')),
);

type Node = Readonly<Record<string, unknown>>;

/** Compiles once; for what `stile check` tells, and for use. */
export function compileExpression(text: string): Evaluate | ExpressionFault {
  let expression: jsonata.Expression;
  try {
    expression = libraries.jsonata(text, limits);
  } catch (error) {
    const { position = 0, message = '', code = '' } = error as Partial<jsonata.JsonataError>;
    return { position, reason: { zh: `JSONata 语法错误（${code}）`, en: message } };
  }
  const nodes = nodesIn(expression.ast());
  const known = new Set([...functions, ...ownNames(nodes)]);
  const refused = nodes.map(node => refusal(node, known)).find(found => found !== undefined);
  if (refused !== undefined) return refused;
  bound(expression, joined(nodes));
  return async (source, request) => {
    try {
      return { value: copy(await expression.evaluate(source, { request }), depthLimit) };
    } catch (error) {
      // The message may quote a value; the code says enough.
      const { code } = error as { readonly code?: unknown };
      return { fault: `expression failed${typeof code === 'string' ? ` (${code})` : ''}` };
    }
  };
}

function nodesIn(tree: unknown): Node[] {
  if (Array.isArray(tree)) return tree.flatMap(nodesIn);
  if (typeof tree !== 'object' || tree === null) return [];
  return [tree as Node, ...Object.values(tree).flatMap(nodesIn)];
}

/** Variables that are the library's and ours, and those that the expression binds. */
const ownNames = (nodes: readonly Node[]): string[] => [
  ...['', '$', 'request'],
  ...nodes
    .flatMap(({ type, lhs, arguments: given, focus, index }) => [
      ...(type === 'bind' ? [(lhs as Node).value] : []),
      ...(type === 'lambda' ? (given as Node[]).map(({ value }) => value) : []),
      ...[focus, index],
    ])
    .filter(name => typeof name === 'string'),
];

function refusal({ type, value, position }: Node, known: ReadonlySet<string>): ExpressionFault | undefined {
  const at = typeof position === 'number' ? position : 1;
  if (type === 'regex')
    return { position: at, reason: { zh: '不可使用正则表达式', en: 'no regular expressions here' } };
  if (type === 'transform') return { position: at, reason: { zh: '不可使用变换 |…|', en: 'no transforms |…| here' } };
  const name = String(value);
  if (type !== 'variable' || (known.has(name) && !refusedFunctions.has(name))) return undefined;
  return { position: at, reason: { zh: `不可使用 $${name}`, en: `no $${name} here` } };
}

/** What puts texts together, and would write a whole list or object out as one. */
const joined = (nodes: readonly Node[]): ReadonlySet<unknown> =>
  new Set(nodes.filter(({ type, value }) => type === 'binary' && value === '&').flatMap(({ lhs, rhs }) => [lhs, rhs]));

/** Counts what one evaluation does, and ends it where that is too much. */
function bound(expression: jsonata.Expression, textual: ReadonlySet<unknown>): void {
  const tallies = new WeakMap<object, { steps: number; text: number }>();
  const count = (node: unknown, _: unknown, { base }: { readonly base: object }, result: unknown): void => {
    const tally = tallies.get(base) ?? { steps: 0, text: 0 };
    tallies.set(base, tally);
    tally.steps++;
    // A list of one is that one, which the library makes of it afterwards.
    const value: unknown = Array.isArray(result) && result.length < 2 ? result[0] : result;
    if (typeof value === 'string') tally.text += value.length;
    if (tally.steps > limits.steps) throw ended('steps');
    if (tally.text > limits.text || (textual.has(node) && isCompound(value))) throw ended('text');
  };
  // The library names its hooks by symbols, which its types leave out.
  expression.assign(Symbol.for('jsonata.__evaluate_exit') as unknown as string, count);
  expression.registerFunction('string', scalarText, '<x-:s>');
  expression.registerFunction('join', join, '<a<s>s?:s>');
}

function join(texts: readonly string[] | undefined, between = ''): string | undefined {
  if (texts === undefined) return undefined;
  const length = texts.reduce((sum, text) => sum + text.length + between.length, 0);
  if (length > limits.text) throw ended('text');
  return texts.join(between);
}

const ended = (code: string): Error => Object.assign(new Error(code), { code });

const isCompound = (value: unknown): boolean => typeof value === 'object' && value !== null;

function scalarText(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (isCompound(value)) throw ended('text');
  return String(value);
}

/** JSON and nothing else, without what the library adds to its lists: a function may be what an expression comes to. */
function copy(value: unknown, depth: number): unknown {
  if (value === undefined || value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value !== 'object' || depth === 0 || isFunction(value)) throw ended('no data');
  if (Array.isArray(value)) return value.map(item => copy(item, depth - 1));
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copy(member, depth - 1)]));
}

const isFunction = (value: object): boolean => '_jsonata_lambda' in value || '_jsonata_function' in value;
