/** Makes the SOAP message of a question: the operation's element with its children in config's order, and the headers. */

import type { SoapService } from '../schemas/stile/adapters/soap-service.js';
import type { SoapSettings } from '../schemas/stile/adapters/soap-settings.js';
import type { Call, JsonObject } from './adapter.js';
import { credentialsOf } from './authentication.js';
import { compileCallHeaders, compileCallNames } from './call-headers.js';
import { codings } from './content-coding.js';
import type { Unaskable } from './http-question.js';
import { libraries } from './libraries.js';
import { afterMapping, compileLaterMapping, type Mapped } from './mapping.js';
import type { MappingScope } from './mapping-scope.js';
import type { Message } from './sender.js';
import { compileTags, ownPrefix, prefixesOf } from './soap-names.js';
import { securityBlock } from './soap-security.js';
import { soapVersions } from './soap-version.js';
import { prefixOf } from './transport.js';
import { escapeAttribute, escapeText, isXmlText } from './xml-text.js';

/** Makes the message of each try anew: a password digest is good for one. */
export type QuestionMaker = (request: JsonObject, call: Call) => Made | Promise<Made>;
type Made = (() => Message) | Unaskable;

const envelope = 's';
const defaultCharset = 'UTF-8';

/** Compiles a service's settings once. */
export function compileQuestion(service: SoapService, settings: SoapSettings, scope: MappingScope): QuestionMaker {
  const body = service.body === undefined ? undefined : compileLaterMapping(service.body, scope, '/body');
  const tagOf = compileTags(settings);
  const { usernameToken } = settings;
  const credentials = usernameToken === undefined ? '' : usernameToken.user + usernameToken.password;
  const { headers: shown, query } = credentialsOf(settings.authentication);
  const fixed = [...fixedHeaders(service, settings), ...shown];
  const tell = compileCallHeaders(settings.callHeaders);
  const block = compileCallBlock(settings.callBlock);
  const place = prefixOf(settings.baseUrl) + (service.path ?? '');
  const path = query === '' ? place || '/' : `${place || '/'}${place.includes('?') ? '&' : '?'}${query}`;
  const { holds, encode } = compileEncoder(settings.charset ?? defaultCharset);
  const { namespace } = soapVersions[settings.version];
  const declared = prefixesOf(settings).map(([prefix, uri]) => ` xmlns:${prefix}="${escapeAttribute(uri)}"`);
  const start = `<${envelope}:Envelope xmlns:${envelope}="${namespace}"${declared.join('')}>`;
  const operation = `${ownPrefix}:${service.operation}`;

  const write = (mapped: Mapped, call: Call): Made => {
    if ('fault' in mapped) return { fault: `body: ${mapped.fault}` };
    if (typeof mapped.value !== 'object' || Array.isArray(mapped.value)) return { fault: 'body: no element' };
    const told = block(call);
    const content = contentOf(mapped.value, tagOf);
    if (content === undefined) return { fault: 'body: what is no name of an element' };
    const asked = `<${operation}>${content}</${operation}>`;
    if (!isXmlText(asked + told + credentials)) return { fault: 'a character that XML cannot hold' };
    if (!holds(asked + told + credentials)) return { fault: `a character that ${settings.charset} cannot hold` };
    const headers = [...fixed];
    tell(call, headers);
    return () => {
      const blocks = told + (usernameToken === undefined ? '' : securityBlock(usernameToken, envelope));
      const head = blocks === '' ? '' : `<${envelope}:Header>${blocks}</${envelope}:Header>`;
      const text = `${start}${head}<${envelope}:Body>${asked}</${envelope}:Body></${envelope}:Envelope>`;
      return { method: 'POST', path, headers, body: encode(text) };
    };
  };
  return (request, call) =>
    afterMapping(body === undefined ? { value: {} } : body(request, request), mapped => write(mapped, call));
}

/** SOAP 1.1, section 6.1.1, and SOAP 1.2 part 2, section 7.1.4: where the action goes. */
function fixedHeaders({ action }: SoapService, { version, charset = defaultCharset, compression }: SoapSettings) {
  const { mediaType } = soapVersions[version];
  const type = `${mediaType}; charset=${charset}`;
  return [
    ...['accept', mediaType, 'accept-encoding', compression === true ? codings : 'identity'],
    ...(version === '1.1'
      ? ['content-type', type, 'soapaction', `"${action ?? ''}"`]
      : ['content-type', action === undefined ? type : `${type}; action="${action}"`]),
  ];
}

/** A header block that tells the system of the call, where config asks for one. */
function compileCallBlock(settings: SoapSettings['callBlock']): (call: Call) => string {
  if (settings === undefined) return () => '';
  const tell = compileCallNames(settings.names);
  const declared = `xmlns:c="${escapeAttribute(settings.namespace)}"`;
  return call =>
    tell(call)
      .map(([name, value]) => `<c:${name} ${declared}>${escapeText(value)}</c:${name}>`)
      .join('');
}

/**
 * The children of an element, in the order of config: a list is its element once for each item.
 *
 * @returns nothing where a name can be none of an element, as one may be that an expression makes
 */
function contentOf(value: unknown, tagOf: (name: string) => string | undefined): string | undefined {
  if (typeof value !== 'object' || value === null) return escapeText(String(value));
  let made = '';
  for (const [name, held] of Object.entries(value)) {
    const tag = tagOf(name);
    if (tag === undefined) return undefined;
    const items: readonly unknown[] = Array.isArray(held) ? held : [held];
    for (const item of items) {
      if (item === undefined || item === null) continue;
      const content = contentOf(item, tagOf);
      if (content === undefined) return undefined;
      made += `<${tag}>${content}</${tag}>`;
    }
  }
  return made;
}

interface Encoder {
  /** Whether the encoding has all characters of the text. */
  readonly holds: (text: string) => boolean;
  readonly encode: (text: string) => Buffer;
}

function compileEncoder(charset: string): Encoder {
  const encoding = charset === 'UTF-16' ? 'utf-16le' : charset;
  // The byte order mark that XML 1.0, section 4.3.3, requires of UTF-16.
  const options = { addBOM: charset === 'UTF-16' };
  const declaration = `<?xml version="1.0" encoding="${charset}"?>`;
  return {
    holds: text => libraries.iconv.decode(libraries.iconv.encode(text, encoding), encoding) === text,
    encode: text => libraries.iconv.encode(declaration + text, encoding, options),
  };
}
