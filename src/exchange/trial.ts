/** A trial: one exchange against a registry that is not in force, for an operator, step by step. Its record is whoever's asked for it. */
import type { Answer, JsonObject } from '../../adapters/adapter.js';
import type { Grants } from '../agreements/grants.js';
import type { Subject } from '../ledger/ledger.js';
import { type Exit, isExit } from '../problem.js';
import type { Registry } from '../registry/registry.js';
import { openAdapters } from './adapters.js';
import { ask } from './ask.js';
import type { RawCall } from './call.js';
import { checkReply } from './check-reply.js';
import { checkRequest } from './check-request.js';
import { decideNow } from './decision.js';
import type { Gateway } from './gateway.js';
import { match } from './match.js';
import { minimise } from './minimise.js';
import { openTrail, type Trail } from './trail.js';

export interface TrialQuestion {
  readonly service: string;
  readonly client: string;
  readonly purpose: string;
  readonly request: JsonObject;
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
  /** What the department answered, where it did; absent of one that broke off before. */
  readonly raw: Answer | undefined;
  /** What the client would have got. */
  readonly released: unknown;
  readonly trail: Trail;
  readonly subjects: readonly Subject[];
}

/** Asks a department as an exchange would, but for what counts or acts: no quota is used, and a service with effects is not tried. */
export async function tryExchange(
  question: TrialQuestion,
  registry: Registry,
  call: RawCall,
  gateway: Gateway,
): Promise<Trial> {
  const service = registry.services.get(question.service);
  const services = new Map(service === undefined ? [] : [[service.id, service]]);
  const adapters = openAdapters({ ...registry, services }, gateway.logger);
  gateway.agreements.compile(registry);
  const held = { registry, adapters, hold: () => {}, letGo: () => {} };
  const trail = openTrail(call, held, gateway.now(), 'exchange');
  const consented = asConsented(gateway.agreements.current(registry));
  const agreements = { ...gateway.agreements, current: () => consented };
  try {
    return await steps(question, call, { ...gateway, agreements }, trail);
  } finally {
    gateway.agreements.forget(registry);
    await adapters.close();
  }
}

/** Under files that are not in force nobody can have consented to what moves in them: that is what is tried. */
const asConsented = (grants: Grants): Grants => ({
  version: grants.version,
  of: (consumer, service) => grants.of(consumer, service).map(grant => ({ ...grant, state: grant.agreement.state })),
});

async function steps(question: TrialQuestion, call: RawCall, gateway: Gateway, trail: Trail): Promise<Trial> {
  const passed: TrialStep[] = [];
  let raw: Answer | undefined;
  const end = (exit: Exit | undefined, released?: unknown, subjects = trail.subjects): Trial => ({
    steps: passed,
    exit,
    raw,
    released,
    trail,
    subjects,
  });
  const step = async <Found>(stage: string, run: () => Found | Promise<Found>): Promise<Found> => {
    const begun = performance.now();
    try {
      return await run();
    } finally {
      passed.push({ stage, milliseconds: Math.round((performance.now() - begun) * 10) / 10 });
    }
  };

  trail.serviceNamed = question.service;
  const client = trail.registry.clients.get(question.client);
  if (client === undefined) return end({ code: 'STILE_CLIENT_UNKNOWN' });
  trail.client = client;
  const bytes = Buffer.from(JSON.stringify(question.request));
  trail.request = bytes;
  const { purpose } = question;
  const received = { request: question.request, viaQuery: false, bytes, purpose, idempotencyKey: undefined };
  const service = await step('match', () => match(received, trail));
  if (isExit(service)) return end(service);
  if (!service.safe || service.parts !== undefined) return end({ code: 'STILE_TRY_EFFECTS' });
  const checked = await step('check-request', () => checkRequest(received, service, trail));
  if (isExit(checked)) return end(checked);
  const asked = { received, client, service, request: checked.request };
  const grant = await step('decide', () => decideNow(asked, gateway, trail));
  if (isExit(grant)) return end(grant);
  const prepared = { ...asked, grant, quota: { policy: '', left: '' } };
  const answer = await step('ask', () => ask(prepared, call, gateway, trail, undefined));
  if (isExit(answer)) return end(answer);
  raw = answer;
  const subjects = await step('check-reply', () => checkReply(answer, service, trail));
  if (isExit(subjects)) return end(subjects);
  const released = await step('minimise', () => minimise(answer.body, grant));
  return end(undefined, released, subjects);
}
