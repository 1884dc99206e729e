/** Reads a department's HTTP answer: its status, then its JSON. */
import type { HttpService } from '../schemas/stile/adapters/http-service.js';
import type { HttpSettings } from '../schemas/stile/adapters/http-settings.js';
import type { AdapterContext, JsonObject } from './adapter.js';
import type { WireReply } from './flight.js';
import { failureOfStatus } from './http-status.js';
import type { MappingScope } from './mapping-scope.js';
import { compileReading, type Found, isGood, malformed } from './reading.js';

/** @param reply with its content coding undone */
export type AnswerReader = (reply: WireReply, request: JsonObject, depthLimit: number) => Found;

/** Compiles a service's settings once. */
export function compileAnswer(
  service: HttpService,
  settings: HttpSettings,
  scope: MappingScope,
  readJson: AdapterContext['readJson'],
): AnswerReader {
  const reading = compileReading(service, scope);
  const absentStatuses = new Set(service.absent?.statuses);
  const isJson = mediaTypeTest(settings.mediaTypes ?? []);

  return (wire, request, depthLimit) => {
    const { status, headers, body } = wire;
    const good = isGood(wire);
    const absentStatus = absentStatuses.has(status);
    if (!good && !absentStatus) return failureOfStatus(status);
    if (absentStatus && !reading.coded) return reading.absence(wire, undefined, request);
    const type = headers['content-type'];
    const json = isJson(type) ? readJson(body, depthLimit) : { fault: 'content type' };
    if ('fault' in json) return good ? malformed(`body: ${json.fault}`) : failureOfStatus(status);
    return reading.read(wire, json.value, request);
  };
}

/** JSON (RFC 8259, or a +json of RFC 6839) in UTF-8, or one of the types that config accepts for it. */
function mediaTypeTest(accepted: readonly string[]): (type: string | undefined) => boolean {
  const escaped = accepted.map(type => type.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const names = ['application/(?:[\\w.-]+\\+)?json', ...escaped].join('|');
  const expression = new RegExp(`^(?:${names})\\s*(?:;\\s*charset="?utf-?8"?\\s*)?$`, 'i');
  return type => type !== undefined && expression.test(type);
}
