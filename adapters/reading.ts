/** Reads what an answer's parsed body says: result code, absence, then the mapping into the contract's reply. */
import type { HttpService } from '../schemas/stile/adapters/http-service.js';
import { type Answer, type Failure, type FailureKind, failure, type JsonObject } from './adapter.js';
import type { WireReply } from './flight.js';
import { failureOfStatus } from './http-status.js';
import { afterMapping, compileLaterMapping, compileMapping, reader } from './mapping.js';
import type { MappingScope } from './mapping-scope.js';

/** The part of a service's settings that is about the body of its answers, whatever they are written in. */
export type ReadingSettings = Pick<HttpService, 'reply' | 'result' | 'asOf'> & {
  readonly absent?: Pick<NonNullable<HttpService['absent']>, 'missing' | 'reply'>;
};

/** Later only where an expression is in the mapping. */
export type Found = Answer | Failure | Promise<Answer | Failure>;

export interface Reading {
  /** Whether the body says by a code of its own what happened. */
  readonly coded: boolean;
  /** The reply that is due where the system has nothing on whom was asked. */
  absence(wire: WireReply, source: unknown, request: JsonObject): Found;
  /** @param source the parsed body */
  read(wire: WireReply, source: unknown, request: JsonObject): Found;
}

export const malformed = (detail: string): Failure => ({ failure: failure.malformed, detail });

export const isGood = ({ status }: WireReply): boolean => status >= 200 && status < 300;

/** Compiles a service's settings once. */
export function compileReading(service: ReadingSettings, scope: MappingScope): Reading {
  const { result, absent } = service;
  const reply = compileLaterMapping(service.reply, scope, '/reply');
  const absentReply = absent && compileLaterMapping(absent.reply, scope, '/absent/reply');
  const isMissing = absent?.missing === undefined ? () => false : emptyAt(absent.missing);
  const verdict = result && compileVerdict(result);
  const asOf = compileAsOf(service.asOf, scope);

  const absence = (wire: WireReply, source: unknown, request: JsonObject): Found => {
    if (absentReply === undefined)
      return { failure: failure.rejected, detail: 'there is no data, and no reply for that', notActed: true };
    return afterMapping(absentReply(source, request), mapped =>
      'fault' in mapped ? malformed(`absent: ${mapped.fault}`) : dated(mapped.value, asOf(wire, source)),
    );
  };

  return {
    coded: verdict !== undefined,
    absence,
    read(wire, source, request) {
      if (verdict !== undefined) {
        const found = verdict(source);
        if (found === 'absent') return absence(wire, source, request);
        if (!isGood(wire)) return failureOfStatus(wire.status);
        if (found !== 'answer') return byCode(found, 'by its result code');
      }
      if (isMissing(source)) return absence(wire, source, request);
      return afterMapping(reply(source, request), mapped =>
        'fault' in mapped ? malformed(mapped.fault) : dated(mapped.value, asOf(wire, source)),
      );
    },
  };
}

/** A code that refuses says that nothing was done; one that is unknown says nothing of the kind. */
export const byCode = (kind: FailureKind, detail: string): Failure => ({
  failure: kind,
  detail,
  ...(kind === failure.failing || kind === failure.malformed ? {} : { notActed: true }),
});

const dated = (body: unknown, asOf: string | Failure | undefined): Answer | Failure =>
  asOf === undefined ? { body } : typeof asOf === 'string' ? { body, asOf } : asOf;

/** What a code means, by the lists in which config has it. */
export type Meaning = FailureKind | 'answer' | 'absent';
const meanings = ['answer', 'absent', failure.rejected, failure.denied, failure.busy] as const;
export type CodeLists = { readonly [meaning in (typeof meanings)[number]]?: readonly (string | number | boolean)[] };

export const meaningsOf = (lists: CodeLists): ReadonlyMap<string, Meaning> =>
  new Map(meanings.flatMap(meaning => (lists[meaning] ?? []).map(code => [String(code), meaning] as const)));

/** What a result code says; one that is listed nowhere says that the system failed. */
function compileVerdict(result: NonNullable<HttpService['result']>) {
  const read = reader(result.from);
  const known = meaningsOf(result);
  return (value: unknown): Meaning => {
    const code = read(value);
    if (code === undefined || typeof code === 'object') return failure.malformed;
    return known.get(String(code)) ?? failure.failing;
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
