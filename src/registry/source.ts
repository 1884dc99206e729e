/** One file of config/ or schemas/ as it was read: its value, and where in the file each part of the value stands. */
import { readJson } from '../json.js';
import { type Fault, type Finding, rule } from './fault.js';
import { readPlainYaml } from './plain-yaml.js';
import { syntaxText } from './syntax.js';
import { deepest, isTooDeep, type Places, readPlaces } from './yaml-places.js';

export interface Source {
  /** Path as the operator would type it. */
  readonly file: string;
  /** Undefined when the file is not UTF-8. */
  readonly firstLine: string | undefined;
  /** Undefined when the file has faults of syntax. */
  readonly value: unknown;
  /** Faults of syntax, all of them. */
  readonly faults: readonly Fault[];
  /** Puts line and column to a finding. */
  fault(finding: Finding): Fault;
  /** Where in the file the pointer leads, or the nearest thing around it. */
  place(pointer: string): Pick<Fault, 'file' | 'line' | 'column'>;
}

/**
 * Reads a file: JSON where its name says so, YAML 1.2 otherwise.
 *
 * @param file path to show in faults
 * @param bytes what the file holds
 * @param again reads the same bytes again, for who wants to know where something stands: they are not kept for that; undefined when they
 * are no longer to be had, and then all stands at the beginning
 */
export function readSource(file: string, bytes: Uint8Array, again: () => Uint8Array | undefined = () => bytes): Source {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return unreadable(file, undefined, { rule: rule.notUtf8, pointer: '', ...syntaxText('NOT_UTF8') });
  }
  const firstLine = /^[^\r\n]*/.exec(text)?.[0];
  const json = file.endsWith('.json');
  // The reader of JSON counts the depth itself.
  const read = json ? readJson(text, deepest) : isTooDeep(text) ? undefined : readPlainYaml(text);
  if (read !== undefined && 'value' in read) {
    // Places are slow to find, and asked for only when something is wrong.
    let places: Pick<Places, 'at'> | undefined;
    const placesOf = () => {
      if (places !== undefined) return places;
      const same = again();
      places = same === undefined ? atStart : readPlaces(utf8.decode(same), json);
      return places;
    };
    return { file, firstLine, value: read.value, faults: [], ...placing(file, placesOf) };
  }
  if (isTooDeep(text)) {
    return unreadable(file, firstLine, { rule: rule.syntax, pointer: '', ...syntaxText('TOO_DEEP') });
  }
  const places = readPlaces(text, json);
  const faults = places.wrong.map(
    ({ code, line, column, pointer }): Fault => ({
      rule: code === 'DUPLICATE_KEY' ? rule.duplicateKey : rule.syntax,
      file,
      line,
      column,
      pointer,
      ...syntaxText(code),
    }),
  );
  const value = faults.length === 0 ? places.value() : undefined;
  return { file, firstLine, value, faults, ...placing(file, () => places) };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

const atStart: Pick<Places, 'at'> = { at: () => ({ line: 1, column: 1 }) };

const placing = (file: string, places: () => Pick<Places, 'at'>): Pick<Source, 'fault' | 'place'> => ({
  fault: found => placed(file, found, places()),
  place: pointer => ({ file, ...places().at(pointer, false) }),
});

const placed = (
  file: string,
  { rule, pointer, at, found, message, fix }: Finding,
  places: Pick<Places, 'at'>,
): Fault => ({
  rule,
  file,
  ...places.at(pointer, at === 'key'),
  pointer,
  ...(found === undefined ? {} : { found }),
  message,
  fix,
});

/** A value that was checked before, as if it stood at the beginning of a file. */
export const heldSource = (file: string, value: unknown): Source => ({
  file,
  firstLine: undefined,
  value,
  faults: [],
  ...placing(file, () => atStart),
});

/** A file of which nothing can be said but that. */
function unreadable(file: string, firstLine: string | undefined, finding: Finding): Source {
  const fault = (found: Finding): Fault => ({ ...found, file, line: 1, column: 1 });
  return {
    file,
    firstLine,
    value: undefined,
    faults: [fault(finding)],
    fault,
    place: () => ({ file, line: 1, column: 1 }),
  };
}
