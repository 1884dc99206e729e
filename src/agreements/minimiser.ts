/** Compiles the fields an agreement grants into one function that copies them, and nothing else, out of a reply. */
import type { JsonObject } from '../../adapters/adapter.js';
import { isWithin, items, segmentsOf } from '../field-path.js';
import type { GrantedField } from './agreement.js';
import { type Coarsen, compileMask } from './mask.js';

/** Takes a reply and gives a new value of granted fields alone; the reply is left as it was. */
export type Minimise = (reply: unknown) => unknown;

/** Takes what stands at one place of a reply, undefined when nothing does; what comes back undefined is not released. */
type Take = (value: unknown) => unknown;

/** What is granted at one place and below it. */
interface Place {
  readonly members: Map<string, Place>;
  items?: Place;
  /** Granted as it is; below it the contract's own fields say what passes. */
  whole?: boolean;
  mask?: Coarsen;
}

/**
 * Compiles grants against a contract.
 *
 * A granted object or array grants every field that the contract has below it; what the contract does not know is never
 * granted. Of several grants over one field the narrowest decides. An object with no granted field in it is left out,
 * but in an array it stays as `{}`, so that items keep their places.
 *
 * @param known the contract's field paths
 * @param key the agreement's, for `hash` masks
 */
export function compileMinimiser(granted: readonly GrantedField[], known: Iterable<string>, key: Buffer): Minimise {
  // A member of this name would become the copy's prototype; strict JSON refuses it before any contract is asked.
  const paths = [...known].filter(path => !segmentsOf(path).includes('__proto__'));
  const root: Place = { members: new Map() };
  for (const path of paths) {
    const grant = narrowest(granted, path);
    if (grant === undefined) continue;
    if (grant.mask === undefined) placeAt(root, path).whole = true;
    else if (grant.path === path) placeAt(root, path).mask = compileMask(grant.mask, key);
  }
  const take = takeOf(root, true);
  return reply => take(reply) ?? {};
}

/** Of two grants of one path the masked one decides. */
function narrowest(granted: readonly GrantedField[], path: string): GrantedField | undefined {
  let found: GrantedField | undefined;
  for (const grant of granted) {
    if (!isWithin(path, grant.path)) continue;
    const narrower = found === undefined || grant.path.length > found.path.length;
    if (narrower || (grant.path === found?.path && found.mask === undefined)) found = grant;
  }
  return found;
}

function placeAt(root: Place, path: string): Place {
  let place = root;
  for (const segment of segmentsOf(path)) {
    let next = segment === items ? place.items : place.members.get(segment);
    if (next === undefined) {
      next = { members: new Map() };
      if (segment === items) place.items = next;
      else place.members.set(segment, next);
    }
    place = next;
  }
  return place;
}

/** @param keepEmpty whether an object stays though nothing in it is granted */
function takeOf({ members, items: below, whole = false, mask }: Place, keepEmpty: boolean): Take {
  if (members.size === 0 && below === undefined) return mask ?? (whole ? plain : nothing);
  // A mask over a container that has grants inside: those are narrower, and decide.
  const ofObject = members.size > 0 ? takeMembers(members, keepEmpty || whole) : nothing;
  const ofArray = below === undefined ? nothing : takeItems({ ...below, whole: below.whole ?? whole });
  const ofScalar = whole ? plain : nothing;
  return value => (Array.isArray(value) ? ofArray(value) : isObject(value) ? ofObject(value) : ofScalar(value));
}

function takeMembers(members: ReadonlyMap<string, Place>, keepEmpty: boolean): (value: JsonObject) => unknown {
  const takes = [...members].map(([name, place]) => ({ name, take: takeOf(place, false) }));
  return value => {
    let found: Record<string, unknown> | undefined = keepEmpty ? {} : undefined;
    for (const { name, take } of takes) {
      const taken = take(Object.hasOwn(value, name) ? value[name] : undefined);
      if (taken === undefined) continue;
      found ??= {};
      found[name] = taken;
    }
    return found;
  };
}

function takeItems(place: Place): (values: readonly unknown[]) => unknown {
  const take = takeOf(place, true);
  return values => {
    const found: unknown[] = [];
    for (const item of values) {
      const taken = take(item);
      if (taken !== undefined) found.push(taken);
    }
    return found;
  };
}

const nothing: Take = () => undefined;

/** A whole field: a scalar, or an array of such. An object here is one the contract does not know. */
const plain: Take = value => {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(plain).filter(item => item !== undefined);
  return value === null ? null : undefined;
};

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
