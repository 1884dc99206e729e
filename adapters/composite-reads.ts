/** What a composite service's rules read of its steps, and what is wrong with that: steps that are not there, circles, questions whose answer nobody uses. */
import type { CompositeService } from '../schemas/stile/adapters/composite-service.js';
import type { Mapping } from '../schemas/stile/adapters/http-service.js';
import { type NamedField, type NamedPart, namedIn } from './adapter.js';
import { pointerTo } from './mapping.js';
import { sources, targets } from './mapping-fields.js';
import { type RuleFault, ruleFault } from './rule-fault.js';

/** One value taken of a step's reply. */
interface Read {
  readonly step: string;
  /** Within that step's reply, as in its contract; empty is the whole of it. */
  readonly path: string;
  /** RFC 6901, from the service's own settings. */
  readonly pointer: string;
}

/** What a step's question, and whether it is put at all, takes of other steps. */
export function readsOfStep(service: CompositeService, name: string): Read[] {
  const pointer = pointerTo('/steps', name);
  const { request, when } = service.steps[name] ?? {};
  return [
    ...(request === undefined ? [] : reads(request, `${pointer}/request`)),
    ...(when === undefined ? [] : reads(when, `${pointer}/when`)),
  ];
}

export const readsOfReply = ({ reply }: CompositeService): Read[] => reads(reply, '/reply');

const reads = (mapping: Mapping, pointer: string): Read[] => sources(mapping, pointer, '').map(readOf);

function readOf({ path, pointer }: NamedField): Read {
  const [, step = '', rest = ''] = /^([^.[]*)(.*)$/.exec(path) ?? [];
  return { step, path: rest.replace(/^\./, ''), pointer };
}

/** The steps in an order in which each comes after those it needs; those of a circle are left out. */
export function inOrder(service: CompositeService): { readonly name: string; readonly needs: readonly string[] }[] {
  const waiting = new Map(
    Object.keys(service.steps).map(name => [name, [...new Set(readsOfStep(service, name).map(({ step }) => step))]]),
  );
  const ordered: { name: string; needs: readonly string[] }[] = [];
  for (let before = -1; before < ordered.length; ) {
    before = ordered.length;
    for (const [name, needs] of waiting) {
      if (needs.some(need => !ordered.some(step => step.name === need))) continue;
      ordered.push({ name, needs });
      waiting.delete(name);
    }
  }
  return ordered;
}

/** Told of each fault with its RFC 6901 pointer. */
type Report = (pointer: string, fault: RuleFault) => void;

export function checkReads(service: CompositeService, report: Report): void {
  const names = Object.keys(service.steps);
  const used = new Set<string>();
  const ofReply = readsOfReply(service);
  for (const { reads, own } of [
    { reads: ofReply, own: undefined },
    ...names.map(name => ({ reads: readsOfStep(service, name), own: name })),
  ]) {
    for (const { step, pointer } of reads) {
      if (!names.includes(step)) report(pointer, ruleFault.unknownStep);
      else if (step !== own) used.add(step);
    }
  }
  for (const name of names) {
    if (!used.has(name)) report(pointerTo('/steps', name), ruleFault.unusedStep);
    if (needsItself(service, name)) report(pointerTo('/steps', name), ruleFault.circularStep);
  }
  if (service.partial !== undefined) {
    for (const pointer of demanded(service.reply, '/reply')) report(pointer, ruleFault.demandedOfStep);
  }
}

function needsItself(service: CompositeService, name: string): boolean {
  const reached = new Set<string>();
  const ahead = [name];
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    for (const { step } of readsOfStep(service, next)) {
      if (step === name) return true;
      if (reached.has(step)) continue;
      reached.add(step);
      ahead.push(step);
    }
  }
  return false;
}

/** Where a mapping cannot do without what a step may not have answered. */
function demanded(mapping: Mapping, pointer: string): string[] {
  if (typeof mapping === 'string') return [pointer];
  const { from, fields, each, optional, constant, request } = mapping;
  if (optional === true || constant !== undefined || request !== undefined) return [];
  if (from !== undefined || each !== undefined || fields === undefined) return [pointer];
  return Object.entries(fields).flatMap(([name, below]) => demanded(below, pointerTo(`${pointer}/fields`, name)));
}

/** The fields of its own contract that a composite names. */
export function namedOfOwn(service: CompositeService): NamedField[] {
  const { steps, partial, reply } = service;
  const ofReasons = partial === undefined ? [] : ['step', 'code', 'title'];
  return [
    ...targets(reply, '/reply', ''),
    ...Object.entries(steps).flatMap(([name, { request, when }]) => {
      const pointer = pointerTo('/steps', name);
      const asked = [...targets(request, `${pointer}/request`, ''), ...targets(when ?? '', `${pointer}/when`, '')];
      return asked.filter(({ half }) => half === namedIn.request);
    }),
    ...ofReasons.map(member => ({
      half: namedIn.reply,
      path: `${partial?.reasons}[].${member}`,
      pointer: '/partial/reasons',
    })),
  ];
}

/** The services it is made of, and the fields of their contracts that it names. */
export function partsOf(service: CompositeService): NamedPart[] {
  const all = [...readsOfReply(service), ...Object.keys(service.steps).flatMap(name => readsOfStep(service, name))];
  return Object.entries(service.steps).map(([step, { service: id, request, when }]) => {
    const pointer = pointerTo('/steps', step);
    const made = targets(request, `${pointer}/request`, '').filter(({ half }) => half === namedIn.reply);
    const read = all.filter(each => each.step === step && each.path !== '');
    return {
      step,
      service: id,
      pointer: `${pointer}/service`,
      isNeeded: service.partial === undefined && when === undefined,
      fields: [
        ...made.map(field => ({ ...field, half: namedIn.request })),
        ...read.map(({ path, pointer }) => ({ half: namedIn.reply, path, pointer })),
      ],
    };
  });
}
