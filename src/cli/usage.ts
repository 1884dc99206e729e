/** `stile usage`: who still calls a service, by client and month, so that it can be taken out with nobody surprised. */
import type { Found } from '../../schemas/stile/audit-search-reply.js';
import { role } from '../identity/principal.js';
import type { Text } from '../text.js';
import { openApi } from './api.js';
import { readOptions } from './audit-options.js';
import { findAll, tellFound } from './audit-search.js';
import { harmlessJson } from './display.js';
import { textIn } from './entry-words.js';
import { type Io, printLines, processIo } from './io.js';
import { type Column, layOut, rowLine, titleLine } from './table.js';
import { environmentLanguage, type Terminal, terminalOf } from './terminal.js';

export const usage = `stile usage DEPARTMENT/SERVICE/VERSION [--since 90d] [--from TIME] [--until TIME] [--json]

  Calls of each client in each month (UTC), refused ones too, from the ledger; the look is itself recorded.
  --since       how far back: 30d, 12w; 90d unless said otherwise
  --limit N     most entries to count (100000)
  --json        one JSON object a line, for machines
  --language    zh or en; otherwise by LANG
  STILE_URL     where the gateway is (http://127.0.0.1:8080)
  STILE_TOKEN   a token of the role security or auditor; in the sandbox it is got by itself`;

const usualLimit = 100_000;
const usualSpan = ['--since', '90d'];

/** The calls of one client in one month. */
export interface Calls {
  /** `department/client`; empty where none could be told. */
  readonly client: string;
  /** `2026-03`, UTC. */
  readonly month: string;
  readonly released: number;
  /** Refused, failed or unknown. */
  readonly others: number;
  /** RFC 3339, UTC. */
  readonly last: string;
}

/** @returns 0 when shown, 1 when the gateway refused or is not there, 2 for wrong arguments */
export async function run(words: string[], io: Io = processIo()): Promise<number> {
  const language = environmentLanguage(io.environment);
  const spanned = words.some(word => /^--(?:since|from)(?:=|$)/.test(word)) ? words : [...words, ...usualSpan];
  const options = readOptions([...spanned, '--kind', 'exchange,refusals'], language, usualLimit, Date.now());
  const [service, ...more] = 'rest' in options ? options.rest : [];
  if ('wrong' in options || service === undefined || more.length > 0 || options.subject || options.follow) {
    printLines(io.stderr, ['wrong' in options ? options.wrong : oneService[language], '', usage]);
    return 2;
  }
  const { environment, ended } = io;
  const api = openApi({ language: options.language, staff: role.security, environment, ended });
  const filters = { ...options.filters, service: [service] };
  const found = await findAll({ ...options, filters }, undefined, api, io);
  if ('lines' in found) {
    printLines(io.stderr, found.lines);
    return 1;
  }
  const calls = callsIn(found.entries);
  const terminal = terminalOf(io.stdout, environment, options.language);
  printLines(io.stdout, options.json ? calls.map(each => harmlessJson(each)) : linesOf(calls, terminal));
  tellFound(found, options.language, io);
  return 0;
}

/** Counts the entries, by client and then month. */
export function callsIn(entries: readonly Found[]): readonly Calls[] {
  const counted = new Map<string, Calls>();
  for (const { entry, time } of entries) {
    const client = textIn(entry, 'client') ?? '';
    const month = time.slice(0, 7);
    const key = `${client} ${month}`;
    const { released, others, last } = counted.get(key) ?? { released: 0, others: 0, last: '' };
    const calls = typeof entry.count === 'number' ? entry.count : 1;
    const isReleased = entry.outcome === 'released';
    counted.set(key, {
      client,
      month,
      released: released + (isReleased ? calls : 0),
      others: others + (isReleased ? 0 : calls),
      last: time > last ? time : last,
    });
  }
  return [...counted].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, calls]) => calls);
}

function linesOf(calls: readonly Calls[], terminal: Terminal): string[] {
  if (calls.length === 0) return [nobody[terminal.language]];
  const layout = layOut(columnsFor(terminal), calls, terminal.width);
  return [titleLine(layout, terminal), ...calls.map(each => rowLine(layout, each, terminal))];
}

const columnsFor = ({ language }: Terminal): readonly Column<Calls>[] => [
  { title: titles.client[language], rank: 1, least: 12, usual: 24, cell: ({ client }) => client || unknown[language] },
  { title: titles.month[language], rank: 1, least: 7, usual: 7, cell: ({ month }) => month },
  { title: titles.released[language], rank: 1, least: 4, usual: 8, cell: ({ released }) => String(released) },
  { title: titles.others[language], rank: 2, least: 4, usual: 8, cell: ({ others }) => String(others) },
  { title: titles.last[language], rank: 3, least: 16, usual: 24, cell: ({ last }) => last },
];

const titles = {
  client: { zh: '调用系统', en: 'CLIENT' },
  month: { zh: '月份', en: 'MONTH' },
  released: { zh: '已放行', en: 'RELEASED' },
  others: { zh: '其他', en: 'OTHERS' },
  last: { zh: '最近一次', en: 'LAST' },
} satisfies Record<string, Text>;

const unknown: Text = { zh: '（未识别）', en: '(not identified)' };
const nobody: Text = { zh: '期间无人调用。', en: 'Nobody called it in that time.' };
const oneService: Text = {
  zh: '请写一个数据服务，如 civil-affairs/marriage-status/v1',
  en: 'name one service, such as civil-affairs/marriage-status/v1',
};
