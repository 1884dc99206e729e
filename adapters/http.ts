/** Asks departments' systems that speak HTTP and JSON, whatever their names, codes and dates: all of it is config. */

import type { HttpService } from '../schemas/stile/adapters/http-service.js';
import serviceSchema from '../schemas/stile/adapters/http-service.json' with { type: 'json' };
import type { HttpSettings } from '../schemas/stile/adapters/http-settings.js';
import settingsSchema from '../schemas/stile/adapters/http-settings.json' with { type: 'json' };
import {
  type Adapter,
  type AdapterContext,
  type AdapterModule,
  type Answer,
  type Call,
  type Failure,
  failure,
  type JsonObject,
  type SettingFault,
} from './adapter.js';
import { credentialsOf, isWeaklySigned } from './authentication.js';
import { compiledOnce } from './compiled-service.js';
import { decode } from './content-coding.js';
import type { FlightLimits, WireReply } from './flight.js';
import { type AnswerReader, compileAnswer } from './http-answer.js';
import { compileQuestion, type QuestionMaker } from './http-question.js';
import { isPassing } from './http-status.js';
import { namedFields } from './mapping-fields.js';
import { defaultUtcOffset, direction, type MappingScope } from './mapping-scope.js';
import { retrying } from './retry.js';
import { type RuleFault, settingFault } from './rule-fault.js';
import { type Message, Sender } from './sender.js';

interface CompiledService {
  readonly question: QuestionMaker;
  readonly answer: AnswerReader;
  readonly envelope: Envelope | undefined;
}

/** What a protocol that carries HTTP and JSON adds to the questions of one service, and demands of its answers. */
export interface Envelope {
  /** Headers of one try, names and values in turn. */
  headers(call: Call, attempt: number): readonly string[];
  /** Why an answer is none, whatever its status and body say. */
  refusal(reply: WireReply, call: Call, attempt: number): Failure | undefined;
}

/** A service's own settings as those of HTTP and JSON. */
export type ServiceReader = (ask: JsonObject) => { readonly service: HttpService; readonly envelope?: Envelope };

export const adapter: AdapterModule = {
  kind: 'http',
  settingsSchema,
  serviceSchema,
  check: (settings, ask) => checkService(settings, ask as unknown as HttpService),
  isWeaklySigned,
  names: ask => namedFields(ask as unknown as HttpService),
  open: (settings, context) => new HttpAdapter(settings as unknown as HttpSettings, context, readService),
};

const readService: ServiceReader = ask => ({ service: ask as unknown as HttpService });

/** Faults in a service's rules that no schema can see. */
export function checkService(settings: JsonObject, service: HttpService): SettingFault[] {
  const faults: SettingFault[] = [];
  const report = (pointer: string, fault: RuleFault): void => void faults.push(settingFault(pointer, fault));
  // Neither the address nor the credentials matter to the rules, and both may still be references.
  const known = { ...settings, baseUrl: 'http://localhost', authentication: {} } as HttpSettings;
  compileService({ service }, known, report, () => ({ fault: '' }));
  return faults;
}

function compileService(
  { service, envelope }: ReturnType<ServiceReader>,
  settings: HttpSettings,
  report: MappingScope['report'],
  readJson: AdapterContext['readJson'],
): CompiledService {
  const { codes = {}, utcOffset = defaultUtcOffset } = settings;
  const scope = { codes, utcOffset, report };
  const credentials = credentialsOf(settings.authentication);
  return {
    question: compileQuestion(service, settings, credentials, { ...scope, direction: direction.toDepartment }),
    answer: compileAnswer(service, settings, { ...scope, direction: direction.toContract }, readJson),
    envelope,
  };
}

const notAsked = (why: string): Failure => ({ failure: failure.rejected, detail: `not asked: ${why}`, notActed: true });

/** Asks over HTTP and JSON, within a protocol's envelope where there is one. */
export class HttpAdapter implements Adapter {
  readonly #sender: Sender;
  readonly #serviceOf: (ask: JsonObject) => CompiledService;

  constructor(settings: HttpSettings, context: AdapterContext, read: ServiceReader) {
    this.#serviceOf = compiledOnce((ask, report) => compileService(read(ask), settings, report, context.readJson));
    this.#sender = new Sender(settings, context);
  }

  async ask(request: JsonObject, call: Call): Promise<Answer | Failure> {
    const service = this.#serviceOf(call.ask);
    const question = await service.question(request, call);
    if ('fault' in question) return notAsked(question.fault);
    let attempt = 0;
    const reply = await retrying(
      time => this.#try(question, service.envelope, { time, bytes: call.replyLimit }, call, ++attempt),
      call.deadline,
      call.retries,
      isPassing,
    );
    if ('failure' in reply) return reply;
    const body = await decode(reply.body, reply.headers['content-encoding'], call.replyLimit);
    if ('failure' in body) return body;
    return service.answer({ ...reply, body }, request, call.depthLimit);
  }

  #try(question: Message, envelope: Envelope | undefined, limits: FlightLimits, call: Call, attempt: number) {
    return envelope === undefined
      ? this.#sender.send(question, limits)
      : this.#tryWithin(envelope, question, limits, call, attempt);
  }

  async #tryWithin(envelope: Envelope, question: Message, limits: FlightLimits, call: Call, attempt: number) {
    const headers = [...question.headers, ...envelope.headers(call, attempt)];
    const reply = await this.#sender.send({ ...question, headers }, limits);
    return 'failure' in reply ? reply : (envelope.refusal(reply, call, attempt) ?? reply);
  }

  probe(signal: AbortSignal): Promise<Failure | null> {
    return this.#sender.probe(signal);
  }

  close(): Promise<void> {
    return this.#sender.close();
  }
}
