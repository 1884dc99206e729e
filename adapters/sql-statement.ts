/** Reads the one statement of a service: where its named parameters stand, and whether it is text that only asks. */
import type { MappingScope } from './mapping-scope.js';
import { type RuleFault, ruleFault } from './rule-fault.js';

/** A statement cut at its parameters: one text more than there are names. */
export interface Statement {
  readonly texts: readonly string[];
  readonly names: readonly string[];
}

/** What is quoted, what could hide or end a statement, casts, assignments, and parameters. */
const token = /'[^']*'|"[^"]*"|`[^`]*`|['"`]|--|\/\*|[#;?$]|::|:=|(?<!\w):([A-Za-z_]\w*)/g;
/** A parameter as it would stand in a text; the colons of a time's pattern, as in HH24:MI, follow a letter or digit. */
const quotedParameter = /(?<![\w:]):[A-Za-z_]\w*/;
/** Its escapes mean one thing to one database, or session, and another to the next. */
const ambiguous = /[\\\p{Cc}]/u;
const begins = /^[\s(]*(?:SELECT|WITH)\b/i;
const writes = /\bINTO\b|\bFOR\s+(?:(?:NO\s+KEY\s+)?UPDATE|(?:KEY\s+)?SHARE)\b|\bLOCK\s+IN\s+SHARE\b/i;

const faults: Readonly<Record<string, RuleFault>> = {
  ';': ruleFault.severalStatements,
  '--': ruleFault.comment,
  '/*': ruleFault.comment,
  '#': ruleFault.comment,
  '?': ruleFault.positionalParameter,
  $: ruleFault.positionalParameter,
  "'": ruleFault.openQuote,
  '"': ruleFault.openQuote,
  '`': ruleFault.openQuote,
};

/**
 * Cuts a statement at its named parameters. The databases refuse a second statement and every write by themselves; this
 * is what lets `stile check` say so, and what keeps a parameter from being taken for text.
 *
 * @param parameters names that have a mapping of their own
 */
export function parseStatement(text: string, parameters: readonly string[], report: MappingScope['report']): Statement {
  const texts: string[] = [];
  const names: string[] = [];
  const found = new Set<RuleFault>();
  let bare = '';
  let start = 0;
  let end = 0;
  if (ambiguous.test(text.replace(/[\n\r\t]/g, ' '))) found.add(ruleFault.ambiguousText);
  for (const match of text.matchAll(token)) {
    const [whole, name] = match;
    const fault = faults[whole];
    bare += text.slice(end, match.index);
    end = match.index + whole.length;
    if (fault !== undefined) found.add(fault);
    if (/^['"`]./s.test(whole) && holdsParameter(whole, parameters)) found.add(ruleFault.quotedParameter);
    if (name === undefined) continue;
    texts.push(text.slice(start, match.index));
    names.push(name);
    start = end;
  }
  bare += text.slice(end);
  texts.push(text.slice(start));
  if (!begins.test(bare)) found.add(ruleFault.noSelect);
  if (writes.test(bare)) found.add(ruleFault.writing);
  for (const fault of found) report('/statement', fault);
  return { texts, names };
}

const holdsParameter = (quoted: string, parameters: readonly string[]): boolean =>
  quotedParameter.test(quoted) || parameters.some(name => new RegExp(`:${name}\\b`).test(quoted));
