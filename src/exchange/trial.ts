/** A trial: one exchange against a registry that is not in force, for an operator, step by step. Its records are whoever's asked for it. */
import type { Answer } from '../../adapters/adapter.js';
import type { Grants } from '../agreements/grants.js';
import type { StaffPrincipal } from '../identity/principal.js';
import type { Draft, Subject } from '../ledger/ledger.js';
import { type Exit, isExit } from '../problem.js';
import type { Registry, Service } from '../registry/registry.js';
import { openAdapters } from './adapters.js';
import { ask } from './ask.js';
import type { RawCall } from './call.js';
import { checkReply } from './check-reply.js';
import { checkRequest } from './check-request.js';
import { decideNow } from './decision.js';
import { faultOf } from './exchange.js';
import { refuseInVain } from './foresee.js';
import type { Gateway } from './gateway.js';
import { intend } from './intend.js';
import { match } from './match.js';
import { minimise } from './minimise.js';
import type { Prepared } from './prepare.js';
import { giveUpClaim } from './record.js';
import { isEarlier, repeat } from './repeat.js';
import { openTrail, type Trail } from './trail.js';
import { partsTried } from './trial-parts.js';

export interface TrialQuestion {
  readonly service: string;
  readonly client: string;
  readonly purpose: string;
  readonly request: unknown;
  /** The operator's word that the department may do what is asked. */
  readonly effects: boolean;
  readonly idempotencyKey: string | undefined;
}

export interface TrialStep {
  readonly stage: string;
  readonly milliseconds: number;
}

export interface Trial {
  /** Those that passed, and the one that stopped it. */
  readonly steps: readonly TrialStep[];
  /** What stopped it. */
  readonly exit: Exit | undefined;
  /** What the department answered, where it did; absent of one that broke off before, and of a repeat. */
  readonly raw: Answer | undefined;
  /** What the client would have got. */
  readonly released: unknown;
  readonly trail: Trail;
  readonly subjects: readonly Subject[];
  /** Of a service with effects: what a repeat under the same key is answered with. */
  readonly seal: Draft['seal'];
  /** Of a composite: its parts as they were tried. */
  readonly parts: readonly TriedPart[];
}

export interface RecordedTrial extends Trial {
  /** Ledger position of its record; absent when it was only counted. */
  readonly record: string | undefined;
}

export interface TriedPart extends RecordedTrial {
  readonly step: string;
}

/**
 * Writes a trial down.
 *
 * @throws LedgerError and then nothing of it is shown
 */
export type WriteTrial = (trial: Trial) => Promise<string | undefined>;

/** What all of one trial's questions share. */
export interface Trying {
  readonly call: RawCall;
  readonly gateway: Gateway;
  /** One question up to its record. */
  readonly run: (question: TrialQuestion, trail: Trail) => Promise<RecordedTrial>;
  /** Parts under way: one may end after the composite. */
  readonly underWay: Set<Promise<unknown>>;
}

/**
 * Asks departments as an exchange would, and writes everything down as it would; but no quota is used. What has effects is
 * asked only on the operator's word, under an intent and an `Idempotency-Key`.
 */
export async function tryExchange(
  question: TrialQuestion,
  staff: Pick<StaffPrincipal, 'id' | 'role'>,
  registry: Registry,
  call: RawCall,
  gateway: Gateway,
  write: WriteTrial,
): Promise<RecordedTrial> {
  const services = servicesOf(question.service, registry);
  const adapters = openAdapters({ ...registry, services }, gateway.logger);
  gateway.agreements.compile(registry);
  const held = { registry, adapters, hold: () => {}, letGo: () => {} };
  const trail = openTrail(call, held, gateway.now(), 'exchange');
  trail.staff = { id: staff.id, role: staff.role };
  const agreements = { ...gateway.agreements, current: () => asConsented(gateway.agreements.current(registry)) };
  const underWay = new Set<Promise<unknown>>();
  const trying: Trying = { call, gateway: { ...gateway, agreements }, run, underWay };
  async function run(asked: TrialQuestion, own: Trail): Promise<RecordedTrial> {
    const fault = faultOf(own, gateway.logger);
    const trial = await tried(asked, own, trying).catch((error: unknown) => endedIn(fault(error), own));
    if (trial.exit !== undefined) await giveUpClaim(gateway, own);
    return { ...trial, record: await write(trial) };
  }
  try {
    return await run(question, trail);
  } finally {
    await Promise.allSettled(underWay);
    gateway.agreements.forget(registry);
    await adapters.close();
  }
}

/** It, and all that it is made of. */
function servicesOf(id: string, registry: Registry, found = new Map<string, Service>()) {
  const service = registry.services.get(id);
  if (service === undefined || found.has(id)) return found;
  found.set(id, service);
  for (const part of service.parts ?? []) servicesOf(part.service, registry, found);
  return found;
}

/** Under files that are not in force nobody can have consented to what moves in them: that is what is tried. */
const asConsented = (grants: Grants): Grants => ({
  version: grants.version,
  of: (consumer, service) => grants.of(consumer, service).map(grant => ({ ...grant, state: grant.agreement.state })),
});

/** Of which nothing is shown but that. */
const endedIn = (exit: Exit | undefined, trail: Trail): Trial => ({
  steps: [],
  exit,
  raw: undefined,
  released: undefined,
  trail,
  subjects: trail.subjects,
  seal: undefined,
  parts: [],
});

async function tried(question: TrialQuestion, trail: Trail, trying: Trying): Promise<Trial> {
  const { call, gateway } = trying;
  const steps: TrialStep[] = [];
  const parts: TriedPart[] = [];
  let raw: Answer | undefined;
  const end = (exit: Exit | undefined, made: Partial<Pick<Trial, 'released' | 'subjects' | 'seal'>> = {}): Trial => {
    return { ...endedIn(exit, trail), steps, raw, parts, ...made };
  };
  const step = async <Found>(stage: string, run: () => Found | Promise<Found>): Promise<Found> => {
    const begun = performance.now();
    try {
      return await run();
    } finally {
      steps.push({ stage, milliseconds: Math.round((performance.now() - begun) * 10) / 10 });
    }
  };

  trail.serviceNamed = question.service;
  if (call.gone()) return end({ code: 'STILE_CALLER_GONE' });
  const client = trail.registry.clients.get(question.client);
  if (client === undefined) return end({ code: 'STILE_CLIENT_UNKNOWN' });
  trail.client = client;
  const bytes = Buffer.from(JSON.stringify(question.request));
  trail.request = bytes;
  const { purpose, request, idempotencyKey } = question;
  const received = { request, viaQuery: false, bytes, purpose, idempotencyKey };
  const service = await step('match', () => match(received, trail));
  if (isExit(service)) return end(service);
  if (!service.safe && !question.effects) return end({ code: 'STILE_TRY_EFFECTS' });
  const checked = await step('check-request', () => checkRequest(received, service, trail));
  if (isExit(checked)) return end(checked);
  const asked = { received, client, service, request: checked.request };
  const grant = await step('decide', () => decideNow(asked, gateway, trail));
  if (isExit(grant)) return end(grant);
  const prepared: Prepared = { ...asked, grant, quota: { policy: '', left: '' } };
  const inVain = refuseInVain(prepared, gateway, trail);
  if (inVain !== undefined) return end(inVain);
  const claim = service.safe ? undefined : await step('repeat', () => repeat(prepared, gateway, trail));
  if (isExit(claim)) return end(claim);
  if (isEarlier(claim)) {
    const { body, subjects } = claim.sealed;
    return end(undefined, { released: JSON.parse(body), subjects });
  }
  const intended = service.intent ? await step('intend', () => intend(prepared, gateway, trail)) : prepared;
  if (isExit(intended)) return end(intended);
  const found = await step('ask', () =>
    ask(intended, call, gateway, trail, partsTried(question, trail, trying, parts)),
  );
  if (isExit(found)) return end(found);
  raw = found;
  const subjects = await step('check-reply', () => checkReply(found, service, trail));
  if (isExit(subjects)) return end(subjects);
  const released = await step('minimise', () => minimise(found.body, intended.grant));
  if (claim === undefined) return end(undefined, { released, subjects });
  const { id, version } = intended.grant.agreement;
  const sealed = { body: JSON.stringify(released), asOf: found.asOf, agreement: { id, version }, subjects, under: [] };
  return end(undefined, { released, subjects, seal: { ...claim, reply: gateway.repeats.seal(sealed) } });
}
