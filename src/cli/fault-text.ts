/** Faults for people: a line for each, with its place, what is wrong, what would be right and the rule; and how many there are. */
import type { Fault } from '../registry/fault.js';
import { type Severity, severity, severityOf } from '../registry/safety/safety-rule.js';
import type { Language } from '../text.js';
import { displayWidth, harmless } from './display.js';
import { type Paint, paint, type Terminal } from './terminal.js';

/** A fault, of whichever rules. */
export type Told = Omit<Fault, 'rule'> & { readonly rule?: string };

/** One line a fault, `file:line:column pointer: what is wrong; what would be right [rule]`, and a last line that counts them. */
export function faultText(faults: readonly Told[], terminal: Terminal): string {
  return [...faults.map(fault => faultLine(fault, terminal)), '', faultCount(faults, terminal)].join('\n');
}

const marks = { zh: ['：', '；'], en: [': ', '; '] } as const;

/** What a line is led in with, and how what is wrong looks. Errors need no word. */
const looks = {
  error: { look: 'red', zh: '', en: '' },
  warning: { look: 'yellow', zh: '警告，', en: 'warning: ' },
  note: { look: 'magenta', zh: '提示，', en: 'note: ' },
} as const satisfies Readonly<Record<Severity, { readonly look: Paint } & Readonly<Record<Language, string>>>>;

/** Where the terminal is too narrow for the line, it is broken at its two marks, as a terminal would break it anywhere. */
export function faultLine(fault: Told, terminal: Terminal): string {
  const { file, line, column, pointer, fix, rule } = fault;
  const { language, width } = terminal;
  const [colon, semicolon] = marks[language];
  // What a running gateway cannot do, or the ledger, is at no place in the files.
  const place = file === '' ? '' : `${harmless(file)}:${line}:${column}`;
  const within = pointer === '' ? '' : ` ${harmless(pointer)}`;
  const grave = looks[rule === undefined ? severity.error : severityOf(rule)];
  const wrong = `${grave[language]}${wrongText(fault, language)}`;
  const right = harmless(fix[language]);
  const named = rule === undefined ? '' : ` [${rule}]`;
  const lead = `${place}${within}` === '' ? '' : colon;
  const whole = `${place}${within}${lead}${wrong}${semicolon}${right}${named}`;
  const narrow = width !== undefined && displayWidth(whole) > width;
  const gap = (mark: string): string => (narrow && mark !== '' ? `${mark.trimEnd()}\n  ` : mark);
  return [
    paint(place, 'cyan', terminal),
    paint(within, 'dim', terminal),
    gap(lead),
    paint(wrong, grave.look, terminal),
    gap(semicolon),
    paint(right, 'green', terminal),
    paint(named, 'dim', terminal),
  ].join('');
}

/** What is wrong, with the value that stands there where it may be told. */
export function wrongText({ message, found }: Pick<Told, 'message' | 'found'>, language: Language): string {
  const text = harmless(message[language]);
  if (found === undefined) return text;
  return { zh: `${text}（现为 ${harmless(found)}）`, en: `${text} (it is ${harmless(found)})` }[language];
}

const nouns: Readonly<Record<Severity, Readonly<Record<Language, string>>>> = {
  error: { zh: '处错误', en: 'fault' },
  warning: { zh: '处警告', en: 'warning' },
  note: { zh: '处提示', en: 'note' },
};

/** How many there are of each gravity, and in how many files. */
export function faultCount(faults: readonly Told[], terminal: Terminal): string {
  const files = new Set(faults.map(({ file }) => file)).size;
  const counts = Object.values(severity).flatMap(each => {
    const count = faults.filter(({ rule }) => (rule === undefined ? severity.error : severityOf(rule)) === each).length;
    if (count === 0) return [];
    return [{ zh: `${count} ${nouns[each].zh}`, en: counted(count, nouns[each].en) }[terminal.language]];
  });
  const text = {
    zh: `${files} 个文件共 ${counts.join('、')}`,
    en: `${counts.join(', ')} in ${counted(files, 'file')}`,
  }[terminal.language];
  return paint(text, 'bold', terminal);
}

export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
