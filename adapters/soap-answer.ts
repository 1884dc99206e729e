/** Reads a SOAP answer: its media type and envelope, a fault in it, or the reply's element and what config reads of it. */
import type { SoapService } from '../schemas/stile/adapters/soap-service.js';
import type { SoapSettings } from '../schemas/stile/adapters/soap-settings.js';
import type { JsonObject } from './adapter.js';
import type { WireReply } from './flight.js';
import { failureOfStatus } from './http-status.js';
import type { MappingScope } from './mapping-scope.js';
import { byCode, compileReading, type Found, isGood, malformed } from './reading.js';
import { compileFault } from './soap-fault.js';
import { compileNames } from './soap-names.js';
import { type SoapVersion, soapVersions } from './soap-version.js';
import { compileWanted } from './soap-wanted.js';
import { decodeXml } from './xml-charset.js';
import { readTree, type XmlElement } from './xml-tree.js';

/** @param reply with its content coding undone */
export type AnswerReader = (reply: WireReply, request: JsonObject, depthLimit: number) => Found;

/** The statuses that carry a fault (SOAP 1.1, section 6.2; SOAP 1.2 part 2, section 7.5.2); any other error is HTTP's own. */
const faultStatuses: ReadonlySet<number> = new Set([400, 500]);

/** Envelope, body and the reply's element: the reply itself may be as deep as any other. */
const envelopeDepth = 3;

/** Compiles a service's settings once. */
export function compileAnswer(service: SoapService, settings: SoapSettings, scope: MappingScope): AnswerReader {
  const version = soapVersions[settings.version];
  const reading = compileReading(service, scope);
  const take = compileWanted(service, compileNames(settings));
  const faultSaid = compileFault(service.faults, version);
  const replyName = service.replyElement ?? `${service.operation}Response`;

  return (wire, request, depthLimit) => {
    const good = isGood(wire);
    if (!good && !faultStatuses.has(wire.status)) return failureOfStatus(wire.status);
    const read = bodyOf(wire, version, depthLimit + envelopeDepth);
    if ('fault' in read) return good ? malformed(`body: ${read.fault}`) : failureOfStatus(wire.status);
    const { element } = read;
    if (element.namespace === version.namespace && element.name === 'Fault') {
      const { meaning, detail } = faultSaid(element);
      return meaning === 'absent' ? reading.absence(wire, undefined, request) : byCode(meaning, detail);
    }
    if (!good) return failureOfStatus(wire.status);
    const expected = element.namespace === settings.namespace && element.name === replyName;
    if (!expected) return malformed('body: another element than the reply’s');
    const taken = take(element);
    return 'fault' in taken ? malformed(taken.fault) : reading.read(wire, taken.value, request);
  };
}

type BodyRead = { readonly element: XmlElement } | { readonly fault: string };

/** The one element in the body of an envelope. */
function bodyOf({ headers, body }: WireReply, version: SoapVersion, depthLimit: number): BodyRead {
  const type = headers['content-type'] ?? '';
  if (type.split(';')[0]?.trim().toLowerCase() !== version.mediaType) return { fault: 'content type' };
  const charsets = [...type.matchAll(/;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;"]+))/gi)].map(
    found => found[1] ?? found[2],
  );
  if (charsets.length > 1) return { fault: 'content type' };
  const decoded = decodeXml(body, charsets[0]);
  if ('fault' in decoded) return decoded;
  const tree = readTree(decoded.text, depthLimit);
  return 'fault' in tree ? tree : within(tree.root, version);
}

function within(root: XmlElement, { namespace, number }: SoapVersion): BodyRead {
  const own = (element: XmlElement | undefined, name: string): boolean =>
    element?.namespace === namespace && element.name === name;
  if (!own(root, 'Envelope')) return { fault: `no envelope of SOAP ${number}` };
  const parts = [...root.children];
  const head = own(parts[0], 'Header') ? parts.shift() : undefined;
  const [body, ...rest] = parts;
  if (body === undefined || rest.length > 0 || !own(body, 'Body')) return { fault: 'an envelope without its one body' };
  const demanded = head?.children.some(({ attributes }) =>
    ['1', 'true'].includes(attributes.get(`{${namespace}}mustUnderstand`) ?? ''),
  );
  if (demanded === true) return { fault: 'a header that must be understood, and is not' };
  const [element, ...others] = body.children;
  if (element === undefined || others.length > 0) return { fault: 'a body without its one element' };
  return { element };
}
