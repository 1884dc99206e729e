/** Parses YAML 1.2, or JSON, which YAML contains, keeping where in the text each value stands and what is wrong with it. */
import type { Document, Node } from 'yaml';
import { libraries } from '../../adapters/libraries.js';
import { below, tokens } from './fault.js';

/** A text parsed. */
export interface Places {
  readonly wrong: readonly SyntaxFault[];
  value(): unknown;
  /** Line and column, from 1, of the pointer's value, or of its key. */
  at(pointer: string, key: boolean): Place;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A fault of syntax, by the name of its text in syntax.ts. */
export interface SyntaxFault extends Place {
  readonly code: string;
  readonly pointer: string;
}

/**
 * Anchors, tags and directives are wrong too: a config file says what it says.
 *
 * @param json true when what YAML allows and JSON does not is wrong
 */
export function readPlaces(text: string, json: boolean): Places {
  const lines = new libraries.yaml.LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const document = libraries.yaml.parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    strict: true,
    stringKeys: true,
  });
  const wrong = syntaxFaults(document, text);
  if (wrong.length === 0 && json) wrong.push(...jsonFaults(document, text));
  return {
    wrong: wrong.map(({ code, offset, pointer }) => ({ code, pointer, ...place(offset) })),
    value: () => document.toJS(),
    at: (pointer, key) => place(offsetOf(document, pointer, key)),
  };
}

/** Deepest nesting of a file. */
export const deepest = 100;

/**
 * Nesting that no config has and on which the reader, which recurses, would end the process: counted roughly, by open
 * brackets, by keys and dashes on one line, and by indentation.
 */
export function isTooDeep(text: string): boolean {
  let open = 0;
  for (const line of text.split('\n')) {
    for (const bracket of line.match(/[[{\]}]/g) ?? []) {
      open += bracket === '[' || bracket === '{' ? 1 : -1;
      if (open > deepest) return true;
    }
    const nested = line.match(/(?:^|\s)[-?](?=\s)|:(?=\s)/g)?.length ?? 0;
    if ((open <= 0 && nested > deepest) || line.search(/\S/) > 10 * deepest) return true;
  }
  return false;
}

interface OffsetFault {
  readonly code: string;
  readonly offset: number;
  readonly pointer: string;
}

function syntaxFaults(document: Document.Parsed, text: string): OffsetFault[] {
  const found: OffsetFault[] = [...document.errors, ...document.warnings].map(error => ({
    code: error.code,
    offset: error.pos[0],
    pointer: pointerAt(document, error.pos[0]),
  }));
  if (document.directives.yaml.explicit === true)
    found.push({ code: 'DIRECTIVE', offset: text.search(/^%/m), pointer: '' });
  libraries.yaml.visit(document, {
    Node(_key, node) {
      const offset = node.range?.[0] ?? 0;
      const anchored = libraries.yaml.isAlias(node) || ('anchor' in node && node.anchor !== undefined);
      const tagged = 'tag' in node && node.tag !== undefined;
      if (anchored) found.push({ code: 'ANCHOR', offset, pointer: pointerAt(document, offset) });
      else if (tagged) found.push({ code: 'TAG_RESOLVE_FAILED', offset, pointer: pointerAt(document, offset) });
    },
  });
  return found.sort((one, other) => one.offset - other.offset);
}

/** What YAML allows and JSON does not, such as a comment or a last comma: other tools would not read the file. */
function jsonFaults(document: Document.Parsed, text: string): OffsetFault[] {
  try {
    JSON.parse(text);
    return [];
  } catch (cause) {
    const [, position] = /at position (\d+)/.exec(String(cause)) ?? [];
    const offset = Number(position ?? text.length);
    return [{ code: 'NOT_JSON', offset, pointer: pointerAt(document, offset) }];
  }
}

/** The pointer of the innermost value that the offset lies in. */
function pointerAt(document: Document.Parsed, offset: number): string {
  const walk = (node: unknown, pointer: string): string => {
    if (libraries.yaml.isMap(node)) {
      for (const pair of node.items) {
        const key = libraries.yaml.isScalar(pair.key) ? String(pair.key.value) : '';
        if (within(pair.key, offset)) return below(pointer, key);
        if (within(pair.value, offset)) return walk(pair.value, below(pointer, key));
      }
    } else if (libraries.yaml.isSeq(node)) {
      const index = node.items.findIndex(item => within(item, offset));
      if (index !== -1) return walk(node.items[index], below(pointer, index));
    }
    return pointer;
  };
  return walk(document.contents, '');
}

const within = (node: unknown, offset: number): boolean => {
  const range = (node as Node | null)?.range;
  return range !== undefined && range !== null && range[0] <= offset && offset < Math.max(range[1], range[0] + 1);
};

/** Where the pointer's key or value begins; the nearest part that exists when it does not. */
function offsetOf(document: Document.Parsed, pointer: string, key: boolean): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0] ?? 0;
  const path = tokens(pointer);
  for (const [depth, token] of path.entries()) {
    if (libraries.yaml.isMap(node)) {
      const pair = node.items.findLast(item => libraries.yaml.isScalar(item.key) && String(item.key.value) === token);
      if (pair === undefined) return offset;
      const name = pair.key as Node;
      const value = pair.value as Node | null;
      const blamesKey = key && depth === path.length - 1;
      const start = blamesKey || libraries.yaml.isMap(value) || isEmpty(value) ? name.range?.[0] : value?.range?.[0];
      offset = start ?? offset;
      node = value;
    } else if (libraries.yaml.isSeq(node)) {
      const item = node.items[Number(token)] as Node | undefined;
      if (item === undefined) return offset;
      offset = item.range?.[0] ?? offset;
      node = item;
    } else return offset;
  }
  return offset;
}

/** A key with nothing after it: blame falls on the key. */
const isEmpty = (node: Node | null): boolean => node === null || (libraries.yaml.isScalar(node) && node.value === null);
