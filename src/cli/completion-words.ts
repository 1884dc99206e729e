/** What a shell may offer after each subcommand, read from the usages: they are the one place that says what a command takes. */

/** What stands for a value that the shell looks up itself. */
export const lookedUp = { files: 'files', departments: 'departments', services: 'services' } as const;
export type LookedUp = (typeof lookedUp)[keyof typeof lookedUp];

export interface Words {
  /** `stile ledger verify` has the verb `verify`. */
  readonly verbs: readonly string[];
  /** By option: the values it takes, what is looked up for it, or nothing where it takes none or anything. */
  readonly options: ReadonlyMap<string, readonly string[] | LookedUp | undefined>;
  /** What its own arguments are. */
  readonly operands: readonly LookedUp[];
}

/** Words of a usage that name a kind of value. */
const kinds: readonly (readonly [RegExp, LookedUp])[] = [
  [/^(?:DEPARTMENT\/SERVICE\/VERSION|SERVICE)$/, lookedUp.services],
  [/^DEPARTMENT$/, lookedUp.departments],
  [/^(?:FILE|DIR|FOLDER|RECEIPT|OLD|NEW)$/, lookedUp.files],
];
/** Options whose value is told by no word of the usage. */
const named: Readonly<Record<string, LookedUp>> = {
  '--department': lookedUp.departments,
  '--consumer': lookedUp.departments,
  '--provider': lookedUp.departments,
};

/** @param usage of the command, whose synopses begin with `stile` and its name */
export function wordsOf(name: string, usage: string): Words {
  const synopses = usage.split('\n').filter(line => line.startsWith(`stile ${name}`) || line.startsWith('    ['));
  const verbs = synopses.flatMap(line => new RegExp(`^stile ${name} ([a-z][a-z-]*)`).exec(line)?.slice(1) ?? []);
  const options = new Map<string, readonly string[] | LookedUp | undefined>();
  for (const [, option = '', value] of usage.matchAll(/(?<![\w-])(--[a-z][a-z-]*)(?:=| )?((?!--)[\w|/-]+)?/g)) {
    options.set(option, options.get(option) ?? valuesOf(option, value));
  }
  options.set('--help', undefined);
  const operands = synopses
    .flatMap(line => line.replace(/--[a-z-]+ \S+/g, '').match(/[A-Z][A-Z/]+/g) ?? [])
    .flatMap(word => kindOf(word) ?? []);
  return { verbs: [...new Set(verbs)], options, operands: [...new Set(operands)] };
}

function valuesOf(option: string, value: string | undefined): readonly string[] | LookedUp | undefined {
  if (named[option] !== undefined) return named[option];
  if (value !== undefined && /^[a-z]+(?:\|[a-z]+)+$/.test(value)) return value.split('|');
  return value === undefined ? undefined : kindOf(value);
}

const kindOf = (word: string): LookedUp | undefined => kinds.find(([form]) => form.test(word))?.[1];
