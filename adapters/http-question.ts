/** Makes the HTTP request of a question: path, query, headers and body from the contract's request, as config declares. */
import type { HttpService, Mapping } from '../schemas/stile/adapters/http-service.js';
import type { HttpSettings } from '../schemas/stile/adapters/http-settings.js';
import type { Call, JsonObject } from './adapter.js';
import type { Credentials } from './authentication.js';
import { compileCallHeaders, headerText } from './call-headers.js';
import { codings } from './content-coding.js';
import { afterMapping, compileLaterMapping, compileMapping, pointerTo } from './mapping.js';
import type { MappingScope } from './mapping-scope.js';
import type { Message } from './sender.js';
import { prefixOf } from './transport.js';

/** Why a request cannot be put into a question; never a value of it. */
export interface Unaskable {
  readonly fault: string;
}

export type QuestionMaker = (request: JsonObject, call: Call) => Message | Unaskable | Promise<Message | Unaskable>;

/** A text made of the request; undefined where it is optional and there is none. */
type Part = (request: JsonObject) => string | Unaskable | undefined;

/** Compiles a service's settings once. */
export function compileQuestion(
  service: HttpService,
  settings: HttpSettings,
  credentials: Credentials,
  scope: MappingScope,
): QuestionMaker {
  const { method } = service;
  const path = compilePath(prefixOf(settings.baseUrl), service, scope);
  const query = compileQuery(service.query ?? {}, credentials.query, scope);
  const headers = compileHeaders(service.headers ?? {}, scope);
  const body = service.body === undefined ? undefined : compileLaterMapping(service.body, scope, '/body');
  const callHeaders = compileCallHeaders(settings.callHeaders);
  const fixed = [
    ...['accept', ['application/json', ...(settings.mediaTypes ?? [])].join(', ')],
    ...['accept-encoding', settings.compression === true ? codings : 'identity'],
    ...(body === undefined ? [] : ['content-type', 'application/json']),
    ...credentials.headers,
  ];
  return (request, call) => {
    const made = [...fixed];
    callHeaders(call, made);
    const fault = headers(request, made);
    if (fault !== undefined) return fault;
    const place = path(request);
    if (typeof place !== 'string') return place;
    const asked = query(request);
    if (typeof asked !== 'string') return asked;
    if (body === undefined) return { method, path: place + asked, headers: made, body: null };
    return afterMapping(body(request, request), mapped => {
      if ('fault' in mapped) return { fault: `body: ${mapped.fault}` };
      return { method, path: place + asked, headers: made, body: JSON.stringify(mapped.value) };
    });
  };
}

/** A segment that is nothing, or means the folder or its parent, however a server splits or decodes it further. */
const steps = /^$|(?:^|[/\\])\.{1,2}(?:$|[/\\])/;

function compilePath(prefix: string, service: HttpService, scope: MappingScope) {
  const segments = service.path
    .slice(1)
    .split('/')
    .map(segment => compileSegment(segment, service.parameters ?? {}, scope));
  return (request: JsonObject): string | Unaskable => {
    let path = prefix;
    for (const segment of segments) {
      const made = segment(request);
      if (typeof made !== 'string') return made;
      path += `/${made}`;
    }
    return path;
  };
}

function compileSegment(segment: string, parameters: Readonly<Record<string, Mapping>>, scope: MappingScope) {
  if (!segment.includes('{')) return () => segment;
  const pieces = segment.split(/\{([^{}]+)\}/).map((text, index): Part => {
    if (index % 2 === 0) return () => text;
    const mapping = Object.hasOwn(parameters, text) ? parameters[text] : undefined;
    return compilePart(mapping ?? text, scope, pointerTo('/parameters', text), `path ${text}`);
  });
  return (request: JsonObject): string | Unaskable => {
    let raw = '';
    let encoded = '';
    for (const [index, piece] of pieces.entries()) {
      const made = piece(request);
      if (made === undefined) return { fault: 'a parameter of the path is missing' };
      if (typeof made !== 'string') return made;
      raw += made;
      encoded += index % 2 === 0 ? made : encodeURIComponent(made);
    }
    return steps.test(raw) ? { fault: 'a parameter would change the path' } : encoded;
  };
}

function compileQuery(query: Readonly<Record<string, Mapping>>, credentials: string, scope: MappingScope) {
  const parts = Object.entries(query).map(([name, mapping]) => ({
    name: encodeURIComponent(name),
    part: compilePart(mapping, scope, pointerTo('/query', name), `query ${name}`),
  }));
  return (request: JsonObject): string | Unaskable => {
    let made = credentials;
    for (const { name, part } of parts) {
      const text = part(request);
      if (typeof text === 'object') return text;
      if (text !== undefined) made += `${made === '' ? '' : '&'}${name}=${encodeURIComponent(text)}`;
    }
    return made === '' ? '' : `?${made}`;
  };
}

function compileHeaders(headers: Readonly<Record<string, Mapping>>, scope: MappingScope) {
  const parts = Object.entries(headers).map(([name, mapping]) => ({
    name,
    part: compilePart(mapping, scope, pointerTo('/headers', name), `header ${name}`),
  }));
  return (request: JsonObject, made: string[]): Unaskable | undefined => {
    for (const { name, part } of parts) {
      const text = part(request);
      if (typeof text === 'object') return text;
      if (text === undefined) continue;
      if (/\p{Cc}/u.test(text)) return { fault: `header ${name} would hold a control character` };
      made.push(name, headerText(text));
    }
    return undefined;
  };
}

/** One scalar of the request, as text. */
function compilePart(mapping: Mapping, scope: MappingScope, pointer: string, place: string): Part {
  const make = compileMapping(mapping, scope, pointer);
  return request => {
    const mapped = make(request);
    if ('fault' in mapped) return { fault: `${place}: ${mapped.fault}` };
    const { value } = mapped;
    if (value === undefined) return undefined;
    if (typeof value === 'object') return { fault: `${place}: not one value` };
    const text = String(value);
    // Unpaired surrogates have no UTF-8 to be encoded as.
    return /\p{Surrogate}/u.test(text) ? { fault: `${place}: not Unicode` } : text;
  };
}
