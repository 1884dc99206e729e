/** How config names elements: a local name for one in the service's own namespace, `prefix:name` for one in another. */
import type { Mapping } from '../schemas/stile/adapters/http-service.js';
import type { SoapService } from '../schemas/stile/adapters/soap-service.js';
import type { SoapSettings } from '../schemas/stile/adapters/soap-settings.js';
import { pointerTo } from './mapping.js';
import type { MappingScope } from './mapping-scope.js';
import { ruleFault } from './rule-fault.js';
import type { XmlElement } from './xml-tree.js';

export type NameSettings = Pick<SoapSettings, 'namespace' | 'namespaces' | 'qualified'>;

/** Prefix of the service's own namespace in what is sent; those of config's prefixes are numbered, so that none meets another. */
export const ownPrefix = 'm';
const numbered = (index: number): string => `n${index}`;

/** Namespaces (Namespaces in XML 1.0, section 2), without the dot, which separates the steps of a path here. */
const local = /^[\p{L}_][\p{L}\p{M}\p{N}_-]*$/u;

/** The namespaces in what is sent, by prefix. */
export const prefixesOf = ({ namespace, namespaces = {} }: NameSettings): readonly (readonly [string, string])[] => [
  [ownPrefix, namespace],
  ...Object.values(namespaces).map((uri, index) => [numbered(index), uri] as const),
];

/** The tag of an element inside the operation's, by its name in config; undefined for what is no name of one. */
export function compileTags({ namespaces = {}, qualified }: NameSettings): (name: string) => string | undefined {
  const numbers = new Map(Object.keys(namespaces).map((prefix, index) => [prefix, numbered(index)]));
  return name => {
    const [first = '', second, ...rest] = name.split(':');
    if (!local.test(second ?? first) || rest.length > 0) return undefined;
    if (second !== undefined) return numbers.has(first) ? `${numbers.get(first)}:${second}` : undefined;
    return qualified === false ? name : `${ownPrefix}:${name}`;
  };
}

/** The name in config of an element inside the reply's; undefined where config has none for its namespace. */
export function compileNames({ namespace, namespaces = {}, qualified }: NameSettings) {
  const prefixes = new Map(Object.entries(namespaces).map(([prefix, uri]) => [uri, `${prefix}:`]));
  prefixes.set(qualified === false ? '' : namespace, '');
  return ({ namespace: uri, name }: XmlElement): string | undefined => {
    const prefix = prefixes.get(uri);
    return prefix === undefined ? undefined : prefix + name;
  };
}

/** Reports each name of an element, in what is sent and in the paths of what is read, that can be none. */
export function checkNames(service: SoapService, settings: NameSettings, report: MappingScope['report']): void {
  const { namespaces = {} } = settings;
  const one = (name: string, pointer: string): void => {
    const [first = '', second, ...rest] = name.split(':');
    const prefixed = second !== undefined;
    if (!local.test(prefixed ? second : first) || rest.length > 0) report(pointer, ruleFault.notAnElement);
    else if (prefixed && !Object.hasOwn(namespaces, first)) report(pointer, ruleFault.unknownPrefix);
  };
  const path = (text: string | undefined, pointer: string): void => {
    const names = (text ?? '').split('.').filter(step => step !== '' && !/^\d+$/.test(step));
    for (const name of names) one(name, pointer);
  };
  if (service.body !== undefined) sent(service.body, '/body', one);
  read(service.reply, '/reply', path);
  if (service.absent !== undefined) read(service.absent.reply, '/absent/reply', path);
  path(service.absent?.missing, '/absent/missing');
  path(service.result?.from, '/result/from');
  path(service.asOf?.from, '/asOf/from');
}

type Visit = (name: string, pointer: string) => void;

function sent(mapping: Mapping, pointer: string, visit: Visit): void {
  if (typeof mapping === 'string') return;
  for (const [name, below] of Object.entries(mapping.fields ?? {})) {
    const at = pointerTo(`${pointer}/fields`, name);
    visit(name, at);
    sent(below, at, visit);
  }
  if (mapping.each !== undefined) sent(mapping.each, `${pointer}/each`, visit);
}

function read(mapping: Mapping, pointer: string, visit: Visit): void {
  if (typeof mapping === 'string') {
    visit(mapping, pointer);
    return;
  }
  if (mapping.from !== undefined) visit(mapping.from, `${pointer}/from`);
  for (const [name, below] of Object.entries(mapping.fields ?? {})) {
    read(below, pointerTo(`${pointer}/fields`, name), visit);
  }
  if (mapping.each !== undefined && mapping.expression === undefined) read(mapping.each, `${pointer}/each`, visit);
}
