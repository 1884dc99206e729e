/** Judges an agreement as it is written: whether it grants more than is needed, for longer, or to more than are meant. */
import type { Agreement } from '../../../schemas/stile/agreements.js';
import { below } from '../fault.js';
import type { Contract, FieldSchema } from '../registry.js';
import type { Judged } from './judged.js';

const longestYears = 5;
const mostPurposes = 5;

/** What needs no contract to be judged. Pointers are within the agreement. */
export function termRules({ limits = {}, from, until, clients, purposes }: Agreement): Judged[] {
  const longest = `${Number(from.slice(0, 4)) + longestYears}${from.slice(4)}`;
  return [
    ...(limits.second === undefined && limits.day === undefined ? [{ rule: 'STILE-S002', pointer: '' } as const] : []),
    ...(until >= longest ? [{ rule: 'STILE-S003', pointer: '/until' } as const] : []),
    ...(clients === undefined ? [{ rule: 'STILE-S004', pointer: '' } as const] : []),
    ...(purposes.length > mostPurposes ? [{ rule: 'STILE-S006', pointer: '/purposes' } as const] : []),
  ];
}

/** What is granted, held against the contract. */
export function grantRules({ fields }: Agreement, contract: Contract): Judged[] {
  const all = leavesOf(contract.reply.fields);
  const asked = new Set(contract.reply.subjects.filter(({ role }) => role === 'asked').map(({ path }) => path));
  const bare = fields.filter(({ mask }) => mask === undefined);
  const grants =
    (path: string) =>
    ({ path: leaf }: FieldSchema) =>
      isAtOrBelow(leaf, path);
  const whole = all.length > 1 && all.every(leaf => bare.some(({ path }) => grants(path)(leaf)));
  const sensitive = fields.flatMap(({ path, mask }, index): Judged[] => {
    // Whom was asked about is known to the caller already.
    const names = all
      .filter(leaf => leaf.sensitivity === 'sensitive' && !asked.has(leaf.path) && grants(path)(leaf))
      .map(leaf => leaf.path);
    if (mask !== undefined || names.length === 0) return [];
    return [{ rule: 'STILE-S005', pointer: below('/fields', index, 'path'), names }];
  });
  return [...(whole ? [{ rule: 'STILE-S001', pointer: '/fields' } as const] : []), ...sensitive];
}

const isAtOrBelow = (path: string, above: string): boolean =>
  path === above || path.startsWith(`${above}.`) || path.startsWith(`${above}[]`);

const leaves = new WeakMap<ReadonlyMap<string, FieldSchema>, readonly FieldSchema[]>();

/** The fields that hold a value themselves; kept, as a contract has many agreements. */
export function leavesOf(fields: ReadonlyMap<string, FieldSchema>): readonly FieldSchema[] {
  const known = leaves.get(fields);
  if (known !== undefined) return known;
  const above = new Set([...fields.keys()].flatMap(containersOf));
  const found = [...fields.values()].filter(({ path }) => path !== '' && !above.has(path));
  leaves.set(fields, found);
  return found;
}

/** `members[].name` lies in `members` and `members[]`. */
export const containersOf = (path: string): string[] =>
  [...path.matchAll(/\.|\[\]/g)].flatMap(({ index, 0: mark }) =>
    [path.slice(0, index), ...(mark === '[]' ? [path.slice(0, index + 2)] : [])].filter(each => each !== path),
  );
