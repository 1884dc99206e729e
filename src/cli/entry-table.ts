/** The ledger's entries as a table for whoever looks at night: the columns there is room for, a rule at each new day. */
import type { Found } from '../../schemas/stile/audit-search-reply.js';
import type { Language, Text } from '../text.js';
import {
  type Entry,
  erasedText,
  objectIn,
  outcomeLook,
  outcomeOf,
  textIn,
  whatOf,
  whoOf,
  whyOf,
} from './entry-words.js';
import { clockOf, dayOf, zoneOf } from './moment.js';
import { type Column, layOut, rowLine, ruleLine, titleLine } from './table.js';
import type { Terminal } from './terminal.js';

export interface EntryTable {
  /** The titles. */
  readonly head: readonly string[];
  /** The lines of the next entry: a rule when its day is another than the one's before it. */
  linesOf(found: Found): readonly string[];
}

/** @param rows what will be shown; null when it is yet to come */
export function entryTable(terminal: Terminal, rows: readonly Found[] | null): EntryTable {
  const columns = columnsFor(terminal);
  const layout = layOut(columns, rows, terminal.width);
  let day = '';
  return {
    head: [titleLine(layout, terminal)],
    linesOf(found) {
      const line = rowLine(layout, found, terminal);
      const label = dayLabel(new Date(found.time), terminal.language);
      if (terminal.width === undefined || label === day) return [line];
      day = label;
      return [ruleLine(layout, label, terminal), line];
    },
  };
}

/** Columns of a terminal below which outcome and reason share one, and services go without their department. */
const narrow = 110;

function columnsFor({ language, width }: Terminal): readonly Column<Found>[] {
  const column = (
    title: keyof typeof titles,
    rank: number,
    least: number,
    usual: number,
    cell: (entry: Entry, found: Found) => string,
    look?: Column<Found>['look'],
  ): Column<Found> => ({
    title: titles[title][language],
    rank,
    least,
    usual,
    cell: found => cell(found.entry, found),
    ...(look === undefined ? {} : { look }),
  });
  const byOutcome = (found: Found) => outcomeLook(found.entry);
  const byKind = ({ entry }: Found) => (entry.kind === 'exchange' ? undefined : 'cyan');
  const operator = (entry: Entry) => textIn(objectIn(entry, 'operator'), 'id');
  const time = column(
    'time',
    0,
    8,
    width === undefined ? 24 : 8,
    (_, found) => timeText(found.time, width),
    () => 'dim',
  );
  const record = column('record', 0, 10, 10, (_, found) => found.position);
  const who = column('who', 0, 12, 18, whoOf);
  if (width !== undefined && width < narrow) {
    return [
      time,
      record,
      who,
      column('what', 0, 12, 24, entry => whatOf(entry, language, true), byKind),
      column('outcome', 0, 10, 29, (entry, found) => endOf(entry, found, language), byOutcome),
      column('case', 1, 12, 18, entry => textIn(entry, 'case')),
      column('operator', 2, 6, 8, operator),
    ];
  }
  return [
    time,
    record,
    column('outcome', 0, 8, 8, entry => outcomeOf(entry, language), byOutcome),
    who,
    column('what', 0, 16, 33, entry => whatOf(entry, language), byKind),
    column('why', 0, 12, 20, (entry, found) => whyText(entry, found, language), byOutcome),
    column('case', 1, 12, 18, entry => textIn(entry, 'case')),
    column('operator', 2, 6, 8, operator),
    column('purpose', 3, 12, 21, entry => textIn(entry, 'purpose')),
    column('about', 4, 4, 5, entry => textIn(objectIn(entry, 'subjects'), 'count')),
    column('fields', 5, 4, 6, entry => (Array.isArray(entry.fields) ? String(entry.fields.length) : '')),
  ];
}

/** Outcome and reason in one. */
function endOf(entry: Entry, found: Found, language: Language): string {
  return [outcomeOf(entry, language), whyText(entry, found, language)]
    .filter(part => part !== '')
    .join(language === 'zh' ? '：' : ': ');
}

/** Why it was refused; of a change, that what was written of its reasons is erased. */
const whyText = (entry: Entry, { erased }: Found, language: Language): string =>
  erased === undefined ? whyOf(entry, language) : erasedText(erased, language);

/** On a terminal the clock, as the day is in the rule above; elsewhere all of it, for other programs. */
function timeText(time: string, width: number | undefined): string {
  return width === undefined ? time : clockOf(new Date(time));
}

function dayLabel(date: Date, language: Language): string {
  const weekday = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', { weekday: 'long' }).format(date);
  return `${dayOf(date)} ${weekday} ${zoneOf(date)}`;
}

const titles = {
  time: { zh: '时间', en: 'TIME' },
  record: { zh: '记录', en: 'RECORD' },
  outcome: { zh: '结果', en: 'OUTCOME' },
  who: { zh: '调用方', en: 'WHO' },
  what: { zh: '事项', en: 'WHAT' },
  why: { zh: '原因', en: 'WHY' },
  purpose: { zh: '用途', en: 'PURPOSE' },
  case: { zh: '办件编号', en: 'CASE' },
  operator: { zh: '经办人', en: 'OPERATOR' },
  fields: { zh: '字段', en: 'FIELDS' },
  about: { zh: '人数', en: 'ABOUT' },
} satisfies Record<string, Text>;
