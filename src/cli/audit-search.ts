/** `stile audit search` and `stile audit tail`: a page after page of what the ledger has, newest first or last. */
import type { AuditSearchReply, Found } from '../../schemas/stile/audit-search-reply.js';
import type { Language, Text } from '../text.js';
import type { Failure } from './answer.js';
import type { Api } from './api.js';
import type { AuditOptions } from './audit-options.js';
import { harmlessJson } from './display.js';
import { entryTable } from './entry-table.js';
import { type Io, printLines } from './io.js';
import { dayAndClockOf } from './moment.js';
import type { AskedSubject } from './subject-prompt.js';
import { paint, terminalOf } from './terminal.js';

/** Most entries the API gives at once. */
const pageLimit = 500;

/**
 * @param order `newest-last` reads like the end of a log
 * @returns the exit code
 */
export async function showFound(
  options: AuditOptions,
  subject: AskedSubject | undefined,
  order: 'newest-first' | 'newest-last',
  api: Api,
  io: Io,
): Promise<number> {
  const found = await findAll(options, subject, api, io);
  if ('lines' in found) {
    if (!io.ended.aborted) printLines(io.stderr, found.lines);
    return 1;
  }
  return printFound(found, options, order, io);
}

/** Prints what was found, as a table or as JSON. @returns the exit code */
export function printFound(
  found: FoundAll,
  options: AuditOptions,
  order: 'newest-first' | 'newest-last',
  io: Io,
): number {
  const rows = order === 'newest-first' ? found.entries : found.entries.toReversed();
  tellGaps(found, options.language, io);
  if (options.json) {
    printLines(
      io.stdout,
      rows.map(row => harmlessJson(row)),
    );
    return 0;
  }
  const terminal = terminalOf(io.stdout, io.environment, options.language);
  if (rows.length > 0) {
    const table = entryTable(terminal, rows);
    printLines(io.stdout, [...table.head, ...rows.flatMap(row => table.linesOf(row))]);
  }
  tellFound(found, options.language, io);
  return 0;
}

/** Says on stderr how much was found, whether that is all, and where the search was recorded. */
export function tellFound(found: FoundAll, language: Language, { stdout, stderr, environment }: Io): void {
  const { length } = found.entries;
  const words = found.more ? (length === 0 ? unfinished : more) : length === 0 ? none : all;
  const counted = words[language].replace('%1', String(length));
  const recorded = found.record === undefined ? unrecorded : record;
  const line = `${counted}${recorded[language].replace('%', found.record ?? '')}`;
  printLines(stderr, [paint(line, 'dim', terminalOf(stdout, environment, language))]);
}

/** Says in which months a person could not be looked for, on stderr, so that it is seen beside JSON too. */
export function tellGaps({ unsearchable = [] }: Gaps, language: Language, { stderr, environment }: Io): void {
  if (unsearchable.length === 0) return;
  const line = gaps[language].replace('%', unsearchable.join(language === 'zh' ? '、' : ', '));
  printLines(stderr, [paint(line, 'yellow', terminalOf(stderr, environment, language))]);
}

/** Months whose keys were deleted, in an answer about a person. */
type Gaps = Pick<AuditSearchReply, 'unsearchable'>;

export interface FoundAll extends Gaps {
  readonly entries: readonly Found[];
  readonly more: boolean;
  /** Where this search was recorded; absent: nowhere, as it was in an archive. */
  readonly record?: string;
}

/** Page after page; one may be short, or empty, though there are more. */
export async function findAll(
  { filters, limit, language }: AuditOptions,
  subject: AskedSubject | undefined,
  api: Api,
  { ended, stderr }: Io,
): Promise<FoundAll | Failure> {
  const question = { ...filters, ...(subject === undefined ? {} : { subject }) };
  const entries: Found[] = [];
  let answer = await api.post('/audit/search', { ...question, limit: Math.min(pageLimit, limit) });
  for (;;) {
    if (!answer.ok) return answer;
    const { entries: found, cursor, reached = '', record, unsearchable } = answer.body as AuditSearchReply;
    entries.push(...found);
    if (cursor === undefined || entries.length >= limit || ended.aborted) {
      const more = cursor !== undefined || entries.length > limit;
      return { entries: entries.slice(0, limit), more, record, ...(unsearchable && { unsearchable }) };
    }
    const line = `${searching[language]}${dayAndClockOf(new Date(reached))}`;
    if (stderr.isTTY) stderr.write(line);
    // The longer a page may be, the further each goes back: fewer are needed for what is seldom.
    answer = await api.post('/audit/search', { ...question, limit: pageLimit, cursor });
    if (stderr.isTTY) stderr.write(wipe);
  }
}

const gaps: Text = {
  zh: '下列月份的密钥已删除，无法再按人检索：%。',
  en: 'Nobody can be found any more in these months, as their keys were deleted: %.',
};
/** Back to the beginning of the line, and it is empty (ECMA-48, section 8.3.41). */
const wipe = '\r\u001b[K';
const searching: Text = { zh: '已检索到 ', en: 'searched back to ' };
const unfinished: Text = { zh: '检索未完成，尚无符合条件的条目。', en: 'Nothing found yet: the search was ended. ' };
const none: Text = { zh: '没有符合条件的条目。', en: 'Nothing found. ' };
const all: Text = { zh: '共 %1 条。', en: '%1 found. ' };
const more: Text = {
  zh: '已显示 %1 条，还有更多：请用 --limit 加大或缩小条件。',
  en: '%1 shown, and there are more: raise --limit or narrow the search. ',
};
const record: Text = { zh: '本次检索记为 %。', en: 'This search is record %.' };
const unrecorded: Text = {
  zh: '检索的是归档，未作记录；签名请以 stile ledger verify 核验。',
  en: 'This was an archive: the search is not recorded, and stile ledger verify is what checks its signature.',
};
