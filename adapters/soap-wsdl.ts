/** Holds a service's settings against its system's WSDL: the operation, its elements, and what the mapping writes and reads of them. */
import type { Mapping } from '../schemas/stile/adapters/http-service.js';
import type { SoapService } from '../schemas/stile/adapters/soap-service.js';
import type { SoapSettings } from '../schemas/stile/adapters/soap-settings.js';
import type { SettingFault } from './adapter.js';
import { pointerTo } from './mapping.js';
import type { NameSettings } from './soap-names.js';
import { qualify, type Wsdl, type WsdlOperation } from './wsdl.js';
import { type WsdlText, wsdlText } from './wsdl-text.js';
import { type Child, type Content, XsdContent } from './xsd-content.js';

type Report = (pointer: string, text: WsdlText) => void;

/** Faults of one service, each with the place in the WSDL. */
export function wsdlFaults(service: SoapService, settings: SoapSettings, wsdl: Wsdl): SettingFault[] {
  const faults: SettingFault[] = [];
  const { namespace, version } = settings;
  const bound = wsdl.operations.filter(each => each.version === version);
  const wanted = qualify(namespace, service.operation);
  const found = bound.find(({ input }) => input.length === 1 && input[0] === wanted);
  if (found === undefined) {
    const text = noOperation(service.operation, version, wanted, bound, wsdl.operations);
    return [{ pointer: '/operation', ...text }];
  }
  const place = `${found.binding}/${found.name}`;
  const report: Report = (pointer, text) => void faults.push({ pointer, ...text });
  if (found.style === 'rpc') report('/operation', wsdlText.rpc(place));
  if (found.uses.includes('encoded')) report('/operation', wsdlText.encoded(place));
  const { action = '' } = service;
  if (action !== found.action)
    report(service.action === undefined ? '/operation' : '/action', wsdlText.action(place, found.action));
  const reply = `${service.replyElement ?? `${service.operation}Response`}`;
  const [output] = found.output;
  if (found.output.length === 1 && output !== qualify(namespace, reply)) {
    const pointer = service.replyElement === undefined ? '/operation' : '/replyElement';
    report(pointer, wsdlText.reply(place, output ?? ''));
  }
  const schemas = new XsdContent(wsdl.schemas);
  const names = compileExpansion(settings);
  const request = schemas.of(wanted);
  if (request === undefined) report('/operation', wsdlText.noElement(place, wanted));
  else
    sent(
      service.body ?? { fields: {} },
      request,
      service.operation,
      service.body === undefined ? '/operation' : '/body',
      names,
      report,
    );
  const answer = output === qualify(namespace, reply) ? schemas.of(output) : undefined;
  if (answer !== undefined) readAll(service, answer, reply, names, report);
  return faults;
}

function noOperation(
  operation: string,
  version: string,
  wanted: string,
  bound: readonly WsdlOperation[],
  all: readonly WsdlOperation[],
): WsdlText {
  if (bound.length === 0) return wsdlText.version(version, [...new Set(all.map(each => each.version))]);
  const same = bound.find(({ name }) => name === operation);
  if (same?.style === 'rpc') return wsdlText.rpc(`${same.binding}/${same.name}`);
  if (same !== undefined) return wsdlText.otherElement(`${same.binding}/${same.name}`, wanted, same.input);
  return wsdlText.noOperation(wanted, [...new Set(bound.flatMap(({ input }) => input))]);
}

/** The namespace and local name of an element, by its name in config. */
type Expansion = (name: string) => { readonly namespace: string; readonly name: string };

function compileExpansion({ namespace, namespaces = {}, qualified }: NameSettings): Expansion {
  return written => {
    const [first = '', second] = written.split(':');
    if (second !== undefined) return { namespace: namespaces[first] ?? '', name: second };
    return { namespace: qualified === false ? '' : namespace, name: first };
  };
}

/** Finds a child, and reports why there is none of this name. */
function childOf(written: string, content: Content, at: string, pointer: string, expand: Expansion, report: Report) {
  const { namespace, name } = expand(written);
  const found = content.children.find(child => child.name === name && child.namespace === namespace);
  if (found !== undefined || content.isOpen) return found;
  const other = content.children.find(child => child.name === name);
  if (other !== undefined) report(pointer, wsdlText.namespace(`${at}/${name}`, other.namespace));
  else
    report(
      pointer,
      wsdlText.unknown(
        at,
        name,
        content.children.map(child => child.name),
      ),
    );
  return undefined;
}

/** What is written: each child known, all that must be there, and in the schema's order. */
function sent(node: Mapping, content: Content, at: string, pointer: string, expand: Expansion, report: Report): void {
  if (typeof node === 'object' && node.each !== undefined) {
    sent(node.each, content, at, `${pointer}/each`, expand, report);
    return;
  }
  const { fields, expression } = typeof node === 'object' ? node : {};
  if (expression !== undefined) return;
  if (fields === undefined) {
    if (!content.isText && !content.isOpen)
      report(
        pointer,
        wsdlText.notText(
          at,
          content.children.map(({ name }) => name),
        ),
      );
    return;
  }
  const written: Child[] = [];
  let last = -1;
  for (const [name, below] of Object.entries(fields)) {
    const here = pointerTo(`${pointer}/fields`, name);
    const child = childOf(name, content, at, here, expand, report);
    if (child === undefined) continue;
    written.push(child);
    const place = content.children.indexOf(child);
    if (content.isOrdered && place < last)
      report(here, wsdlText.order(`${at}/${child.name}`, content.children[last]?.name ?? ''));
    last = Math.max(last, place);
    sent(below, child.content(), `${at}/${child.name}`, here, expand, report);
  }
  for (const child of content.children) {
    if (!child.isOptional && !written.includes(child)) report(pointer, wsdlText.missing(`${at}/${child.name}`));
  }
}

/** What is read: each step of each path known. */
function readAll(service: SoapService, content: Content, at: string, expand: Expansion, report: Report): void {
  const { reply, absent, result, asOf } = service;
  const path = (written: string, pointer: string) => void follow(written, { content, at }, pointer, expand, report);
  read(reply, { content, at }, '/reply', expand, report);
  if (absent !== undefined) read(absent.reply, { content, at }, '/absent/reply', expand, report);
  if (absent?.missing !== undefined) path(absent.missing, '/absent/missing');
  if (typeof result?.from === 'string') path(result.from, '/result/from');
  if (asOf?.from !== undefined) path(asOf.from, '/asOf/from');
}

interface Place {
  readonly content: Content;
  readonly at: string;
}

function read(node: Mapping, place: Place, pointer: string, expand: Expansion, report: Report): void {
  if (typeof node === 'string') {
    follow(node, place, pointer, expand, report);
    return;
  }
  if (node.constant !== undefined || node.request !== undefined) return;
  const here = node.from === undefined ? place : follow(node.from, place, `${pointer}/from`, expand, report);
  if (here === undefined) return;
  for (const [name, below] of Object.entries(node.fields ?? {})) {
    read(below, here, pointerTo(`${pointer}/fields`, name), expand, report);
  }
  if (node.each !== undefined && node.expression === undefined)
    read(node.each, here, `${pointer}/each`, expand, report);
}

/** @returns where the path leads; undefined where it leads nowhere, or where the schema does not say */
function follow(path: string, from: Place, pointer: string, expand: Expansion, report: Report): Place | undefined {
  let { content, at } = from;
  for (const step of path.split('.').filter(step => step !== '' && !/^\d+$/.test(step))) {
    const child = childOf(step, content, at, pointer, expand, report);
    if (child === undefined) return undefined;
    at = `${at}/${child.name}`;
    content = child.content();
  }
  return { content, at };
}
