/** Answers with what other services answer ("one matter, handled once"): asks them in the caller's name and puts their replies together. */
import type { CompositeService } from '../schemas/stile/adapters/composite-service.js';
import serviceSchema from '../schemas/stile/adapters/composite-service.json' with { type: 'json' };
import settingsSchema from '../schemas/stile/adapters/composite-settings.json' with { type: 'json' };
import {
  type Adapter,
  type AdapterContext,
  type AdapterModule,
  type Answer,
  type Call,
  type Failure,
  failure,
  type JsonObject,
  type PartReply,
  type Parts,
  type Reason,
  type SettingFault,
} from './adapter.js';
import { compiledOnce } from './compiled-service.js';
import { compilePlan, type Plan, type Step } from './composite-plan.js';
import { namedOfOwn, partsOf } from './composite-reads.js';
import { settingFault } from './rule-fault.js';

export const adapter: AdapterModule = {
  kind: 'composite',
  settingsSchema,
  serviceSchema,
  // What has been done in one place is not undone when another fails.
  onlyReads: true,
  namesIntent: true,
  check(_settings, ask) {
    const faults: SettingFault[] = [];
    compilePlan(ask as unknown as CompositeService, (pointer, fault) => void faults.push(settingFault(pointer, fault)));
    return faults;
  },
  names: ask => namedOfOwn(ask as unknown as CompositeService),
  parts: ask => partsOf(ask as unknown as CompositeService),
  open: (_settings, context) => openComposite(context),
};

/** How a step ended. */
type End = PartReply | Reason | typeof skipped;
const skipped = 'skipped';
const isReply = (end: End): end is PartReply => end !== skipped && 'body' in end;
const isFailed = (end: End): end is Reason => end !== skipped && 'code' in end;

/** It holds nothing while its parts are asked, so that it can never stand in their way. */
function openComposite({ logger }: AdapterContext): Adapter {
  const planOf = compiledOnce((ask, report) => compilePlan(ask as unknown as CompositeService, report));
  return {
    async ask(request, call) {
      const { parts } = call;
      if (parts === undefined) throw new Error('a composite service was asked without its parts');
      const plan = planOf(call.ask);
      const ends = await askSteps(plan, request, call, parts, logger);
      return compose(plan, ends, request);
    },
    probe: async () => null,
    close: async () => {},
  };
}

/** Asks each step as soon as those it needs have ended. With all or nothing, none is begun after one has failed. */
async function askSteps(
  plan: Plan,
  request: JsonObject,
  call: Call,
  parts: Parts,
  logger: AdapterContext['logger'],
): Promise<ReadonlyMap<string, End>> {
  const until = performance.now() + call.deadline;
  const ending = new Map<string, Promise<End>>();
  let givenUp = false;

  async function end(step: Step): Promise<End> {
    const replies: Record<string, unknown> = {};
    for (const need of step.needs) {
      const before = (await ending.get(need)) ?? skipped;
      if (isFailed(before)) return parts.notAsked;
      if (isReply(before)) replies[need] = before.body;
    }
    if (givenUp || performance.now() >= until) return parts.notAsked;
    const wanted = step.isWanted(replies, request);
    if (wanted === false) return skipped;
    const question =
      wanted === undefined ? { fault: 'whether it is wanted was not released' } : step.question(replies, request);
    if ('fault' in question) {
      logger.warn({ id: call.requestId, step: step.name, detail: question.fault }, 'a step was not asked');
      return parts.notAsked;
    }
    return parts.exchange({ step: step.name, service: step.service, request: question.value, until });
  }

  for (const step of plan.steps) {
    const ended = end(step).then(found => {
      if (isFailed(found) && plan.reasons === undefined) givenUp = true;
      return found;
    });
    ending.set(step.name, ended);
  }
  return new Map(await Promise.all([...ending].map(async ([name, ended]) => [name, await ended] as const)));
}

function compose(plan: Plan, ends: ReadonlyMap<string, End>, request: JsonObject): Answer | Failure {
  const replies = new Map([...ends].filter((each): each is [string, PartReply] => isReply(each[1])));
  const reasons = [...ends].flatMap(([step, end]) =>
    isFailed(end) ? [{ step, code: end.code, title: end.title }] : [],
  );
  if (reasons.length > 0 && (plan.reasons === undefined || replies.size === 0)) {
    return tooLittle(reasons.map(({ step, code }) => `${step}: ${code}`).join(', '));
  }
  const source = Object.fromEntries([...replies].map(([step, { body }]) => [step, body]));
  const mapped = plan.reply(source, request);
  if ('fault' in mapped) return tooLittle(mapped.fault);
  const asOf = oldest([...replies.values()]);
  return {
    body:
      plan.reasons === undefined || reasons.length === 0
        ? mapped.value
        : { ...(mapped.value as JsonObject | undefined), [plan.reasons]: reasons },
    ...(asOf === undefined ? {} : { asOf }),
  };
}

const tooLittle = (detail: string): Failure => ({ failure: failure.parts, detail, notActed: true });

/** Of the times that are said, the earliest: what was put together was true then, as far as anybody says. */
function oldest(replies: readonly PartReply[]): string | undefined {
  const times = replies.flatMap(({ asOf }) => (asOf === undefined ? [] : [asOf]));
  return times.sort((one, other) => Date.parse(one) - Date.parse(other))[0];
}
