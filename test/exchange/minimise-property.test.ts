/** Whatever the reply, the minimiser and a slow reference written another way give the same, and every leaf is granted. */
import { createHmac } from 'node:crypto';
import t from 'tap';
import type { GrantedField, Mask } from '../../src/agreements/agreement.js';
import { maskKey } from '../../src/agreements/mask.js';
import { compileMinimiser } from '../../src/agreements/minimiser.js';

const key = maskKey(Buffer.alloc(32, 1), 'a');
const rounds = process.env.STILE_SLOW ? 200_000 : 5_000;

/** Mulberry32: small, and the same for the same seed. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

type Draw = (below: number) => number;
const oneOf = <T>(draw: Draw, list: readonly T[]): T => list[draw(list.length)] as T;

const names = ['a', 'b', 'ab', 'a2', 'constructor', 'toString'];
const masks: readonly Mask[] = [
  { kind: 'keep-first', count: 1 },
  { kind: 'keep-last', count: 2 },
  { kind: 'year-only' },
  { kind: 'hash' },
  { kind: 'exists' },
];

/** A contract is an object of leaves (`leaf`), objects, and arrays of objects. */
type Contract = 'leaf' | { readonly object: Readonly<Record<string, Contract>> } | { readonly array: Contract };

function drawObject(draw: Draw, depth: number): Contract {
  const object: Record<string, Contract> = {};
  for (let count = 2 + draw(4); count > 0; count--) object[oneOf(draw, names)] = drawContract(draw, depth);
  return { object };
}

function drawContract(draw: Draw, depth: number): Contract {
  const kind = depth > 2 ? 0 : draw(4);
  if (kind === 2) return drawObject(draw, depth + 1);
  if (kind === 3) return { array: drawObject(draw, depth + 1) };
  return 'leaf';
}

function pathsOf(contract: Contract, path = ''): string[] {
  const own = path === '' || path.endsWith('[]') ? [] : [path];
  if (contract === 'leaf') return own;
  if ('array' in contract) return [...own, ...pathsOf(contract.array, `${path}[]`)];
  const below = Object.entries(contract.object).flatMap(([name, member]) =>
    pathsOf(member, path === '' ? name : `${path}.${name}`),
  );
  return [...own, ...below];
}

const scalars = ['x', '陈思远', '1988-04-12', '', 0, 12.5, true, false, null];

/** A reply that mostly keeps the contract; where it does not there are members and shapes nobody knows. */
function drawReply(draw: Draw, contract: Contract): unknown {
  const odd = draw(15);
  if (odd === 0) return drawAnything(draw, 0);
  if (contract === 'leaf') return odd === 1 ? [oneOf(draw, scalars), oneOf(draw, scalars)] : oneOf(draw, scalars);
  if ('array' in contract) return Array.from({ length: draw(3) }, () => drawReply(draw, contract.array));
  const reply: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(contract.object)) {
    if (draw(5) > 0) reply[name] = drawReply(draw, member);
  }
  if (draw(3) === 0) setOwn(reply, oneOf(draw, [...names, 'unknown', '__proto__']), drawAnything(draw, 0));
  return reply;
}

function drawAnything(draw: Draw, depth: number): unknown {
  const kind = depth > 2 ? 0 : draw(4);
  if (kind === 2) return Array.from({ length: draw(3) }, () => drawAnything(draw, depth + 1));
  if (kind === 3) {
    const found: Record<string, unknown> = {};
    for (let count = draw(4); count > 0; count--) {
      setOwn(found, oneOf(draw, [...names, '__proto__']), drawAnything(draw, depth + 1));
    }
    return found;
  }
  return `secret ${draw(1000)}`;
}

const setOwn = (object: object, name: string, value: unknown) =>
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });

function drawGrants(draw: Draw, paths: readonly string[]): GrantedField[] {
  const grants = new Map<string, GrantedField>();
  for (let count = 1 + draw(5); count > 0; count--) {
    const path = oneOf(draw, paths);
    grants.set(path, draw(2) === 0 ? { path } : { path, mask: oneOf(draw, masks) });
  }
  return [...grants.values()];
}

/**
 * The reference: walks the contract's tree and the reply side by side and, at each place anew, asks by the text of the
 * path what is granted there.
 */
function reference(grants: readonly GrantedField[], contract: Contract, reply: unknown): unknown {
  return visit(contract, reply, '') ?? {};

  function grantOver(path: string): GrantedField | undefined {
    const over = grants.filter(
      grant => path === grant.path || path.startsWith(`${grant.path}.`) || path.startsWith(`${grant.path}[`),
    );
    return over.sort((a, b) => b.path.length - a.path.length)[0];
  }

  function anythingBelow(path: string, at: Contract): boolean {
    return pathsOf(at, path).some(each => {
      const grant = each === path ? undefined : grantOver(each);
      return grant !== undefined && (grant.mask === undefined || grant.path === each);
    });
  }

  function visit(at: Contract, value: unknown, path: string): unknown {
    const bare = path.replace(/\[\]$/, '');
    const grant = grantOver(bare);
    const isGranted = grant !== undefined && grant.mask === undefined;
    const opens = at !== 'leaf' && anythingBelow(path, at);
    if (!opens) {
      if (path.endsWith('[]')) return undefined;
      if (grant?.mask !== undefined) return grant.path === path ? coarsen(grant.mask, value) : undefined;
      return isGranted ? scalarsOf(value) : undefined;
    }
    if (Array.isArray(value)) {
      if (!('array' in at)) return undefined;
      return value.map(item => visit(at.array, item, `${path}[]`)).filter(item => item !== undefined);
    }
    if (typeof value === 'object' && value !== null) {
      if (!('object' in at)) return undefined;
      const found: Record<string, unknown> = {};
      for (const [name, member] of Object.entries(at.object)) {
        const own = Object.getOwnPropertyDescriptor(value, name)?.value;
        const kept = visit(member, own, path === '' ? name : `${path}.${name}`);
        if (kept !== undefined) found[name] = kept;
      }
      return path === '' || path.endsWith('[]') || isGranted || Object.keys(found).length > 0 ? found : undefined;
    }
    return isGranted ? scalarsOf(value) : undefined;
  }
}

function scalarsOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(scalarsOf).filter(item => item !== undefined);
  return typeof value === 'object' && value !== null ? undefined : value;
}

function coarsen(mask: Mask, value: unknown): unknown {
  if (mask.kind === 'exists') return value !== undefined && value !== null;
  if (Array.isArray(value)) return value.map(item => coarsen(mask, item)).filter(item => item !== undefined);
  if (value === null || value === undefined || typeof value === 'object') return value === null ? null : undefined;
  const text = `${value}`;
  const points = [...text];
  if (mask.kind === 'hash') return createHmac('sha256', key).update(text).digest('base64url');
  if (mask.kind === 'year-only') return text === '1988-04-12' ? '1988' : undefined;
  const kept = (at: number) => (mask.kind === 'keep-first' ? at < mask.count : at >= points.length - mask.count);
  return points.map((point, at) => (kept(at) ? point : '*')).join('');
}

/** Every leaf's path, arrays as `[]`. */
function leavesOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap(item => leavesOf(item, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [path];
  return Reflect.ownKeys(value).flatMap(name =>
    leavesOf(Reflect.get(value, name), path === '' ? String(name) : `${path}.${String(name)}`),
  );
}

t.test('the minimiser and the reference agree, and nothing ungranted ever appears', async t => {
  let released = 0;
  for (let seed = 1; seed <= rounds; seed++) {
    const draw = random(seed);
    const contract = drawObject(draw, 0);
    const paths = pathsOf(contract);
    const grants = drawGrants(draw, paths);
    const reply = drawReply(draw, contract);
    const before = JSON.stringify(reply);
    const found = compileMinimiser(grants, paths, key)(reply);
    const case_ = () => `seed ${seed}\n${JSON.stringify({ grants, contract, reply, found }, null, 1)}`;

    for (const leaf of leavesOf(found)) {
      const place = leaf.replace(/(\[\])+$/, '');
      const granted = grants.some(
        grant => place === grant.path || place.startsWith(`${grant.path}.`) || place.startsWith(`${grant.path}[`),
      );
      if (place !== '' && !granted) t.fail(`${leaf} was not granted: ${case_()}`);
      if (place !== '' && !paths.includes(place)) t.fail(`${leaf} is unknown to the contract: ${case_()}`);
      released += 1;
    }
    if (JSON.stringify(found) !== JSON.stringify(sorted(found, reference(grants, contract, reply)))) {
      t.fail(
        `not what the reference says: ${case_()}\nreference ${JSON.stringify(reference(grants, contract, reply))}`,
      );
    }
    if (JSON.stringify(reply) !== before) t.fail(`the reply was changed: ${case_()}`);
    if (!t.passing()) return;
  }
  t.ok(released > rounds / 2, `enough was released for this to mean something: ${released} leaves`);
});

/** The second value with its members in the order of the first, so that their texts compare. */
function sorted(like: unknown, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item, at) => sorted(Array.isArray(like) ? like[at] : undefined, item));
  if (typeof value !== 'object' || value === null) return value;
  const order = typeof like === 'object' && like !== null ? Object.keys(like) : [];
  const keys = [...new Set([...order, ...Object.keys(value)])].filter(name => Object.hasOwn(value, name));
  return Object.fromEntries(
    keys.map(name => [name, sorted(Reflect.get(Object(like), name), Reflect.get(value, name))]),
  );
}
