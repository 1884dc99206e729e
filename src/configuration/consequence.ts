/** What a changed config comes to, for whom: pure, two registries and the agreements in, consequences out. */
import { isDeepStrictEqual } from 'node:util';
import { type Agreement, agreementState } from '../agreements/agreement.js';
import type { ServiceBroken } from '../registry/contract-change/judge-contracts.js';
import { dayStart } from '../registry/formats/calendar.js';
import type { AdapterConfig, Registry, Service } from '../registry/registry.js';
import { standingOf } from './agreement-standing.js';
import { noParts, type PartsHeld, partsHeld, partsMoved } from './part-consequence.js';
import { moved, movedSettings } from './restart-settings.js';

/** Which way it goes for what is named. */
export const effect = { gains: 'gains', loses: 'loses', breaks: 'breaks', changes: 'changes' } as const;
export type Effect = (typeof effect)[keyof typeof effect];

export const thing = {
  setting: 'setting',
  purpose: 'purpose',
  department: 'department',
  client: 'client',
  adapter: 'adapter',
  service: 'service',
  agreement: 'agreement',
  consumer: 'consumer',
} as const;
export type Thing = (typeof thing)[keyof typeof thing];

export interface Consequence {
  readonly thing: Thing;
  /** Its id; of a setting its pointer in config/stile.yaml. */
  readonly id: string;
  readonly effect: Effect;
  /** Names of what has moved, never a value. */
  readonly why: readonly Why[];
}

/** Why: a word of a closed set, and what it is about where that is another thing. */
export interface Why {
  readonly reason: Reason;
  readonly of?: string;
}

export type Reason =
  | 'added'
  | 'removed'
  /** A member of that name says another thing; `of` names it. */
  | 'member'
  /** What a reference leads to has moved, such as a renewed secret. */
  | 'reference'
  /** Takes effect at a start only. */
  | 'restart'
  /** The agreement waits for its provider's consent; `of` names what has moved. */
  | 'waits'
  /** It stands again on what it was granted on. */
  | 'resumes'
  /** A contract breaks it; `of` is the rule, and the field where there is one. */
  | 'contract'
  /** It has effects from then on, so that every caller has to send an `Idempotency-Key`. */
  | 'effects'
  /** It is made of others; `of` is the one of them that does it. */
  | 'part'
  /** A purpose or client that it names is gone. */
  | 'purpose'
  | 'client'
  /** A service that the consumer has by an agreement. */
  | 'service';

/**
 * @param broken what the changed contracts break, as `judgeContracts` found it
 * @param now milliseconds since 1970 UTC; agreements that are over by then are touched by nothing
 */
export function consequencesOf(
  running: Registry,
  next: Registry,
  agreements: readonly Agreement[],
  broken: readonly ServiceBroken[],
  now: number,
): readonly Consequence[] {
  const live = liveAgreements(agreements, now);
  const held = partsHeld(live, running, next, broken);
  const ofAgreements = live.flatMap(each => agreementConsequences(each, running, next, broken, held(each)));
  return [
    ...settingConsequences(running, next),
    ...mapConsequences(thing.purpose, running.purposes, next.purposes),
    ...mapConsequences(thing.department, running.departments, next.departments),
    ...mapConsequences(thing.client, running.clients, next.clients),
    ...adapterConsequences(running, next),
    ...serviceConsequences(running, next, broken),
    ...ofAgreements,
    ...consumerConsequences(ofAgreements, live),
  ];
}

const dayMilliseconds = 86_400_000;

/** Those that an exchange may still be made under. */
export const liveAgreements = (agreements: readonly Agreement[], now: number): readonly Agreement[] =>
  agreements.filter(({ state, until }) => state !== agreementState.ended && now < dayStart(until) + dayMilliseconds);

function settingConsequences(running: Registry, next: Registry): Consequence[] {
  const restarts = new Set(movedSettings(running, next));
  const slices = [running, next].map(({ deployment, sandbox, settings }) => ({ deployment, sandbox, ...settings }));
  return moved(slices[0], slices[1], '').map(pointer => ({
    thing: thing.setting,
    id: pointer,
    effect: effect.changes,
    why: restarts.has(pointer) ? [{ reason: 'restart' }] : [],
  }));
}

function mapConsequences<T extends object>(
  kind: Thing,
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
): Consequence[] {
  return idsOf(before, after).flatMap(id => {
    const [old, now] = [before.get(id), after.get(id)];
    if (old === undefined) return [consequence(kind, id, effect.gains, [{ reason: 'added' }])];
    if (now === undefined) return [consequence(kind, id, effect.loses, [{ reason: 'removed' }])];
    if (old === now) return [];
    const members = movedMembers(old, now);
    return members.length === 0 ? [] : [consequence(kind, id, effect.changes, members)];
  });
}

const consequence = (kind: Thing, id: string, which: Effect, why: readonly Why[]): Consequence => ({
  thing: kind,
  id,
  effect: which,
  why,
});

const idsOf = (before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): string[] =>
  [...new Set([...before.keys(), ...after.keys()])].sort();

function movedMembers(old: object, now: object): Why[] {
  const [before, after] = [old, now] as Readonly<Record<string, unknown>>[];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return names
    .filter(name => !isDeepStrictEqual(before?.[name], after?.[name]))
    .map(name => ({ reason: 'member', of: name }));
}

/** By what is resolved: an adapter whose secret was renewed is opened anew. */
function adapterConsequences(running: Registry, next: Registry): Consequence[] {
  const [before, after] = [adaptersOf(running), adaptersOf(next)];
  return idsOf(before, after).flatMap(id => {
    const [old, now] = [before.get(id), after.get(id)];
    if (old === undefined) return [consequence(thing.adapter, id, effect.gains, [{ reason: 'added' }])];
    if (now === undefined) return [consequence(thing.adapter, id, effect.loses, [{ reason: 'removed' }])];
    if (isDeepStrictEqual(old.config, now.config)) return [];
    const why: Why[] = old.written === now.written ? [{ reason: 'reference' }] : movedMembers(old.config, now.config);
    return [consequence(thing.adapter, id, effect.changes, why)];
  });
}

interface AdapterInUse {
  readonly config: AdapterConfig;
  /** Digests of what the files say of it and of its services, in order. */
  readonly written: string;
}

function adaptersOf({ services }: Registry): ReadonlyMap<string, AdapterInUse> {
  const found = new Map<string, AdapterInUse>();
  for (const { adapter: config, mapping } of services.values()) {
    if (config === undefined) continue;
    const written = `${found.get(config.id)?.written ?? ''} ${mapping}`;
    found.set(config.id, { config, written });
  }
  return found;
}

/** What of a service is compared; its adapter's settings have a consequence of their own. */
function comparable({ contract, adapter, ask: _ask, deprecation, ...rest }: Service): object {
  const { headers: _headers, ...deprecated } = deprecation ?? {};
  return { ...rest, contract: contract.digest, adapter: adapter?.id, deprecated };
}

function serviceConsequences(running: Registry, next: Registry, broken: readonly ServiceBroken[]): Consequence[] {
  return idsOf(running.services, next.services).flatMap(id => {
    const [old, now] = [running.services.get(id), next.services.get(id)];
    if (old === undefined) return [consequence(thing.service, id, effect.gains, [{ reason: 'added' }])];
    if (now === undefined) return [consequence(thing.service, id, effect.loses, [{ reason: 'removed' }])];
    if (old === now && now.parts === undefined) return [];
    const members = movedMembers(comparable(old), comparable(now));
    const parts = partsMoved(id, running, next, broken);
    const own = broken.filter(({ service }) => service === id).map(contractWhy);
    const breaks = [...own, ...effectsWhy(old, now), ...parts.breaks];
    const changes = [...members, ...parts.changes];
    if (breaks.length > 0) return [consequence(thing.service, id, effect.breaks, [...breaks, ...changes])];
    return changes.length === 0 ? [] : [consequence(thing.service, id, effect.changes, changes)];
  });
}

const contractWhy = ({ rule, field }: ServiceBroken): Why => ({
  reason: 'contract',
  of: field === '' ? rule : `${rule} ${field}`,
});

/** Nobody's call that was good before is good without a key. */
const effectsWhy = (old: Service | undefined, now: Service | undefined): Why[] =>
  old?.safe === true && now?.safe === false ? [{ reason: 'effects' }] : [];

function agreementConsequences(
  agreement: Agreement,
  running: Registry,
  next: Registry,
  broken: readonly ServiceBroken[],
  parts: PartsHeld,
): Consequence[] {
  const { service } = agreement;
  const breaks = [
    ...broken.filter(({ agreements }) => agreements.includes(agreement.id)).map(contractWhy),
    ...effectsWhy(running.services.get(service), next.services.get(service)),
    ...parts.breaks,
  ];
  if (breaks.length > 0) return [consequence(thing.agreement, agreement.id, effect.breaks, breaks)];
  if (parts === noParts && standsOnTheSame(agreement, running, next)) return [];
  const [before, after] = [running, next].map(registry => standingOf(agreement, registry));
  if (before === undefined || after === undefined) return [];
  const lost: Why[] = [
    ...before.purposes.filter(id => !after.purposes.includes(id)).map(of => ({ reason: 'purpose' as const, of })),
    ...before.clients.filter(id => !after.clients.includes(id)).map(of => ({ reason: 'client' as const, of })),
  ];
  if (before.state === agreementState.active && after.state === agreementState.waiting) lost.push({ reason: 'waits' });
  lost.push(...parts.loses);
  if (lost.length > 0) return [consequence(thing.agreement, agreement.id, effect.loses, lost)];
  const resumes = before.state === agreementState.waiting && after.state === agreementState.active;
  const gained: Why[] = [...(resumes ? [{ reason: 'resumes' as const }] : []), ...parts.gains];
  return gained.length === 0 ? [] : [consequence(thing.agreement, agreement.id, effect.gains, gained)];
}

/** Whether both have the very same of all that it names; a department's object is made anew with its clients. */
export const standsOnTheSame = ({ consumer, service }: Agreement, running: Registry, next: Registry): boolean =>
  running.purposes === next.purposes &&
  running.departments.get(consumer) === next.departments.get(consumer) &&
  running.services.get(service) === next.services.get(service);

/** What consumers have of it: the services that an agreement of theirs gains, loses or breaks. */
function consumerConsequences(found: readonly Consequence[], live: readonly Agreement[]): Consequence[] {
  const byId = new Map(live.map(agreement => [agreement.id, agreement]));
  const services = new Map<string, { consumer: string; effect: Effect; services: Set<string> }>();
  for (const { id, effect: which } of found) {
    const agreement = byId.get(id);
    if (agreement === undefined) continue;
    const key = `${agreement.consumer} ${which}`;
    const group = services.get(key) ?? { consumer: agreement.consumer, effect: which, services: new Set() };
    services.set(key, group);
    group.services.add(agreement.service);
  }
  return [...services.values()].map(group =>
    consequence(
      thing.consumer,
      group.consumer,
      group.effect,
      [...group.services].map(of => ({ reason: 'service', of })),
    ),
  );
}

/** How many of each, as the ledger's entry of a change has it: `{ service: { gains: 1 } }`. */
export function summaryOf(
  consequences: readonly Consequence[],
): Readonly<Partial<Record<Thing, Partial<Record<Effect, number>>>>> {
  const summary: Partial<Record<Thing, Partial<Record<Effect, number>>>> = {};
  for (const { thing: kind, effect: which } of consequences) {
    const counts = summary[kind] ?? {};
    summary[kind] = { ...counts, [which]: (counts[which] ?? 0) + 1 };
  }
  return summary;
}
