/**
 * Judges a changed contract by direction: what was accepted as a request must be accepted still, and a reply must keep
 * what was promised. Pure: two contracts in, what breaks those who use the old one out.
 */
import { below, valueAt } from '../fault.js';
import type { CompiledSchema, Contract } from '../registry.js';
import type { Schema } from '../schema-store.js';
import { type ChangeRule, type Half, half, lost } from './change-rule.js';
import { contained } from './contained.js';
import type { Shortfall } from './demand.js';
import { type Expanded, expand, type Origin } from './expand.js';

/** A contract with every schema that it refers to, by `$id`. */
export interface Judged {
  readonly contract: Pick<Contract, 'digest' | 'request' | 'reply'>;
  readonly schemas: ReadonlyMap<string, Schema>;
}

/** A change that breaks whoever uses the old contract. */
export interface Breaking {
  readonly rule: ChangeRule;
  readonly half: Half;
  /** The field, as grants name it; empty where the whole half is concerned. */
  readonly field: string;
  /** Where in the new contract's files. */
  readonly at: Origin;
}

/** @returns what breaks, in the order of request and reply; nothing when the new contract may take the old one's place */
export function judgeContract(old: Judged, now: Judged): readonly Breaking[] {
  if (old.contract.digest === now.contract.digest) return [];
  const found = [...judgeHalf(half.request, old, now), ...judgeHalf(half.reply, old, now)];
  return [...new Map(found.map(each => [JSON.stringify(each), each])).values()];
}

function judgeHalf(which: Half, old: Judged, now: Judged): Breaking[] {
  const [before, after] = [old, now].map(({ contract, schemas }) => expand(idOf(contract[which]), schemas));
  if (before === undefined || after === undefined) return [];
  const asked = which === half.request;
  const [narrow, wide] = asked ? [before, after] : [after, before];
  const shortfalls = contained(narrow.schema, wide.schema).map(shortfall => ({
    rule: `${which}-${shortfall.gap}` as const,
    half: which,
    field: shortfall.path,
    at: asked ? demandedAt(shortfall, after) : knownAt(shortfall, after),
  }));
  return [...shortfalls, ...fieldChanges(which, old.contract[which], now.contract[which])];
}

const idOf = ({ schema }: CompiledSchema): string => String(schema.$id);

/** The keyword of the new contract that refuses. */
function demandedAt({ wanted, keyword, name }: Shortfall, { schema, origins }: Expanded): Origin {
  const origin = origins.get(wanted) ?? origins.get(schema);
  if (origin === undefined) return nowhere;
  const within = keyword === 'properties' && name !== undefined ? [keyword, name] : [keyword];
  return origins.has(wanted) && keyword !== '' ? { ...origin, pointer: below(origin.pointer, ...within) } : origin;
}

/** What the new contract says of the value that the old one would refuse. */
function knownAt({ known, keyword, name }: Shortfall, { schema, origins }: Expanded): Origin {
  const spoken = known.flatMap(each => {
    const origin = each === false ? undefined : origins.get(each);
    return each === false || origin === undefined ? [] : [{ each, origin }];
  });
  for (const { each, origin } of spoken) {
    const { properties } = each;
    if (
      name !== undefined &&
      typeof properties === 'object' &&
      properties !== null &&
      Object.hasOwn(properties, name)
    ) {
      return { ...origin, pointer: below(origin.pointer, 'properties', name) };
    }
  }
  const sayer = spoken.find(({ each }) => keyword in each);
  if (sayer !== undefined) return { ...sayer.origin, pointer: below(sayer.origin.pointer, keyword) };
  return spoken[0]?.origin ?? origins.get(schema) ?? nowhere;
}

const nowhere: Origin = { id: '', pointer: '' };

/** In this order a field may only fall. */
const sensitivities: readonly (string | undefined)[] = [undefined, 'public', 'internal', 'personal', 'sensitive'];

/** What no schema decides: whom a field names, how sensitive it is, and whether it is there to be granted. */
function fieldChanges(which: Half, old: CompiledSchema, now: CompiledSchema): Breaking[] {
  const paths = new Set([...old.fields.keys(), ...old.subjects.map(({ path }) => path)]);
  return [...paths].flatMap(field =>
    rulesBroken(which, field, old, now).map(rule => ({ rule, half: which, field, at: placeOf(field, now) })),
  );
}

function rulesBroken(which: Half, field: string, old: CompiledSchema, now: CompiledSchema): ChangeRule[] {
  const [before, after] = [old.fields.get(field), now.fields.get(field)];
  if (before !== undefined && after === undefined) return which === half.reply ? [lost.field] : [];
  const raised = sensitivities.indexOf(after?.sensitivity) > sensitivities.indexOf(before?.sensitivity);
  const moved = subjectOf(old, field) !== subjectOf(now, field);
  return [
    ...(raised ? [`${which}-${lost.sensitivity}` as const] : []),
    ...(moved ? [`${which}-${lost.subject}` as const] : []),
  ];
}

const subjectOf = ({ subjects }: CompiledSchema, field: string): string =>
  subjects
    .filter(({ path }) => path === field)
    .map(({ role, kind }) => `${role} ${kind}`)
    .join();

/** Where the contract's own file speaks of the field, or of the nearest thing around it. */
function placeOf(field: string, now: CompiledSchema): Origin {
  let pointer = '';
  for (const name of field.replaceAll('[]', '.[]').split('.')) {
    const next = name === '[]' ? below(pointer, 'items') : below(pointer, 'properties', name);
    if (valueAt(now.schema, next) === undefined) break;
    pointer = next;
  }
  return { id: idOf(now), pointer };
}
