/** `stile adapters`: how departments' systems stand with the gateway, worst first to see. */
import { parseArgs } from 'node:util';
import type { AdapterStanding, OperateAdapters } from '../../schemas/stile/operate-adapters.js';
import { role } from '../identity/principal.js';
import type { Language, Text } from '../text.js';
import { openApi } from './api.js';
import { harmlessJson } from './display.js';
import { type Io, printLines, processIo } from './io.js';
import { clockOf, dayAndClockOf, dayOf } from './moment.js';
import { type Column, layOut, rowLine, titleLine } from './table.js';
import { environmentLanguage, type Paint, paint, type Terminal, terminalOf } from './terminal.js';

export const usage = `stile adapters [DEPARTMENT] [--probe] [--json] [--language zh|en]

  How departments' systems stand with the gateway that STILE_URL leads to, since it started; the look is itself recorded.
  --probe       first ask each system whether it is there (10 s at most)
  --json        one JSON object a line, for machines
  --language    zh or en; otherwise by LANG
  STILE_URL     where the gateway is (http://127.0.0.1:8080)
  STILE_TOKEN   a token of the role operator; in the sandbox it is got by itself`;

interface Wish {
  readonly department: string | undefined;
  readonly probe: boolean;
  readonly json: boolean;
  readonly language: Language;
}

/** @returns 0 when shown, 1 when the gateway refused or is not there, 2 for wrong arguments */
export async function run(words: string[], io: Io = processIo()): Promise<number> {
  const wish = parse(words, io);
  if (wish === undefined) {
    printLines(io.stderr, [usage]);
    return 2;
  }
  const { environment, ended } = io;
  const api = openApi({ language: wish.language, staff: role.operator, environment, ended });
  const answer = await api.get(`/operate/adapters${wish.probe ? '?probe=true' : ''}`);
  if (!answer.ok) {
    printLines(io.stderr, answer.lines);
    return 1;
  }
  const { record, adapters } = answer.body as unknown as OperateAdapters;
  const shown = adapters.filter(({ id }) => wish.department === undefined || id.startsWith(`${wish.department}/`));
  const terminal = terminalOf(io.stdout, environment, wish.language);
  printLines(io.stdout, wish.json ? shown.map(each => harmlessJson(each)) : linesOf(shown, terminal));
  printLines(io.stderr, [paint(looked[wish.language].replace('%', record), 'dim', terminal)]);
  return 0;
}

function parse(words: string[], { environment }: Io): Wish | undefined {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { probe: { type: 'boolean' }, json: { type: 'boolean' }, language: { type: 'string' } },
  });
  const { probe = false, json = false, language = environmentLanguage(environment) } = values;
  if (positionals.length > 1 || (language !== 'zh' && language !== 'en')) return undefined;
  return { department: positionals[0], probe, json, language };
}

/** Those that want somebody's attention first. */
const order = ['paused', 'tried', 'failing', 'answering', 'unasked'] as const;

export function linesOf(adapters: readonly AdapterStanding[], terminal: Terminal): string[] {
  if (adapters.length === 0) return [none[terminal.language]];
  const rows = adapters.toSorted((one, other) => order.indexOf(one.state) - order.indexOf(other.state));
  const layout = layOut(columnsFor(terminal), rows, terminal.width);
  return [titleLine(layout, terminal), ...rows.map(each => rowLine(layout, each, terminal))];
}

const looks: Readonly<Record<AdapterStanding['state'], Paint>> = {
  answering: 'green',
  failing: 'red',
  paused: 'red',
  tried: 'yellow',
  unasked: 'dim',
};

function columnsFor({ language }: Terminal): readonly Column<AdapterStanding>[] {
  const column = (
    name: keyof typeof titles,
    rank: number,
    least: number,
    cell: Column<AdapterStanding>['cell'],
    look?: Column<AdapterStanding>['look'],
  ): Column<AdapterStanding> => ({
    title: titles[name][language],
    rank,
    least,
    usual: least,
    cell,
    ...(look && { look }),
  });
  const count = (number: number): string => (number === 0 ? '' : String(number));
  return [
    column('adapter', 1, 16, ({ id }) => id),
    column(
      'state',
      1,
      6,
      ({ state }) => states[state][language],
      ({ state }) => looks[state],
    ),
    column(
      'probe',
      1,
      4,
      ({ probe }) => (probe === undefined ? '' : (probe.failure ?? there[language])),
      ({ probe }) => (probe?.failure === undefined ? 'green' : 'red'),
    ),
    column('underWay', 2, 5, ({ underWay, concurrency, waiting }) =>
      waiting === 0 ? `${underWay}/${concurrency}` : `${underWay}/${concurrency} +${waiting}`,
    ),
    column('p50', 2, 4, ({ latency }) => (latency === undefined ? '' : String(latency.p50))),
    column('p99', 2, 4, ({ latency }) => (latency === undefined ? '' : String(latency.p99))),
    column('answered', 4, 4, ({ answered }) => count(answered)),
    column('failed', 3, 4, ({ failed }) => count(Object.values(failed).reduce((sum, each) => sum + each, 0))),
    column('turnedAway', 4, 4, ({ turnedAway }) => count(turnedAway)),
    column(
      'breaches',
      3,
      4,
      ({ breaches }) => count(breaches),
      () => 'yellow',
    ),
    column('lastFailure', 3, 12, ({ lastFailure }) =>
      lastFailure === undefined ? '' : `${momentText(lastFailure.at)} ${lastFailure.failure}`,
    ),
    column('asOf', 5, 10, ({ asOf = '' }) => asOf),
  ];
}

/** The time of today, the day and time of before. */
function momentText(time: string): string {
  const date = new Date(time);
  return dayOf(date) === dayOf(new Date()) ? clockOf(date) : dayAndClockOf(date);
}

const titles = {
  adapter: { zh: '适配器', en: 'ADAPTER' },
  state: { zh: '状态', en: 'STATE' },
  probe: { zh: '探测', en: 'PROBE' },
  underWay: { zh: '进行中', en: 'UNDER WAY' },
  p50: { zh: 'P50 毫秒', en: 'P50 MS' },
  p99: { zh: 'P99 毫秒', en: 'P99 MS' },
  answered: { zh: '已答复', en: 'ANSWERED' },
  failed: { zh: '故障', en: 'FAILED' },
  turnedAway: { zh: '未提交', en: 'TURNED AWAY' },
  breaches: { zh: '违约', en: 'BREACHES' },
  lastFailure: { zh: '最近故障', en: 'LAST FAILURE' },
  asOf: { zh: '数据时点', en: 'DATA AS OF' },
} satisfies Record<string, Text>;

const states: Readonly<Record<AdapterStanding['state'], Text>> = {
  answering: { zh: '正常', en: 'answering' },
  failing: { zh: '故障', en: 'failing' },
  paused: { zh: '暂停', en: 'paused' },
  tried: { zh: '试探', en: 'tried' },
  unasked: { zh: '未用', en: 'unasked' },
};

const there: Text = { zh: '可达', en: 'there' };
const none: Text = { zh: '没有适配器。', en: 'There is no adapter.' };
const looked: Text = { zh: '本次查看记为 %', en: 'This look is record %' };
