/** One layout for the files of config and schemas: it never changes what a file says, nor loses a comment, or it leaves the file alone. */
import { isScalar, Lexer, parseDocument, Scalar, visit } from 'yaml';
import { canonicalText } from '../ledger/canonical.js';
import { readSource } from './source.js';

/** Columns of a line of JSON. */
const widest = 120;

/**
 * YAML: two columns a level, one blank line at most, texts that are quoted in double quotes. Keys stay in their order, flow collections
 * as they are. JSON: as it is usually indented, with lists of scalars on one line where they fit.
 *
 * @param file its name, which says what it is
 * @returns undefined where the text has faults of syntax, or could not be laid out without a loss
 */
export function formatText(file: string, text: string): string | undefined {
  const before = readSource(file, Buffer.from(text));
  if (before.faults.length > 0) return undefined;
  const laidOut = file.endsWith('.json') ? `${jsonText(before.value, '')}\n` : yamlText(text);
  const after = readSource(file, Buffer.from(laidOut));
  const same = after.faults.length === 0 && canonicalText(after.value ?? null) === canonicalText(before.value ?? null);
  const whole = file.endsWith('.json') || commentsIn(laidOut).join('\n') === commentsIn(text).join('\n');
  return same && whole ? laidOut : undefined;
}

function yamlText(text: string): string {
  const document = parseDocument(text);
  visit(document, {
    Scalar(_key, node) {
      if (isScalar(node) && node.type === Scalar.QUOTE_SINGLE) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return withoutListPadding(
    document.toString({ indent: 2, indentSeq: true, lineWidth: 0, flowCollectionPadding: true }),
  );
}

/** What the lexer marks documents and scalars with; it is no part of the text. */
const marks = new Set(['\u{feff}', '\u0002', '\u0018', '\u001f']);

/** `{ a: [b] }`: the writer pads all flow collections alike. */
function withoutListPadding(text: string): string {
  const tokens = [...new Lexer().lex(text)].filter(token => !marks.has(token));
  return tokens.filter((token, at) => token !== ' ' || (tokens[at - 1] !== '[' && tokens[at + 1] !== ']')).join('');
}

/** In their order, without what surrounds them. */
const commentsIn = (text: string): string[] =>
  [...new Lexer().lex(text)].filter(token => token.startsWith('#')).map(token => token.trim());

/** @param used columns of the line that stand before the value */
function jsonText(value: unknown, indent: string, used = indent.length): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const line = `[${value.map(item => JSON.stringify(item)).join(', ')}]`;
    const scalars = value.every(item => typeof item !== 'object' || item === null);
    // A comma may follow.
    if (value.length === 0 || (scalars && used + line.length < widest)) return line;
    return `[\n${value.map(item => inner + jsonText(item, inner)).join(',\n')}\n${indent}]`;
  }
  const members = Object.entries(value).map(([key, held]) => {
    const name = `${inner}${JSON.stringify(key)}: `;
    return name + jsonText(held, inner, name.length);
  });
  return members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n${indent}}`;
}
