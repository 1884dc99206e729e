/** Canonical JSON (RFC 8785): one text for one value, so that an entry's bytes, and with them its hash, can be made again. */

/**
 * @param value plain JSON data; members that are undefined are left out, as JSON.stringify does
 * @throws {TypeError} for what JSON cannot hold: numbers that are not finite, lone surrogates, functions, bigints
 */
export function canonicalText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('a number that is not finite has no canonical text');
      return String(value === 0 ? 0 : value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? arrayText(value) : objectText(value);
    default:
      throw new TypeError(`a ${typeof value} has no canonical text`);
  }
}

function arrayText(values: readonly unknown[]): string {
  let text = '[';
  for (let index = 0; index < values.length; index++) {
    if (index > 0) text += ',';
    text += canonicalText(values[index]);
  }
  return `${text}]`;
}

function objectText(object: object): string {
  const members = object as Members;
  let text = '{';
  for (const name of sortedNames(members)) text = withMember(text, name, members[name]);
  return `${text}}`;
}

type Members = Readonly<Record<string, unknown>>;

/**
 * The canonical text of one object with the members of two. Merging them first would cost more than all the rest, as
 * objects of so many members are slow to extend.
 *
 * @param over whose members come in place of the other's
 */
export function canonicalUnion(under: Members, over: Members): string {
  const unders = sortedNames(under);
  const overs = sortedNames(over);
  let text = '{';
  let at = 0;
  for (const name of overs) {
    for (let next = unders[at]; next !== undefined && next < name; next = unders[++at]) {
      text = withMember(text, next, under[next]);
    }
    if (unders[at] === name) at++;
    text = withMember(text, name, over[name]);
  }
  for (; at < unders.length; at++) text = withMember(text, unders[at] as string, under[unders[at] as string]);
  return `${text}}`;
}

/** In the order of UTF-16 code units (section 3.2.3). Sorting what is in order costs as much as writing it, and most objects are made in order. */
function sortedNames(members: Members): string[] {
  const names = Object.keys(members);
  for (let at = 1; at < names.length; at++) {
    if ((names[at - 1] as string) > (names[at] as string)) return names.sort();
  }
  return names;
}

function withMember(text: string, name: string, value: unknown): string {
  if (value === undefined) return text;
  return `${text}${text.length > 1 ? ',' : ''}${label(name)}${canonicalText(value)}`;
}

const labels = new Map<string, string>();
/** Most names that are kept with their quotes. Those of entries come again and again; others are anything at all. */
const keptLabels = 1000;

/** A name as it stands before its value. */
function label(name: string): string {
  const known = labels.get(name);
  if (known !== undefined) return known;
  const made = `${quoted(name)}:`;
  if (labels.size < keptLabels) labels.set(name, made);
  return made;
}

const plain = /^[ !#-[\]-~]*$/;
const loneSurrogate = /\p{Surrogate}/u;

function quoted(text: string): string {
  if (plain.test(text)) return `"${text}"`;
  if (loneSurrogate.test(text)) throw new TypeError('a lone surrogate has no canonical text');
  return JSON.stringify(text);
}
