/** Reads a department's HTTP answer: status, result code, absence, then the mapping into the contract's reply. */
import type { HttpService } from '../schemas/stile/adapters/http-service.js';
import type { HttpSettings } from '../schemas/stile/adapters/http-settings.js';
import {
  type AdapterContext,
  type Answer,
  type Failure,
  type FailureKind,
  failure,
  type JsonObject,
} from './adapter.js';
import type { WireReply } from './flight.js';
import { failureOfStatus } from './http-status.js';
import { compileMapping, reader } from './mapping.js';
import type { MappingScope } from './mapping-scope.js';

/** @param reply with its content coding undone */
export type AnswerReader = (reply: WireReply, request: JsonObject, depthLimit: number) => Answer | Failure;

/** Compiles a service's settings once. */
export function compileAnswer(
  service: HttpService,
  settings: HttpSettings,
  scope: MappingScope,
  readJson: AdapterContext['readJson'],
): AnswerReader {
  const { result, absent } = service;
  const reply = compileMapping(service.reply, scope, '/reply');
  const absentReply = absent && compileMapping(absent.reply, scope, '/absent/reply');
  const absentStatuses = new Set(absent?.statuses);
  const isMissing = absent?.missing === undefined ? () => false : emptyAt(absent.missing);
  const verdict = result && compileVerdict(result);
  const asOf = compileAsOf(service.asOf, scope);
  const isJson = mediaTypeTest(settings.mediaTypes ?? []);

  const absence = (wire: WireReply, source: unknown, request: JsonObject): Answer | Failure => {
    if (absentReply === undefined)
      return { failure: failure.rejected, detail: 'there is no data, and no reply for that', notActed: true };
    const mapped = absentReply(source, request);
    return 'fault' in mapped ? malformed(`absent: ${mapped.fault}`) : dated(mapped.value, asOf(wire, source));
  };

  return (wire, request, depthLimit) => {
    const { status, headers, body } = wire;
    const good = status >= 200 && status < 300;
    const absentStatus = absentStatuses.has(status);
    if (!good && !absentStatus) return failureOfStatus(status);
    if (absentStatus && verdict === undefined) return absence(wire, undefined, request);
    const type = headers['content-type'];
    const json = isJson(type) ? readJson(body, depthLimit) : { fault: 'content type' };
    if ('fault' in json) return good ? malformed(`body: ${json.fault}`) : failureOfStatus(status);
    const { value } = json;
    if (verdict !== undefined) {
      const found = verdict(value);
      if (found === 'absent') return absence(wire, value, request);
      if (!good) return failureOfStatus(status);
      if (found !== 'answer') return byResultCode(found);
    }
    if (isMissing(value)) return absence(wire, value, request);
    const mapped = reply(value, request);
    return 'fault' in mapped ? malformed(mapped.fault) : dated(mapped.value, asOf(wire, value));
  };
}

/** A code that refuses says that nothing was done; one that is unknown says nothing of the kind. */
const byResultCode = (kind: FailureKind): Failure => ({
  failure: kind,
  detail: 'by its result code',
  ...(kind === failure.failing || kind === failure.malformed ? {} : { notActed: true }),
});

const malformed = (detail: string): Failure => ({ failure: failure.malformed, detail });

const dated = (body: unknown, asOf: string | Failure | undefined): Answer | Failure =>
  asOf === undefined ? { body } : typeof asOf === 'string' ? { body, asOf } : asOf;

/** What a result code says; one that is listed nowhere says that the system failed. */
function compileVerdict(result: NonNullable<HttpService['result']>) {
  const read = reader(result.from);
  const kinds = new Map<string, FailureKind | 'answer' | 'absent'>();
  for (const kind of ['answer', 'absent', failure.rejected, failure.denied, failure.busy] as const) {
    for (const code of result[kind] ?? []) kinds.set(String(code), kind);
  }
  return (value: unknown): FailureKind | 'answer' | 'absent' => {
    const code = read(value);
    if (code === undefined || typeof code === 'object') return failure.malformed;
    return kinds.get(String(code)) ?? failure.failing;
  };
}

function emptyAt(path: string): (value: unknown) => boolean {
  const read = reader(path);
  return value => {
    const found = read(value);
    return found === undefined || found === null || (Array.isArray(found) && found.length === 0);
  };
}

function compileAsOf(asOf: HttpService['asOf'], scope: MappingScope) {
  if (asOf === undefined) return () => undefined;
  const { header, from, time } = asOf;
  const make = compileMapping({ optional: true, time }, scope, '/asOf');
  const read = reader(from);
  const name = header?.toLowerCase();
  return (wire: WireReply, value: unknown): string | Failure | undefined => {
    const mapped = make(name === undefined ? read(value) : wire.headers[name]);
    return 'fault' in mapped ? malformed(`as of: ${mapped.fault}`) : (mapped.value as string | undefined);
  };
}

/** JSON (RFC 8259, or a +json of RFC 6839) in UTF-8, or one of the types that config accepts for it. */
function mediaTypeTest(accepted: readonly string[]): (type: string | undefined) => boolean {
  const escaped = accepted.map(type => type.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const names = ['application/(?:[\\w.-]+\\+)?json', ...escaped].join('|');
  const expression = new RegExp(`^(?:${names})\\s*(?:;\\s*charset="?utf-?8"?\\s*)?$`, 'i');
  return type => type !== undefined && expression.test(type);
}
