/** A security server of X-Road with a service behind it, for tests: written from the public text of PR-REST, as strict as that is. */
import { createHash, randomUUID } from 'node:crypto';
import type { Test } from 'tap';
import type { Call, JsonObject } from '../../adapters/adapter.js';
import { adapter } from '../../adapters/x-road.js';
import { callOf, contextOf } from './calls.js';
import { type Answering, type Asked, json, startHttp } from './systems.js';

export const settings = { client: 'CN-TEST/GOV/4403/stile', provider: 'CN-TEST/GOV/4404/户籍 登记' };
export const ask: JsonObject = {
  serviceCode: 'persons',
  method: 'GET',
  path: '/v1/{id}',
  reply: { fields: { id: 'no', name: 'xm' } },
};
export const good = { no: '1', xm: '张三' };
export const answered = { body: { id: '1', name: '张三' } };

const sha512 = (...parts: readonly (string | Buffer)[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha512')).digest();

/** PR-REST, section 4.3. */
export function requestHash({ rawHeaders, bytes }: Pick<Asked, 'rawHeaders' | 'bytes'>): string {
  const headers = sha512(rawHeaders.join('\r\n'));
  return (bytes.length === 0 ? headers : sha512(headers, sha512(bytes))).toString('base64');
}

/** The error of a security server (section 4.6). */
export const errorOf = (type: string, status = 500): Answering =>
  json({ type, message: 'message 440304198804123031', detail: randomUUID() }, status, { 'x-road-error': type });

/** The headers that a provider's security server puts into an answer (section 4.3). */
export function replyHeaders(asked: Asked): Record<string, string> {
  const [, , ...parts] = asked.url.split('?')[0]?.split('/') ?? [];
  return {
    'x-road-client': String(asked.headers['x-road-client']),
    'x-road-service': parts.slice(0, 5).join('/'),
    'x-road-id': String(asked.headers['x-road-id'] ?? randomUUID()),
    'x-road-request-id': randomUUID(),
    'x-road-request-hash': requestHash(asked),
  };
}

const part = "(?:[\\w.~!$&'()*+,;=:@-]|%[0-9A-F]{2})+";
const target = new RegExp(`^/r1(?:/${part}){5}(?:/[^?]*)?(?:\\?.*)?$`);
const client = new RegExp(`^(?:${part}/){2,3}${part}$`);

/** Passes on what conforms, and answers as a service and its security server do. */
export const securityServer =
  (
    body: unknown = good,
    status = 200,
    tamper: (headers: Record<string, string>) => Record<string, string> = headers => headers,
  ): Answering =>
  (asked, response, request) => {
    const conforms = target.test(asked.url) && client.test(String(asked.headers['x-road-client']));
    if (!conforms) return errorOf('Client.BadRequest', 400)(asked, response, request);
    json(body, status, tamper(replyHeaders(asked)))(asked, response, request);
  };

export interface Given {
  readonly settings?: JsonObject;
  readonly ask?: JsonObject;
  readonly request?: JsonObject;
  readonly call?: Partial<Call>;
}

/** Asks one question through the adapter. */
export async function asking(t: Test, answer: Answering, given: Given = {}) {
  const system = await startHttp(answer);
  const log: string[] = [];
  const opened = adapter.open({ baseUrl: system.url, ...settings, ...given.settings }, contextOf(log));
  t.teardown(async () => {
    await opened.close();
    await system.close();
  });
  const call = callOf({ ...given.call, ask: { ...ask, ...given.ask } });
  const found = await opened.ask(given.request ?? { id: '1' }, call);
  return { answer: found, asked: system.asked, log, call };
}
