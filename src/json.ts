/** The one strict JSON reader, for requests and replies: what another parser might read differently is refused, not guessed. */

export const jsonFault = {
  /** Not UTF-8 (RFC 3629), not JSON (RFC 8259), or with a lone surrogate, which no UTF-8 can carry on (RFC 7493, 2.1). */
  notJson: 'not-json',
  tooDeep: 'too-deep',
  duplicateKey: 'duplicate-key',
  /** A member named `__proto__`, however escaped. `constructor` and `prototype` are harmless as members of their own. */
  forbiddenKey: 'forbidden-key',
  /** Beyond 2^53 - 1 either way (RFC 7493, 2.2), or with more digits than a double keeps. */
  numberRange: 'number-range',
} as const;
export type JsonFault = (typeof jsonFault)[keyof typeof jsonFault];

export type JsonRead = { readonly value: unknown } | { readonly fault: JsonFault };

/** Drops one byte order mark: a parser may (RFC 8259, 8.1), and departments' systems send it. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** In the output of `JSON.stringify`, which escapes no surrogates but lone ones. */
const loneSurrogate = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

/**
 * Reads one JSON text.
 *
 * The engine's parser does the grammar. One pass over the text, now known to be valid, finds what that parser lets
 * pass: depth, rounded numbers, and how many members were written, each being one colon outside strings. Where the
 * value has fewer members, a key was repeated.
 *
 * @param text UTF-8 bytes, or text decoded already
 * @param depthLimit deepest nesting: 0 allows a scalar alone, 1 an object or array of scalars, and so on
 * @returns the value, or one of its faults
 */
export function readJson(text: Buffer | string, depthLimit: number): JsonRead {
  let source: string;
  let value: unknown;
  try {
    source = typeof text === 'string' ? text : utf8.decode(text);
    value = JSON.parse(source);
  } catch {
    return { fault: jsonFault.notJson };
  }
  const written = scan(source);
  // Depth first: what follows recurses.
  if (written.depth > depthLimit) return { fault: jsonFault.tooDeep };
  if ((written.escapes || typeof text === 'string') && loneSurrogate.test(JSON.stringify(value))) {
    return { fault: jsonFault.notJson };
  }
  const members = countMembers(value);
  if (Number.isNaN(members)) return { fault: jsonFault.forbiddenKey };
  if (members !== written.members) return { fault: jsonFault.duplicateKey };
  return written.exact ? { value } : { fault: jsonFault.numberRange };
}

interface Written {
  depth: number;
  members: number;
  /** Whether every number is held as it was written. */
  exact: boolean;
  /** Whether a string has an escape. */
  escapes: boolean;
}

const quote = 0x22;
const minus = 0x2d;
const zero = 0x30;
const nine = 0x39;
const colon = 0x3a;
const bracket = 0x5b;
const backslash = 0x5c;
const closingBracket = 0x5d;
const brace = 0x7b;
const closingBrace = 0x7d;

/** Reads a valid JSON text once, from character to character, outside its strings. */
function scan(text: string): Written {
  const written = { depth: 0, members: 0, exact: true, escapes: false };
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === quote) {
      for (let inner = text.charCodeAt(++at); inner !== quote; inner = text.charCodeAt(++at)) {
        if (inner === backslash) {
          written.escapes = true;
          at++;
        }
      }
    } else if (character === colon) {
      written.members++;
    } else if (character === brace || character === bracket) {
      if (++depth > written.depth) written.depth = depth;
    } else if (character === closingBrace || character === closingBracket) {
      depth--;
    } else if (character === minus || (character >= zero && character <= nine)) {
      const end = endOfNumber(text, at);
      if (!isExact(text.slice(at, end))) written.exact = false;
      at = end - 1;
    }
  }
  return written;
}

/** A double keeps any 15 significant digits (IEEE 754), so a literal no longer than this, without exponent, is exact. */
const surelyExact = 15;

function endOfNumber(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && '0123456789.eE+-'.includes(text.charAt(end))) end++;
  return end;
}

/** Whether a number's value is within the safe integers' range and prints as the decimal that was written. */
function isExact(literal: string): boolean {
  if (literal.length <= surelyExact && !/e/i.test(literal)) return true;
  const value = Number(literal);
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER && decimal(literal) === decimal(String(value));
}

/** Significant digits and exponent without the sign, so that `1.50`, `15e-1` and `-1.5` are one. */
function decimal(literal: string): string {
  const [mantissa = '', exponent = '0'] = literal.toLowerCase().replace(/^-/, '').split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  let end = digits.length;
  // Not by a regular expression: one for trailing zeros takes quadratic time.
  while (end > 0 && digits.charCodeAt(end - 1) === zero) end--;
  return end === 0 ? '0' : `${digits.slice(0, end)}e${Number(exponent) - fraction.length + digits.length - end}`;
}

/** Counts the members of all objects; NaN where one is named `__proto__`. Recurses as deep as the value, which was checked. */
function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value) members += countMembers(item);
    return members;
  }
  // Twice as fast as by Object.entries; parsed objects inherit nothing enumerable.
  for (const key in value) {
    if (key === '__proto__') return Number.NaN;
    members += 1 + countMembers((value as Record<string, unknown>)[key]);
  }
  return members;
}
