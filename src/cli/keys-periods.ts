/** `stile keys periods`: which months have a key, and the deletion of one, after which its entries name nobody. */
import { mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { readEnvironment } from '../environment.js';
import { deletePeriod, requireDeletable } from '../ledger/delete-period.js';
import { type Deletion, deletionOf } from '../ledger/deleted-periods.js';
import { monthSpan } from '../ledger/month.js';
import { periodKeyFolder, periodOf, periodsIn } from '../ledger/period-keys.js';
import { OperatorError } from '../operator-error.js';
import type { Language, Text } from '../text.js';
import { type Io, printLines } from './io.js';
import { openLedgerStore } from './ledger-store.js';
import { readLedgerWords } from './ledger-words.js';
import { type Column, layOut, rowLine, titleLine } from './table.js';
import { environmentLanguage, terminalOf } from './terminal.js';

export const usage = `stile keys periods                          the months' keys: of which months, and which were deleted when
stile keys periods delete YYYY-MM [--by ID] deletes one, for good: the month's entries stay, and nobody can be found in them
                                            any more; asks first, and takes the month typed again for a yes`;

/** @returns 0; throws when a deletion was not confirmed, or may not be */
export async function run(words: readonly string[], io: Io): Promise<number> {
  const [command, ...rest] = words;
  const folder = periodKeyFolder(readEnvironment(io.environment, false).dataFolder);
  if (command === 'delete') return deleteOne(rest, folder, io);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  printLines(io.stdout, listLines(folder, io));
  return 0;
}

interface Row {
  readonly period: string;
  readonly deletion: Deletion | null;
}

function listLines(folder: string, io: Io): readonly string[] {
  const language = environmentLanguage(io.environment);
  const terminal = terminalOf(io.stdout, io.environment, language);
  const periods = new Set([...periodsIn(folder, 'key'), ...periodsIn(folder, 'deleted')]);
  const rows = [...periods].sort().map(period => ({ period, deletion: deletionOf(folder, period) }));
  if (rows.length === 0) return [none[language]];
  const layout = layOut(columns(language, periodOf(Date.now())), rows, terminal.width);
  return [titleLine(layout, terminal), ...rows.map(row => rowLine(layout, row, terminal))];
}

function columns(language: Language, now: string): readonly Column<Row>[] {
  const day = (time: number) => new Date(time).toISOString().slice(0, 10);
  const stateOf = ({ period, deletion }: Row): Text =>
    deletion !== null ? states.deleted : period === now ? states.used : states.kept;
  const column = (title: Text, cell: (row: Row) => string): Column<Row> => {
    return { title: title[language], cell, rank: 0, least: 7, usual: 10 };
  };
  return [
    column(titles.period, ({ period }) => period),
    column(titles.from, ({ period }) => day(monthSpan(period).begins)),
    column(titles.until, ({ period }) => day(monthSpan(period).ends)),
    column(titles.state, row => stateOf(row)[language]),
    column(titles.deleted, ({ deletion }) => deletion?.time ?? ''),
    column(titles.record, ({ deletion }) => deletion?.record ?? ''),
  ];
}

async function deleteOne(words: readonly string[], folder: string, io: Io): Promise<number> {
  const language = environmentLanguage(io.environment);
  const { month: period, by } = readLedgerWords(words, []);
  const store = await openLedgerStore(io);
  try {
    const { query, registry } = store;
    const options = { query, folder, period, settings: registry.settings.retention, now: Date.now() };
    await requireDeletable(options);
    printLines(io.stderr, [ask[language].replace('%', period)]);
    if ((await answer(io)) !== period) throw new OperatorError(unconfirmed);
    const record = await deletePeriod({ ...options, ledger: await store.ledger(), by });
    printLines(io.stdout, [done[language].replace('%1', period).replace('%2', record)]);
    return 0;
  } finally {
    await store.close();
  }
}

async function answer({ stdin, ended }: Io): Promise<string> {
  for await (const line of createInterface({ input: stdin, signal: ended })) return line.trim();
  return '';
}

const titles = {
  period: { zh: '月份', en: 'MONTH' },
  from: { zh: '起（UTC）', en: 'FROM (UTC)' },
  until: { zh: '止（UTC）', en: 'UNTIL (UTC)' },
  state: { zh: '状态', en: 'STATE' },
  deleted: { zh: '删除时间', en: 'DELETED' },
  record: { zh: '记录', en: 'RECORD' },
} satisfies Record<string, Text>;

const states = {
  used: { zh: '使用中', en: 'in use' },
  kept: { zh: '保留', en: 'kept' },
  deleted: { zh: '已删除', en: 'deleted' },
} satisfies Record<string, Text>;

const none: Text = { zh: '还没有任何月份的密钥。', en: 'No month has a key yet.' };
const ask: Text = {
  zh: '删除 % 的密钥后，该月条目永远无法再按人检索，无法恢复。请再次输入该月份以确认：',
  en: 'Without the key of % nobody can be found in its entries any more, for good. Type the month again to delete it:',
};
const unconfirmed: Text = { zh: '未确认，未删除。', en: 'That was not the month: nothing was deleted.' };
const done: Text = {
  zh: '已删除 %1 的密钥。记录 %2。请同时销毁该密钥的所有备份。',
  en: 'Deleted the key of %1. Record %2. Destroy every backup of it too.',
};
