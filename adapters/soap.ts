/** Asks departments' systems that speak SOAP 1.1 or 1.2, document/literal, whatever their names, codes and dates: all of it is config. */

import type { SoapService } from '../schemas/stile/adapters/soap-service.js';
import serviceSchema from '../schemas/stile/adapters/soap-service.json' with { type: 'json' };
import type { SoapSettings } from '../schemas/stile/adapters/soap-settings.js';
import settingsSchema from '../schemas/stile/adapters/soap-settings.json' with { type: 'json' };
import {
  type Adapter,
  type AdapterContext,
  type AdapterModule,
  type Answer,
  type Call,
  type Failure,
  failure,
  type JsonObject,
  type ReadConfigFile,
  type SettingFault,
} from './adapter.js';
import { isWeaklySigned } from './authentication.js';
import { compiledOnce } from './compiled-service.js';
import { decode } from './content-coding.js';
import { isPassing } from './http-status.js';
import { namedFields } from './mapping-fields.js';
import { defaultUtcOffset, direction, type MappingScope } from './mapping-scope.js';
import { retrying } from './retry.js';
import { type RuleFault, settingFault } from './rule-fault.js';
import { Sender } from './sender.js';
import { type AnswerReader, compileAnswer } from './soap-answer.js';
import { checkNames } from './soap-names.js';
import { compileQuestion, type QuestionMaker } from './soap-question.js';
import { wsdlFaults } from './soap-wsdl.js';
import { readWsdl, type WsdlRead } from './wsdl.js';
import { wsdlFileText } from './wsdl-text.js';

interface CompiledService {
  readonly question: QuestionMaker;
  readonly answer: AnswerReader;
}

export const adapter: AdapterModule = {
  kind: 'soap',
  settingsSchema,
  serviceSchema,
  unpinned: ['wsdl'],
  check(settings, ask, readFile) {
    const faults: SettingFault[] = [];
    const report = (pointer: string, fault: RuleFault): void => void faults.push(settingFault(pointer, fault));
    // Neither the address nor the credentials matter to the rules, and both may still be references.
    const known = { ...settings, baseUrl: 'http://localhost', authentication: {} } as unknown as SoapSettings;
    const service = ask as unknown as SoapService;
    checkNames(service, known, report);
    compileService(service, known, report);
    const found = readFile && wsdlOf(settings, readFile);
    return found !== undefined && 'wsdl' in found ? [...faults, ...wsdlFaults(service, known, found.wsdl)] : faults;
  },
  isWeaklySigned,
  checkSettings(settings, readFile) {
    const found = wsdlOf(settings, readFile);
    return found !== undefined && 'fault' in found
      ? [{ pointer: '/wsdl', ...wsdlFileText(found.file, found.fault) }]
      : [];
  },
  addresses(settings, readFile) {
    const found = wsdlOf(settings, readFile);
    if (found === undefined || 'fault' in found) return [];
    return found.wsdl.addresses.filter(({ version }) => version === settings.version).map(({ location }) => location);
  },
  names: ask => namedFields(ask as unknown as SoapService),
  open: (settings, context) => new SoapAdapter(settings as unknown as SoapSettings, context),
};

/** What was read, once for all services that one check is about: whoever checks anew reads anew. */
const described = new WeakMap<ReadConfigFile, Map<string, WsdlRead>>();

function wsdlOf(settings: JsonObject, readFile: ReadConfigFile): WsdlRead | undefined {
  const { wsdl } = settings as unknown as SoapSettings;
  if (wsdl === undefined) return undefined;
  const known = described.get(readFile) ?? new Map<string, WsdlRead>();
  described.set(readFile, known);
  const found = known.get(wsdl) ?? readWsdl(wsdl, readFile);
  known.set(wsdl, found);
  return found;
}

function compileService(service: SoapService, settings: SoapSettings, report: MappingScope['report']): CompiledService {
  const { codes = {}, utcOffset = defaultUtcOffset } = settings;
  const scope = { codes, utcOffset, report };
  return {
    question: compileQuestion(service, settings, { ...scope, direction: direction.toDepartment }),
    answer: compileAnswer(service, settings, { ...scope, direction: direction.toContract }),
  };
}

class SoapAdapter implements Adapter {
  readonly #sender: Sender;
  readonly #serviceOf: (ask: JsonObject) => CompiledService;

  constructor(settings: SoapSettings, context: AdapterContext) {
    this.#serviceOf = compiledOnce((ask, report) => compileService(ask as unknown as SoapService, settings, report));
    this.#sender = new Sender(settings, context);
  }

  async ask(request: JsonObject, call: Call): Promise<Answer | Failure> {
    const service = this.#serviceOf(call.ask);
    const question = await service.question(request, call);
    if ('fault' in question) {
      return { failure: failure.rejected, detail: `not asked: ${question.fault}`, notActed: true };
    }
    const reply = await retrying(
      time => this.#sender.send(question(), { time, bytes: call.replyLimit }),
      call.deadline,
      call.retries,
      isPassing,
    );
    if ('failure' in reply) return reply;
    const body = await decode(reply.body, reply.headers['content-encoding'], call.replyLimit);
    if ('failure' in body) return body;
    return service.answer({ ...reply, body }, request, call.depthLimit);
  }

  probe(signal: AbortSignal): Promise<Failure | null> {
    return this.#sender.probe(signal);
  }

  close(): Promise<void> {
    return this.#sender.close();
  }
}
