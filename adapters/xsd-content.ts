/** What an element may hold, by the schemas (XML Schema 1.0, part 1) that a WSDL has: its children in their order, or text. */
import { childrenOf, nameOf, type QualifiedName, qualify, resolved, xsd } from './wsdl.js';
import type { XmlElement } from './xml-tree.js';

/** One child that an element may have. */
export interface Child {
  readonly namespace: string;
  readonly name: string;
  /** A reply need not have it, nor a request. */
  readonly isOptional: boolean;
  /** The content of such a child. */
  content(): Content;
}

export interface Content {
  readonly children: readonly Child[];
  /** It may hold what the schema does not name. */
  readonly isOpen: boolean;
  /** The order of the children matters. */
  readonly isOrdered: boolean;
  /** It holds text. */
  readonly isText: boolean;
}

const open: Content = { children: [], isOpen: true, isOrdered: false, isText: true };
const text: Content = { children: [], isOpen: false, isOrdered: false, isText: true };

/** Deepest derivation and nesting of groups: a schema can name itself. */
const deepest = 30;
/** Most particles of one type: groups that hold each other twice would double with each step. */
const mostParticles = 10_000;

/** A schema's part, and whether the elements in it are in its namespace. */
interface Held {
  readonly part: XmlElement;
  readonly target: string;
  readonly isQualified: boolean;
}

export class XsdContent {
  readonly #held = new Map<string, Held>();

  constructor(schemas: readonly XmlElement[]) {
    for (const schema of schemas) {
      const target = schema.attributes.get('targetNamespace') ?? '';
      const isQualified = schema.attributes.get('elementFormDefault') === 'qualified';
      for (const part of schema.children) {
        this.#held.set(`${part.name} ${qualify(target, nameOf(part))}`, { part, target, isQualified });
      }
    }
  }

  /** The content of a global element; undefined where there is none of this name. */
  of(element: QualifiedName): Content | undefined {
    const held = this.#held.get(`element ${element}`);
    return held && this.#ofElement(held, deepest);
  }

  #ofElement({ part, ...place }: Held, depth: number): Content {
    const [complex] = childrenOf(part, xsd, 'complexType');
    if (complex !== undefined) return this.#ofType({ ...place, part: complex }, depth);
    const type = resolved(part, 'type');
    if (type === undefined) return childrenOf(part, xsd, 'simpleType').length > 0 ? text : open;
    return this.#byType(type, depth);
  }

  #byType(type: QualifiedName, depth: number): Content {
    if (type === qualify(xsd, 'anyType')) return open;
    const held = this.#held.get(`complexType ${type}`);
    if (held !== undefined && depth > 0) return this.#ofType(held, depth - 1);
    const isSimple = type.startsWith(`{${xsd}}`) || this.#held.has(`simpleType ${type}`);
    return isSimple ? text : open;
  }

  #ofType(held: Held, depth: number): Content {
    const { part } = held;
    if (childrenOf(part, xsd, 'simpleContent').length > 0) return text;
    const [derived] = childrenOf(part, xsd, 'complexContent');
    if (derived === undefined) return this.#ofModel(held, depth);
    const [extension] = childrenOf(derived, xsd, 'extension');
    const [restriction] = childrenOf(derived, xsd, 'restriction');
    if (extension === undefined) return restriction ? this.#ofModel({ ...held, part: restriction }, depth) : open;
    const base = this.#byType(resolved(extension, 'base') ?? '', depth);
    const own = this.#ofModel({ ...held, part: extension }, depth);
    return {
      children: [...base.children, ...own.children],
      isOpen: base.isOpen || own.isOpen,
      isOrdered: base.isOrdered || own.isOrdered,
      isText: false,
    };
  }

  /** What the particles in a type are. */
  #ofModel({ part, ...place }: Held, depth: number): Content {
    const children: Child[] = [];
    let [isOpen, isOrdered, particles] = [false, false, 0];
    const walk = (particle: XmlElement, within: Omit<Held, 'part'>, isOptional: boolean, left: number): void => {
      if (particle.namespace !== xsd || left === 0) return;
      if (++particles > mostParticles) {
        isOpen = true;
        return;
      }
      const optional = isOptional || particle.attributes.get('minOccurs') === '0';
      const inside = (skips: boolean) => {
        for (const child of particle.children) walk(child, within, optional || skips, left - 1);
      };
      if (particle.name === 'sequence') isOrdered = true;
      if (particle.name === 'sequence' || particle.name === 'all') inside(false);
      else if (particle.name === 'choice') inside(true);
      else if (particle.name === 'any') isOpen = true;
      else if (particle.name === 'element')
        children.push(this.#child({ ...within, part: particle }, optional, left - 1));
      else if (particle.name === 'group') {
        const { part: group, ...home } = this.#held.get(`group ${resolved(particle, 'ref')}`) ?? {};
        for (const child of group?.children ?? []) walk(child, home as Omit<Held, 'part'>, optional, left - 1);
      }
    };
    for (const particle of part.children) walk(particle, place, false, depth);
    const isMixed = part.attributes.get('mixed') === 'true';
    return { children, isOpen, isOrdered, isText: isMixed };
  }

  #child(held: Held, isOptional: boolean, depth: number): Child {
    const { part, target, isQualified } = held;
    const reference = resolved(part, 'ref');
    if (reference !== undefined) {
      const [, namespace = '', name = ''] = /^\{(.*)\}(.*)$/.exec(reference) ?? [];
      return { namespace, name, isOptional, content: () => this.of(reference) ?? open };
    }
    const form = part.attributes.get('form') ?? (isQualified ? 'qualified' : 'unqualified');
    return {
      namespace: form === 'qualified' ? target : '',
      name: nameOf(part),
      isOptional,
      content: () => this.#ofElement(held, Math.max(0, depth)),
    };
  }
}
