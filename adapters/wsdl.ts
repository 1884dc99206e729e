/** Reads a WSDL 1.1 description and all that it imports, from files alone: nothing is fetched, and entities and document types are refused. */
import { posix } from 'node:path';
import type { ReadConfigFile } from './adapter.js';
import { decodeXml } from './xml-charset.js';
import { readTree, type XmlElement } from './xml-tree.js';

export const xsd = 'http://www.w3.org/2001/XMLSchema';
const wsdl = 'http://schemas.xmlsoap.org/wsdl/';

/** `{namespace}name` */
export type QualifiedName = string;

export interface Wsdl {
  /** Schemas, their own and imported ones. */
  readonly schemas: readonly XmlElement[];
  /** What a binding says of each operation, for all bindings. */
  readonly operations: readonly WsdlOperation[];
  /** Where its ports say that they are. */
  readonly addresses: readonly WsdlAddress[];
}

export interface WsdlAddress {
  readonly version: WsdlOperation['version'];
  readonly location: string;
}

export interface WsdlOperation {
  /** Of its binding, for those who look for it in the file. */
  readonly binding: string;
  readonly name: string;
  readonly version: '1.1' | '1.2';
  readonly style: string;
  /** `literal` and `encoded`, of both messages. */
  readonly uses: readonly string[];
  readonly action: string;
  /** The body's elements; of a message in RPC style there are none. */
  readonly input: readonly QualifiedName[];
  readonly output: readonly QualifiedName[];
}

export type WsdlRead = { readonly wsdl: Wsdl } | { readonly file: string; readonly fault: WsdlFault };
export type WsdlFault = 'missing' | 'outside' | 'not-xml' | 'not-wsdl' | 'too-many';

/** The namespaces of the extension elements that bind to SOAP (WSDL 1.1, section 3). */
const bindings: ReadonlyMap<string, WsdlOperation['version']> = new Map([
  ['http://schemas.xmlsoap.org/wsdl/soap/', '1.1'],
  ['http://schemas.xmlsoap.org/wsdl/soap12/', '1.2'],
]);

const depthLimit = 100;
const mostFiles = 200;

/** @param path of the first file */
export function readWsdl(path: string, readFile: ReadConfigFile): WsdlRead {
  const definitions: XmlElement[] = [];
  const schemas: XmlElement[] = [];
  const waiting = [posix.normalize(path)];
  const seen = new Set<string>();
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    if (seen.has(file)) continue;
    seen.add(file);
    if (seen.size > mostFiles) return { file, fault: 'too-many' };
    if (!isWithin(file)) return { file, fault: 'outside' };
    const bytes = readFile(file);
    if (bytes === undefined) return { file, fault: 'missing' };
    const decoded = decodeXml(bytes, undefined);
    const tree = 'fault' in decoded ? decoded : readTree(decoded.text, depthLimit);
    if ('fault' in tree) return { file, fault: 'not-xml' };
    const { root } = tree;
    const isDefinitions = is(root, wsdl, 'definitions');
    if (!isDefinitions && !is(root, xsd, 'schema')) return { file, fault: 'not-wsdl' };
    const found = isDefinitions
      ? childrenOf(root, wsdl, 'types').flatMap(types => childrenOf(types, xsd, 'schema'))
      : [root];
    if (isDefinitions) definitions.push(root);
    schemas.push(...found);
    for (const place of [...placesIn(root), ...found.flatMap(placesIn)]) {
      // With a scheme it is an address, and no file.
      if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(place)) return { file: place, fault: 'outside' };
      waiting.push(posix.join(posix.dirname(file), place));
    }
  }
  const operations = definitions.flatMap(each => operationsOf(each, definitions));
  return { wsdl: { schemas, operations, addresses: definitions.flatMap(addressesOf) } };
}

const isWithin = (file: string): boolean =>
  !posix.isAbsolute(file) && !file.split('/').includes('..') && !file.includes('\\');

/** Where an element's imports and includes are; one that names no place is of what is known without. */
const placesIn = ({ children }: XmlElement): string[] =>
  children.flatMap(({ namespace, name, attributes }) => {
    const isImport = (namespace === wsdl || namespace === xsd) && (name === 'import' || name === 'include');
    const place = attributes.get(namespace === wsdl ? 'location' : 'schemaLocation');
    return isImport && place !== undefined ? [place] : [];
  });

function operationsOf(definitions: XmlElement, all: readonly XmlElement[]): WsdlOperation[] {
  return childrenOf(definitions, wsdl, 'binding').flatMap(binding => {
    const bound = binding.children.find(({ namespace, name }) => name === 'binding' && bindings.has(namespace));
    const version = bindings.get(bound?.namespace ?? '');
    if (bound === undefined || version === undefined) return [];
    const portType = named(all, 'portType', resolved(binding, 'type'));
    return childrenOf(binding, wsdl, 'operation').map(operation => {
      const extension = operation.children.find(({ namespace }) => namespace === bound.namespace);
      const abstract = childrenOf(portType, wsdl, 'operation').find(each => nameOf(each) === nameOf(operation));
      const half = (which: 'input' | 'output') => {
        const body = childrenOf(childrenOf(operation, wsdl, which)[0], bound.namespace, 'body')[0];
        const message = named(all, 'message', resolved(childrenOf(abstract, wsdl, which)[0], 'message'));
        return {
          use: body?.attributes.get('use') ?? 'literal',
          elements: elementsOf(message, body?.attributes.get('parts')),
        };
      };
      const [input, output] = [half('input'), half('output')];
      return {
        binding: nameOf(binding),
        name: nameOf(operation),
        version,
        style: extension?.attributes.get('style') ?? bound.attributes.get('style') ?? 'document',
        uses: [input.use, output.use],
        action: extension?.attributes.get('soapAction') ?? '',
        input: input.elements,
        output: output.elements,
      };
    });
  });
}

/** WSDL 1.1, section 3.8. */
const addressesOf = (definitions: XmlElement): WsdlAddress[] =>
  childrenOf(definitions, wsdl, 'service')
    .flatMap(service => childrenOf(service, wsdl, 'port'))
    .flatMap(({ children }) => children)
    .flatMap(({ namespace, name, attributes }) => {
      const version = bindings.get(namespace);
      const location = attributes.get('location');
      return version === undefined || name !== 'address' || location === undefined ? [] : [{ version, location }];
    });

/** The elements of a message's parts, of those that its binding names or of all. */
function elementsOf(message: XmlElement | undefined, parts: string | undefined): QualifiedName[] {
  const wanted = parts?.split(/\s+/);
  return childrenOf(message, wsdl, 'part').flatMap(part => {
    const element = resolved(part, 'element');
    return element === undefined || wanted?.includes(nameOf(part)) === false ? [] : [element];
  });
}

/** A definition by its kind and qualified name. */
function named(all: readonly XmlElement[], kind: string, wanted: QualifiedName | undefined): XmlElement | undefined {
  for (const definitions of all) {
    const target = definitions.attributes.get('targetNamespace') ?? '';
    const found = childrenOf(definitions, wsdl, kind).find(each => qualify(target, nameOf(each)) === wanted);
    if (found !== undefined) return found;
  }
  return undefined;
}

export const qualify = (namespace: string, name: string): QualifiedName => `{${namespace}}${name}`;
export const nameOf = ({ attributes }: XmlElement): string => attributes.get('name') ?? '';

const is = (element: XmlElement, namespace: string, name: string): boolean =>
  element.namespace === namespace && element.name === name;

export const childrenOf = (element: XmlElement | undefined, namespace: string, name: string): readonly XmlElement[] =>
  element?.children.filter(child => is(child, namespace, name)) ?? [];

/** The qualified name that an attribute holds. */
export function resolved(element: XmlElement | undefined, attribute: string): QualifiedName | undefined {
  const written = element?.attributes.get(attribute);
  if (element === undefined || written === undefined) return undefined;
  const [name = '', prefix = ''] = written.trim().split(':').reverse();
  return qualify(element.prefixes.get(prefix) ?? '', name);
}
