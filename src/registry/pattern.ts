/** Finds regular expressions that backtrack without end in the obvious way: a repeated group whose body repeats with nothing between. */

interface Alternative {
  /** Holds something repeated without bound. */
  repeats: boolean;
  /** Holds something that must be there once each round, and so keeps the rounds apart. */
  separates: boolean;
}

/** A quantifier right here: how it reads, and how often at least. */
const quantifier = /(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})[?]?/y;

/** What opens a group, up to its first alternative (ECMA-262, section 22.2.1). */
const opening = /\((?:\?(?:[:=!]|<[=!]|<[^>]+>))?/y;

/**
 * True for patterns such as `(a+)+` or `(\w+\s?)*`. Cheap and not complete: an expression that it passes may still be slow.
 *
 * @param pattern one that `RegExp` accepts
 */
export function backtracks(pattern: string): boolean {
  const groups: Alternative[][] = [[fresh()]];
  let at = 0;
  const take = (expression: RegExp): RegExpExecArray | null => {
    expression.lastIndex = at;
    const found = expression.exec(pattern);
    if (found !== null) at = expression.lastIndex;
    return found;
  };
  while (at < pattern.length) {
    if (take(opening)) {
      groups.push([fresh()]);
      continue;
    }
    const current = groups.at(-1) ?? [];
    if (pattern[at] === '|') {
      current.push(fresh());
      at++;
      continue;
    }
    let atom = { repeats: false, separates: true };
    if (pattern[at] === ')') {
      groups.pop();
      at++;
      atom = { repeats: current.some(each => each.repeats), separates: current.every(each => each.separates) };
    } else if (/[\^$]/.test(pattern[at] ?? '')) {
      at++;
      continue;
    } else take(/\[(?:\\.|[^\]\\])*\]|\\[pPu]\{[^}]*\}|\\.|[\s\S]/y);
    const { least, unbounded } = readQuantifier(take(quantifier));
    if (unbounded && atom.repeats && !atom.separates) return true;
    const last = (groups.at(-1) ?? []).at(-1);
    if (last === undefined) return false;
    last.repeats ||= unbounded || atom.repeats;
    last.separates ||= !unbounded && least > 0 && atom.separates;
  }
  return false;
}

const fresh = (): Alternative => ({ repeats: false, separates: false });

function readQuantifier(found: RegExpExecArray | null): { least: number; unbounded: boolean } {
  if (found === null) return { least: 1, unbounded: false };
  const [, sign, least = '0', comma, most] = found;
  if (sign !== undefined) return { least: sign === '+' ? 1 : 0, unbounded: sign !== '?' };
  return { least: Number(least), unbounded: comma !== undefined && most === '' };
}
