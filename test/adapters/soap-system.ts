/** A department's SOAP service for tests, after the text of the W3C's and OASIS's: it refuses what a strict one would. */
import { createHash } from 'node:crypto';
import iconv from 'iconv-lite';
import type { Test } from 'tap';
import type { Call, JsonObject } from '../../adapters/adapter.js';
import { adapter } from '../../adapters/soap.js';
import { callOf, contextOf } from './calls.js';
import { type Answering, startHttp } from './systems.js';

export const namespace = 'http://civil-affairs.stile.example/marriage';
export type Version = '1.1' | '1.2';

/** SOAP 1.1, section 3 and SOAP 1.2 part 1, section 5. */
const envelopes = {
  '1.1': { namespace: 'http://schemas.xmlsoap.org/soap/envelope/', type: 'text/xml' },
  '1.2': { namespace: 'http://www.w3.org/2003/05/soap-envelope', type: 'application/soap+xml' },
};

export const envelopeOf = (body: string, version: Version, head = ''): string =>
  `<soap:Envelope xmlns:soap="${envelopes[version].namespace}">${head}<soap:Body>${body}</soap:Body></soap:Envelope>`;

export const replyOf = (content: string): string =>
  `<r:queryMarriageResponse xmlns:r="${namespace}" xmlns="${namespace}">${content}</r:queryMarriageResponse>`;

/** SOAP 1.1, section 4.4. */
export const fault11 = (code: string, detail = ''): string =>
  `<soap:Fault><faultcode>soap:${code}</faultcode><faultstring>440304 top</faultstring>${detail && `<detail>${detail}</detail>`}</soap:Fault>`;

/** SOAP 1.2 part 1, section 5.4. */
export const fault12 = (code: string, subcode = '', detail = ''): string =>
  [
    `<soap:Fault><soap:Code><soap:Value>soap:${code}</soap:Value>`,
    subcode && `<soap:Subcode><soap:Value xmlns:x="urn:x">x:${subcode}</soap:Value></soap:Subcode>`,
    '</soap:Code><soap:Reason><soap:Text xml:lang="en">440304 top</soap:Text></soap:Reason>',
    detail && `<soap:Detail>${detail}</soap:Detail>`,
    '</soap:Fault>',
  ].join('');

export interface Sent {
  readonly version?: Version;
  readonly status?: number;
  readonly type?: string;
  /** The bytes of the document; UTF-8 without it. */
  readonly encode?: (xml: string) => Buffer;
  readonly head?: string;
}

/** Answers with an envelope around what a test decides. */
export const envelope =
  (body: string, { version = '1.1', status = 200, type, encode = Buffer.from, head }: Sent = {}): Answering =>
  (_, response) => {
    response.writeHead(status, { 'content-type': type ?? `${envelopes[version].type}; charset=utf-8` });
    response.end(encode(envelopeOf(body, version, head)));
  };

/** Answers with these bytes. */
export const document =
  (text: string | Buffer, type = 'text/xml; charset=utf-8', status = 200): Answering =>
  (_, response) => {
    response.writeHead(status, { 'content-type': type });
    response.end(text);
  };

export const inCharset =
  (charset: string, mark = false) =>
  (xml: string): Buffer =>
    iconv.encode(xml, charset, { addBOM: mark });

const element = (message: string, name: string): string =>
  new RegExp(`<ws(?:se|u):${name}(?: [^>]*)?>([^<]*)</`).exec(message)?.[1] ?? '';

/** Lets a question pass that proves itself as the profile's section 3.1 says, under a nonce that is new and a time that is now. */
export function guarded(kind: 'PasswordText' | 'PasswordDigest', password: string, then: Answering): Answering {
  const seen = new Set<string>();
  return (asked, response, request) => {
    const { body } = asked;
    const [nonce, created, shown] = ['Nonce', 'Created', 'Password'].map(name => element(body, name));
    const digest = createHash('sha1').update(Buffer.from(nonce ?? '', 'base64'));
    digest.update(`${created}${password}`);
    const right = kind === 'PasswordText' ? password : digest.digest('base64');
    const typed = body.includes(
      `Type="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#${kind}"`,
    );
    const recent = Math.abs(Date.parse(created ?? '') - Date.now()) < 300_000;
    const passes =
      typed && recent && shown === right && element(body, 'Username') === 'stile' && !seen.has(nonce ?? '');
    seen.add(nonce ?? '');
    if (passes) then(asked, response, request);
    else envelope(fault11('FailedAuthentication'), { status: 500 })(asked, response, request);
  };
}

/** How the service is asked, unless a test says otherwise. */
export const service: JsonObject = {
  path: '/services/marriage',
  operation: 'queryMarriage',
  action: 'urn:queryMarriage',
  body: { fields: { zjhm: 'id' } },
  reply: { fields: { id: 'zjhm', name: 'xm' } },
};
export const good = replyOf('<zjhm>1</zjhm><xm>张三</xm>');
export const answered = { body: { id: '1', name: '张三' } };

export interface Given {
  readonly settings?: JsonObject;
  readonly ask?: JsonObject;
  readonly request?: JsonObject;
  readonly call?: Partial<Call>;
}

/** Asks one question of it through the adapter. */
export async function asking(t: Test, answer: Answering, { settings, ask, request = { id: '1' }, call }: Given = {}) {
  const system = await startHttp(answer);
  const opened = adapter.open({ baseUrl: system.url, version: '1.1', namespace, ...settings }, contextOf());
  t.teardown(async () => {
    await opened.close();
    await system.close();
  });
  const found = await opened.ask(request, callOf({ ...call, ask: { ...service, ...ask } }));
  return { system, opened, answer: found, asked: system.asked };
}
