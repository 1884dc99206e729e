/** Reads an XML document into elements with their namespaces (Namespaces in XML 1.0), as strictly as xml-text.ts has it. */
import { libraries } from './libraries.js';
import { escapeText, xmlFault } from './xml-text.js';

export interface XmlElement {
  /** Empty for none. */
  readonly namespace: string;
  readonly name: string;
  /** By `{namespace}name`; just the name for those in no namespace. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All text directly in it, without white space at either end. */
  readonly text: string;
  /** Resolves a name written in its text, such as `soap:Client`. */
  readonly prefixes: ReadonlyMap<string, string>;
}

export type TreeRead = { readonly root: XmlElement } | { readonly fault: string };

/** A fault of namespaces, on its way out of the walk. */
class Undeclared extends Error {}

/** As fast-xml-parser has it with `preserveOrder`: one member named for the tag, or `#text`, and the attributes. */
type Node = { readonly [tag: string]: unknown };
const attributesKey = ':@';
const textKey = '#text';

const xml = new Map([['xml', 'http://www.w3.org/XML/1998/namespace']]);

export function readTree(text: string, depthLimit: number): TreeRead {
  const flat = withoutSections(text);
  if (flat === undefined) return { fault: 'not XML' };
  const fault = xmlFault(flat);
  if (fault !== undefined) return { fault };
  if (/<\?(?!xml\s)/.test(flat)) return { fault: 'a processing instruction' };
  const parser = new libraries.xml.XMLParser({
    preserveOrder: true,
    parseTagValue: false,
    parseAttributeValue: false,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    ignoreDeclaration: true,
    // The name is misleading: this is what makes it read character references.
    htmlEntities: true,
    maxNestedTags: depthLimit,
  });
  try {
    const nodes: Node[] = parser.parse(flat);
    const roots = nodes.filter(node => tagOf(node) !== textKey);
    const [root] = roots;
    if (root === undefined || roots.length > 1) return { fault: 'not XML' };
    return { root: elementOf(root, xml) };
  } catch (error) {
    return { fault: error instanceof Undeclared ? 'a namespace that is not declared' : 'nested too deeply' };
  }
}

/** The document with its comments gone and its CDATA sections as plain text; undefined where one does not end. */
function withoutSections(text: string): string | undefined {
  let made = '';
  let at = 0;
  for (;;) {
    const open = text.indexOf('<!', at);
    if (open === -1) return made + text.slice(at);
    made += text.slice(at, open);
    const comment = text.startsWith('<!--', open);
    const section = text.startsWith('<![CDATA[', open);
    // Anything else is a declaration, and left for the refusal of those.
    if (!comment && !section) return made + text.slice(open);
    const start = open + (comment ? '<!--' : '<![CDATA[').length;
    const end = text.indexOf(comment ? '-->' : ']]>', start);
    if (end === -1) return undefined;
    if (section) made += escapeText(text.slice(start, end));
    at = end + 3;
  }
}

const tagOf = (node: Node): string => Object.keys(node).find(key => key !== attributesKey) ?? '';

function elementOf(node: Node, outer: ReadonlyMap<string, string>): XmlElement {
  const tag = tagOf(node);
  const given = Object.entries((node[attributesKey] ?? {}) as Record<string, string>);
  const declared = given.flatMap(([name, value]): [string, string][] =>
    name === 'xmlns' ? [['', value]] : name.startsWith('xmlns:') ? [[name.slice('xmlns:'.length), value]] : [],
  );
  const prefixes = declared.length === 0 ? outer : new Map([...outer, ...declared]);
  const attributes = new Map(
    given.flatMap(([name, value]): [string, string][] => {
      if (name === 'xmlns' || name.startsWith('xmlns:')) return [];
      // An attribute without a prefix is in no namespace, whatever the default is.
      return [[name.includes(':') ? keyOf(resolve(name, prefixes)) : name, value]];
    }),
  );
  const inside = node[tag] as readonly Node[];
  const children = inside.filter(child => tagOf(child) !== textKey).map(child => elementOf(child, prefixes));
  const text = inside
    .map(child => (tagOf(child) === textKey ? String(child[textKey]) : ''))
    .join('')
    .trim();
  return { ...resolve(tag, prefixes), attributes, children, text, prefixes };
}

const keyOf = ({ namespace, name }: { namespace: string; name: string }): string =>
  namespace === '' ? name : `{${namespace}}${name}`;

/** @throws Undeclared where nothing declares the prefix, or it is not one name after one prefix */
function resolve(qualified: string, prefixes: ReadonlyMap<string, string>): { namespace: string; name: string } {
  const [name = '', prefix = '', ...rest] = qualified.split(':').reverse();
  const namespace = prefixes.get(prefix) ?? (prefix === '' && !qualified.includes(':') ? '' : undefined);
  const unbound = namespace === undefined || (prefix !== '' && namespace === '');
  if (unbound || rest.length > 0 || name === '') throw new Undeclared();
  return { namespace, name };
}
