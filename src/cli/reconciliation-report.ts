/** What a reconciliation found, for the eye or for machines: the counts, then each request by name, as it comes in. */
import type { Reconciliation } from '../../schemas/stile/reconciliation.js';
import type { ReconciliationFinding } from '../../schemas/stile/reconciliation-finding.js';
import type { Language, Text } from '../text.js';
import { harmlessJson } from './display.js';
import { outcomeOf, whyOf } from './entry-words.js';
import { type Io, printLines } from './io.js';
import { dayAndClockOf, zoneOf } from './moment.js';
import { type Column, layOut, rowLine, titleLine } from './table.js';
import { type Paint, paint, type Terminal, terminalOf } from './terminal.js';

/**
 * @param texts the lines of the gateway's answer
 * @returns the exit code: 0 without a difference, 2 with one, 1 when the answer broke off
 */
export async function showReconciliation(
  texts: AsyncIterable<string>,
  json: boolean,
  language: Language,
  io: Io,
): Promise<number> {
  const terminal = terminalOf(io.stdout, io.environment, language);
  const layout = layOut(columnsFor(terminal), null, terminal.width);
  let head: Reconciliation | undefined;
  let missing = 0;
  try {
    for await (const text of texts) {
      const line: unknown = JSON.parse(text);
      if (head === undefined) {
        head = line as Reconciliation;
        missing = findingsIn(head);
        printLines(io.stdout, json ? [harmlessJson(head)] : headLines(head, terminal));
        if (!json && missing > 0) printLines(io.stdout, ['', titleLine(layout, terminal)]);
      } else {
        missing -= 1;
        printLines(io.stdout, [json ? harmlessJson(line) : rowLine(layout, line as ReconciliationFinding, terminal)]);
      }
    }
  } catch {
    // The connection broke: told below, as an answer that is too short is.
  }
  if (head === undefined || missing !== 0) {
    if (!io.ended.aborted) printLines(io.stderr, [words.brokenOff[language]]);
    return 1;
  }
  if (!json) printLines(io.stderr, [paint(words.record[language].replace('%', head.record), 'dim', terminal)]);
  return differencesIn(head) > 0 ? 2 : 0;
}

const findingsIn = ({ counts }: Reconciliation): number => differencesIn({ counts }) + counts.unreached;

/** Failures that may never have reached the department are none. */
const differencesIn = ({ counts }: Pick<Reconciliation, 'counts'>): number =>
  counts.unrecorded + counts.unserved + counts.repeated;

function headLines({ service, from, until, counts }: Reconciliation, terminal: Terminal): readonly string[] {
  const { language } = terminal;
  const window = [from, until].map(time => (time === undefined ? words.ever[language] : momentText(time))).join(' – ');
  const width = Math.max(...Object.values(counts).map(count => String(count).length));
  const lines = Object.entries(countTexts).map(([name, { text, look }]) => {
    const count = counts[name as keyof typeof counts];
    return paint(`${String(count).padStart(width + 2)}  ${text[language]}`, count > 0 ? look : undefined, terminal);
  });
  return [paint(`${service}  ${window}`, 'bold', terminal), ...lines];
}

function momentText(time: string): string {
  const date = new Date(time);
  return `${dayAndClockOf(date)} ${zoneOf(date)}`;
}

function columnsFor({ language, width }: Terminal): readonly Column<ReconciliationFinding>[] {
  const column = (
    title: keyof typeof titles,
    rank: number,
    least: number,
    usual: number,
    cell: Column<ReconciliationFinding>['cell'],
    look?: Column<ReconciliationFinding>['look'],
  ): Column<ReconciliationFinding> => ({
    title: titles[title][language],
    rank,
    least,
    usual,
    cell,
    ...(look === undefined ? {} : { look }),
  });
  const byKind = ({ finding }: ReconciliationFinding) => findingTexts[finding].look;
  return [
    column('finding', 0, 14, 22, ({ finding }) => findingTexts[finding].text[language], byKind),
    column('requestId', 0, 22, 22, ({ requestId }) => requestId),
    column('record', 1, 6, 10, ({ record = '' }) => record),
    column('time', 2, 19, width === undefined ? 24 : 19, ({ time }) => timeText(time, width)),
    column('more', 1, 16, 28, found => moreOf(found, language)),
  ];
}

/** On a terminal in its own time zone; elsewhere for other programs. */
function timeText(time: string | undefined, width: number | undefined): string {
  if (time === undefined || width === undefined) return time ?? '';
  const date = new Date(time);
  return dayAndClockOf(date);
}

/** Where to look: the list's line, or what the record says became of it. */
function moreOf({ line, times, outcome, code }: ReconciliationFinding, language: Language): string {
  if (line !== undefined) {
    const text = times === undefined ? words.line[language] : words.times[language].replace('%2', String(times));
    return text.replace('%1', String(line));
  }
  return code === undefined ? outcomeOf({ outcome }, language) : whyOf({ code }, language);
}

const findingTexts = {
  unrecorded: { text: { zh: '部门已答，无记录', en: 'served, no record' }, look: 'red' },
  unserved: { text: { zh: '有记录，部门无此请求', en: 'recorded, not in list' }, look: 'red' },
  repeated: { text: { zh: '清单中重复', en: 'repeated in the list' }, look: 'yellow' },
  unreached: { text: { zh: '失败，或未到达部门', en: 'failed on the way' }, look: 'dim' },
} satisfies Record<ReconciliationFinding['finding'], { text: Text; look: Paint }>;

const countTexts: Readonly<Record<keyof Reconciliation['counts'], { readonly text: Text; readonly look?: Paint }>> = {
  listed: { text: { zh: '清单中的请求', en: 'requests in the list' } },
  records: { text: { zh: '该时段内询问部门的记录', en: 'records of that time whose department was asked' } },
  matched: { text: { zh: '两边都有', en: 'in both' } },
  outside: { text: { zh: '在清单中，记录不在该时段', en: 'in the list, recorded at another time' } },
  unrecorded: { text: { zh: '部门已答，台账无记录', en: 'served without a record' }, look: 'red' },
  unserved: {
    text: { zh: '台账有记录，部门无此请求', en: 'recorded as answered, unknown to the department' },
    look: 'red',
  },
  repeated: { text: { zh: '在清单中重复', en: 'more than once in the list' }, look: 'yellow' },
  unreached: {
    text: {
      zh: '失败，可能未到达部门，不算差异',
      en: 'failed, perhaps before the department was reached: no difference',
    },
  },
};

const titles = {
  finding: { zh: '差异', en: 'FINDING' },
  requestId: { zh: '请求编号', en: 'REQUEST ID' },
  record: { zh: '记录', en: 'RECORD' },
  time: { zh: '时间', en: 'TIME' },
  more: { zh: '说明', en: 'WHERE' },
} satisfies Record<string, Text>;

const words = {
  ever: { zh: '最早', en: 'the first record' },
  line: { zh: '第 %1 行', en: 'line %1' },
  times: { zh: '第 %1 行起，共 %2 次', en: 'line %1 first, %2 times' },
  record: { zh: '本次核对记为 %。', en: 'This comparison is record %.' },
  brokenOff: {
    zh: '答复中断，所列不全：请重新核对。',
    en: 'The answer broke off, and what is shown is not all: compare again.',
  },
} satisfies Record<string, Text>;
