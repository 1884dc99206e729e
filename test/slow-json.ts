/** A JSON reader written from RFC 8259's grammar, slow and plain, that the fast one is compared with; and random texts for both. */
import { jsonFault } from '../src/json.js';

export interface SlowRead {
  readonly value: unknown;
  /** Every fault found; empty where the text is good. */
  readonly faults: ReadonlySet<string>;
}

/** Reads a text by recursive descent, collecting all faults. */
export function slowRead(text: string, depthLimit: number): SlowRead {
  const faults = new Set<string>();
  let at = 0;
  const fail = (): never => {
    throw new SyntaxError('not JSON');
  };
  const space = (): void => {
    while (' \t\n\r'.includes(text[at] ?? 'x')) at++;
  };
  const take = (literal: string): boolean => {
    if (!text.startsWith(literal, at)) return false;
    at += literal.length;
    return true;
  };
  const enter = (depth: number): void => {
    if (depth > depthLimit) faults.add(jsonFault.tooDeep);
  };

  function value(depth: number): unknown {
    space();
    const found = one(depth);
    space();
    return found;
  }

  function one(depth: number): unknown {
    if (take('null')) return null;
    if (take('true')) return true;
    if (take('false')) return false;
    if (text[at] === '"') return string();
    if (take('[')) return array(depth + 1);
    if (take('{')) return object(depth + 1);
    return number();
  }

  function array(depth: number): unknown[] {
    enter(depth);
    const items: unknown[] = [];
    space();
    if (take(']')) return items;
    do items.push(value(depth));
    while (take(','));
    return take(']') ? items : fail();
  }

  function object(depth: number): unknown {
    enter(depth);
    const members = new Map<string, unknown>();
    space();
    if (take('}')) return {};
    do {
      space();
      if (text[at] !== '"') fail();
      const key = string();
      if (key === '__proto__') faults.add(jsonFault.forbiddenKey);
      if (members.has(key)) faults.add(jsonFault.duplicateKey);
      space();
      if (!take(':')) fail();
      members.set(key, value(depth));
    } while (take(','));
    return take('}') ? Object.fromEntries(members) : fail();
  }

  function string(): string {
    at++;
    let found = '';
    while (!take('"')) {
      const character = text[at++] ?? fail();
      if (character < ' ') fail();
      found += character === '\\' ? escaped() : character;
    }
    if (/\p{Surrogate}/u.test(found)) faults.add(jsonFault.notJson);
    return found;
  }

  function escaped(): string {
    const letter = text[at++] ?? fail();
    const plain = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }[letter];
    if (plain !== undefined) return plain;
    const hex = /^[0-9a-fA-F]{4}/.exec(text.slice(at, at + 4))?.[0];
    if (letter !== 'u' || hex === undefined) return fail();
    at += 4;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  function number(): number {
    const literal = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(text.slice(at))?.[0] ?? fail();
    at += literal.length;
    const found = Number(literal);
    if (Math.abs(found) > 2 ** 53 - 1 || !sameDecimal(literal, String(found))) faults.add(jsonFault.numberRange);
    return found;
  }

  try {
    const found = value(0);
    if (at !== text.length) fail();
    return { value: found, faults };
  } catch {
    return { value: undefined, faults: new Set([jsonFault.notJson]) };
  }
}

/** Compares two decimal literals exactly, as integers over one power of ten. */
function sameDecimal(one: string, other: string): boolean {
  const parts = (literal: string): { digits: bigint; exponent: number } => {
    const [, mantissa = '', exponent = '0'] = /^(.*?)(?:e(.*))?$/i.exec(literal) ?? [];
    const [whole = '', fraction = ''] = mantissa.split('.');
    const negative = whole.startsWith('-');
    const digits = BigInt(whole.replace('-', '') + fraction);
    return { digits: negative ? -digits : digits, exponent: Number(exponent) - fraction.length };
  };
  const a = parts(one);
  const b = parts(other);
  const least = Math.min(a.exponent, b.exponent);
  return a.digits * 10n ** BigInt(a.exponent - least) === b.digits * 10n ** BigInt(b.exponent - least);
}

/** A repeatable source of numbers in [0, 1): mulberry32. */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const scalars = [
  ...['null', 'true', 'false', '0', '-0', '7', '-12', '1.25', '3e2', '1E-2', '9007199254740991', '9007199254740992'],
  ...[
    '0.1000000000000000',
    '0.12345678901234567',
    '-9007199254740993',
    '1e16',
    '12345678901234.5',
    '"x"',
    '""',
    '":,{[0"',
  ],
  ...[
    '"\\"\\\\"',
    '"\\\\\\":1"',
    '"张·三"',
    '"😀"',
    '"\\ud83d\\ude00"',
    '"\\ud83d"',
    '"\\\\ude00"',
    '"\\/\\b\\f\\n\\r\\t"',
    '"123456789012345678"',
  ],
];
const keys = [
  '"a"',
  '"b"',
  '"c"',
  '"d"',
  '"e"',
  '"f"',
  '"1"',
  '"\\u0061"',
  '""',
  '"a:b"',
  '"\\"q"',
  '"constructor"',
  '"__proto_"',
  '"户号"',
];
const rareKeys = ['"__proto__"', '"\\u005f_proto__"'];

/** A random valid JSON text, now and then with one of the faults. */
export function randomText(random: () => number, depth: number): string {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const space = (): string => pick(['', '', '', ' ', '\n', '\t ']);
  if (depth === 0 || random() < 0.2) return pick(scalars);
  const size = Math.floor(random() * 4);
  const items = Array.from({ length: size }, () => {
    const item = space() + randomText(random, depth - 1) + space();
    return random() < 0.5 ? item : item.trim();
  });
  if (random() < 0.4) return `[${items.join(',')}]`;
  const members = items.map(item => `${random() < 0.02 ? pick(rareKeys) : pick(keys)}${space()}:${item}`);
  return `{${members.join(',')}}`;
}

/** Now and then breaks a text by leaving out, doubling or replacing a character. */
export function mutate(text: string, random: () => number): string {
  if (random() < 0.7) return text;
  const at = Math.floor(random() * text.length);
  const character = '{}[]:,"\\0e-. a'.charAt(Math.floor(random() * 14));
  return text.slice(0, at) + (random() < 0.5 ? character : '') + text.slice(at + (random() < 0.5 ? 1 : 0));
}
