/** `stile audit tail --follow`: each new entry as it comes, through restarts of the gateway, until Ctrl-C. */
import { setTimeout as wait } from 'node:timers/promises';
import type { AuditTailReply, Found } from '../../schemas/stile/audit-tail-reply.js';
import type { Text } from '../text.js';
import type { Answer } from './answer.js';
import type { Api } from './api.js';
import type { AuditOptions } from './audit-options.js';
import { tellGaps } from './audit-search.js';
import { harmlessJson } from './display.js';
import { type EntryTable, entryTable } from './entry-table.js';
import { type Io, printLines } from './io.js';
import { clockOf } from './moment.js';
import type { AskedSubject } from './subject-prompt.js';
import { paint, terminalOf } from './terminal.js';

/** Milliseconds between two looks for what is new. */
const pause = 1000;
/** The most that can be shown of the past. */
const mostLast = 500;

/** @returns the exit code, once the user has ended it or the gateway will have no more of it */
export async function followEntries(
  { filters, limit, json, language }: AuditOptions,
  subject: AskedSubject | undefined,
  api: Api,
  io: Io,
): Promise<number> {
  const question = { ...filters, ...(subject === undefined ? {} : { subject }) };
  const show = json ? jsonPrinter(io) : tablePrinter(io, language);
  const tell = (text: Text, why = '') => {
    const line = `${clockOf(new Date())}  ${text[language]}${why}`;
    printLines(io.stderr, [paint(line, 'yellow', terminalOf(io.stderr, io.environment, language))]);
  };
  let last: AuditTailReply | undefined;
  let again = false;
  let away = false;
  while (!io.ended.aborted) {
    const from =
      last === undefined
        ? { last: Math.min(limit, mostLast) }
        : again
          ? { after: last.reach }
          : { follow: last.follow };
    const answer = await api.post('/audit/tail', { ...question, ...from });
    if (io.ended.aborted) break;
    if (answer.ok) {
      if (away) tell(words.back);
      away = false;
      again = false;
      if (last === undefined) tellGaps(answer.body as AuditTailReply, language, io);
      last = answer.body as AuditTailReply;
      show(last.entries);
      if (last.more) continue;
    } else if (last !== undefined && !again && answer.code === 'STILE_SEARCH_INVALID') {
      // A follow is good for twelve hours; then it is asked for, and recorded, again.
      again = true;
      continue;
    } else if (last !== undefined && mayPass(answer)) {
      if (!away) tell(words.away, answer.lines[0]);
      away = true;
    } else {
      printLines(io.stderr, answer.lines);
      return 1;
    }
    await wait(pause, undefined, { signal: io.ended }).catch(() => {});
  }
  return 0;
}

/** No answer, or one that says to try again: the gateway restarts, or its store does. */
const mayPass = (answer: Answer & { readonly ok: false }): boolean =>
  answer.status === undefined || answer.status >= 500 || answer.status === 429;

type Show = (entries: readonly Found[]) => void;

const jsonPrinter =
  ({ stdout }: Io): Show =>
  entries =>
    printLines(
      stdout,
      entries.map(entry => harmlessJson(entry)),
    );

/** A table whose rows are yet to come; it begins anew when the terminal gets another width. */
function tablePrinter({ stdout, environment }: Io, language: AuditOptions['language']): Show {
  let table: EntryTable | undefined;
  let width: number | undefined;
  return entries => {
    const terminal = terminalOf(stdout, environment, language);
    if (table === undefined || terminal.width !== width) {
      table = entryTable(terminal, null);
      width = terminal.width;
      printLines(stdout, table.head);
    }
    for (const entry of entries) printLines(stdout, table.linesOf(entry));
  };
}

const words = {
  away: { zh: '正在重试：', en: 'trying again: ' },
  back: { zh: '网关已恢复，没有遗漏', en: 'the gateway is back, nothing is missed' },
} satisfies Record<string, Text>;
