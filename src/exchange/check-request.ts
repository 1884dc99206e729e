/** Step *check request*: is it well formed by its contract? From here on the request is an object of the contract's shape. */
import type { JsonObject } from '../../adapters/adapter.js';
import { entrySubjects } from '../ledger/ledger.js';
import type { Exit } from '../problem.js';
import type { CompiledSchema, Service, Violation } from '../registry/registry.js';
import type { Received } from './receive.js';
import { subjectsIn } from './subject.js';
import type { Trail } from './trail.js';

export interface Checked {
  /** The request, valid by its contract. */
  readonly request: JsonObject;
}

export function checkRequest(received: Received, service: Service, trail: Trail): Checked | Exit {
  const schema = service.contract.request;
  const request = received.viaQuery ? typed(received.request as Record<string, string>, schema) : received.request;
  const violations = isObject(request) ? schema.check(request) : notAnObject;
  if (violations !== null) return { code: 'STILE_REQUEST_INVALID', violations };
  const subjects = subjectsIn(request as JsonObject, schema.subjects);
  if (subjects.length > entrySubjects) return { code: 'STILE_REQUEST_TOO_MANY_SUBJECTS' };
  trail.subjects = subjects;
  return { request: request as JsonObject };
}

const notAnObject: readonly Violation[] = [
  { pointer: '', keyword: 'type', message: { zh: '应当是对象类型', en: 'must be object' } },
];

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A query has only texts: those of number and boolean fields are read as JSON, and what does not read stays a text. */
function typed(query: Record<string, string>, schema: CompiledSchema): JsonObject {
  const request: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(query)) {
    const type = schema.fields.get(name)?.type;
    request[name] = type === undefined || type === 'string' ? text : scalar(text);
  }
  return request;
}

function scalar(text: string): unknown {
  if (text === 'true') return true;
  if (text === 'false') return false;
  const number = Number(text);
  return String(number) === text && (Number.isSafeInteger(number) || !Number.isInteger(number)) ? number : text;
}
