/** Step *receive*: is this a call at all? Path, method, media type, size and strict JSON, before anyone is asked for a name. */
import type { IncomingHttpHeaders } from 'node:http';
import { readJson } from '../json.js';
import { jsonErrorCodes } from '../json-error.js';
import type { Exit } from '../problem.js';
import type { RawCall } from './call.js';
import { namesPerson, readCase, readKey, readName } from './header.js';
import { notCanonical, notFound, readTarget } from './path.js';
import type { RefusalGate } from './refusals.js';
import type { Trail } from './trail.js';

export interface Received {
  /** The request as JSON, or the query's members, each still a text, when the call is a GET. */
  readonly request: unknown;
  readonly viaQuery: boolean;
  /** The request's bytes, for its digest. */
  readonly bytes: Buffer;
  /** What `Stile-Purpose` states. */
  readonly purpose: string | undefined;
  readonly idempotencyKey: string | undefined;
}

const media = /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i;

export async function receive(call: RawCall, gate: RefusalGate, trail: Trail): Promise<Received | Exit> {
  const settings = trail.registry.settings.exchange;
  const target = readTarget(call.target);
  if (target === notCanonical) return { code: 'STILE_PATH_NOT_CANONICAL' };
  if (target === notFound) return { code: 'STILE_NOT_FOUND' };
  // No service is named like a person, and what the caller names would be on record.
  if (namesPerson(target.service)) return { code: 'STILE_NOT_FOUND' };
  trail.serviceNamed = target.service;
  if (!gate.admits(call.source, trail.now)) return { code: 'STILE_TOO_MANY_REQUESTS', retryAfter: 1 };
  const isGet = call.method === 'GET' && target.way === 'exchange';
  if (!isGet && call.method !== 'POST') return methodNotAllowed(target.way);
  const stated = readHeaders(call.headers, trail);
  if (stated === null) return { code: 'STILE_HEADER_INVALID' };
  if (isGet) {
    const request = readQuery(target.query);
    if (request === null) return { code: 'STILE_BODY_DUPLICATE_KEY' };
    return { request, viaQuery: true, bytes: Buffer.from(target.query), ...stated };
  }
  if (target.query !== '') return { code: 'STILE_PATH_NOT_CANONICAL' };
  if (!media.test(call.headers['content-type'] ?? '')) return { code: 'STILE_MEDIA_TYPE' };
  if ((call.headers['content-encoding'] ?? 'identity') !== 'identity') return { code: 'STILE_MEDIA_TYPE' };
  const bytes = await call.readBody(settings.bodyLimit);
  if (bytes === 'too-large') return { code: 'STILE_BODY_TOO_LARGE', headers: { connection: 'close' } };
  if (bytes === 'cut-off') return { code: 'STILE_CALLER_GONE' };
  trail.request = bytes;
  const read = readJson(bytes, settings.depthLimit);
  if ('fault' in read) return { code: jsonErrorCodes[read.fault] };
  return { request: read.value, viaQuery: false, bytes, ...stated };
}

function methodNotAllowed(way: 'exchange' | 'explain'): Exit {
  return { code: 'STILE_METHOD_NOT_ALLOWED', headers: { allow: way === 'explain' ? 'POST' : 'GET, POST' } };
}

/** Reads the exchange's own headers onto the trail; null when one of them is malformed. */
function readHeaders(
  headers: IncomingHttpHeaders,
  trail: Trail,
): { purpose: string | undefined; idempotencyKey: string | undefined } | null {
  const purpose = readName(headers['stile-purpose']);
  const caseNumber = readCase(headers['stile-case']);
  const operator = readCase(headers['stile-operator']);
  const idempotencyKey = readKey(headers['idempotency-key']);
  if (purpose === null || caseNumber === null || operator === null || idempotencyKey === null) return null;
  trail.purpose = purpose;
  trail.case = caseNumber;
  trail.operator = operator;
  return { purpose, idempotencyKey };
}

/** The query's members, each once; null when a name is repeated. */
function readQuery(query: string): Record<string, string> | null {
  const members: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(query)) {
    if (name in members) return null;
    members[name] = value;
  }
  return members;
}
