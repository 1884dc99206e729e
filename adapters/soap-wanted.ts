/** Takes from a reply the elements that config reads, as text, objects and lists, and nothing else. */
import type { Mapping } from '../schemas/stile/adapters/http-service.js';
import type { ReadingSettings } from './reading.js';
import type { XmlElement } from './xml-tree.js';

/** What config reads of an element. */
interface Wanted {
  readonly below: Map<string, Wanted>;
  /** Config reads it with `each`, or one of it by its place. */
  list: boolean;
  /** Config reads its text. */
  text: boolean;
  /** An expression reads it: all that is in it. */
  whole: boolean;
}

export type Taken = { readonly value: unknown } | { readonly fault: string };

const xsiNil = '{http://www.w3.org/2001/XMLSchema-instance}nil';

/**
 * Compiles what a service's settings read.
 *
 * @param nameOf an element's name in config
 */
export function compileWanted(
  service: ReadingSettings,
  nameOf: (element: XmlElement) => string | undefined,
): (element: XmlElement) => Taken {
  const { reply, absent, result, asOf } = service;
  const root = nothing();
  collect(reply, root);
  if (absent !== undefined) collect(absent.reply, root);
  if (result !== undefined) collect(result.from, root);
  if (asOf?.from !== undefined) collect(asOf.from, root);
  if (absent?.missing !== undefined) descend(root, absent.missing);
  return element => {
    const run: Run = { nameOf, fault: undefined };
    const value = take(element, root, '', run, root.whole);
    return run.fault === undefined ? { value } : { fault: run.fault };
  };
}

const nothing = (): Wanted => ({ below: new Map(), list: false, text: false, whole: false });

function collect(mapping: Mapping, at: Wanted): void {
  if (typeof mapping === 'string') {
    descend(at, mapping).text = true;
    return;
  }
  const { from, constant, fields, request, expression, each } = mapping;
  if (constant !== undefined) return;
  const here = descend(at, from);
  if (fields !== undefined) for (const below of Object.values(fields)) collect(below, here);
  else if (expression !== undefined) here.whole = true;
  else if (request !== undefined) return;
  else if (each === undefined) here.text = true;
  else {
    here.list = true;
    collect(each, here);
  }
}

function descend(from: Wanted, path = ''): Wanted {
  let at = from;
  for (const step of path.split('.').filter(step => step !== '')) {
    if (/^\d+$/.test(step)) at.list = true;
    else {
      const next = at.below.get(step) ?? nothing();
      at.below.set(step, next);
      at = next;
    }
  }
  return at;
}

/** One reply under way. */
interface Run {
  readonly nameOf: (element: XmlElement) => string | undefined;
  /** The first fault met. It names paths of config, never what was found. */
  fault: string | undefined;
}

/** @param whole whether all that is in it is wanted; an element that occurs again is then a list, where config says nothing of it */
function take(element: XmlElement, wanted: Wanted, path: string, run: Run, whole: boolean): unknown {
  const nil = element.attributes.get(xsiNil);
  if (nil === 'true' || nil === '1') return null;
  if (wanted.text) {
    if (element.children.length > 0) run.fault ??= `${path || 'the reply'} is no text`;
    return element.text;
  }
  if (whole && element.children.length === 0) return element.text;
  // Without a prototype: an element may be named like a member of one.
  const made: Record<string, unknown> = Object.create(null);
  const others = whole ? element.children.flatMap(child => run.nameOf(child) ?? []) : [];
  for (const name of new Set([...wanted.below.keys(), ...others])) {
    const known = wanted.below.get(name);
    const one = known ?? nothing();
    const below = path === '' ? name : `${path}.${name}`;
    const found = element.children
      .filter(child => run.nameOf(child) === name)
      .map(child => take(child, one, below, run, whole || one.whole));
    if (one.list || (known === undefined && found.length > 1)) made[name] = found;
    else if (found.length > 1) run.fault ??= `${below} occurs more than once`;
    else if (found.length === 1) made[name] = found[0];
  }
  return made;
}
