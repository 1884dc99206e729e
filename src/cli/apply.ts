/** `stile apply`: puts in force what was planned, or says what has moved since. */
import { parseArgs } from 'node:util';
import type { Text } from '../text.js';
import { openApi } from './api.js';
import { harmless, harmlessJson } from './display.js';
import { type Io, printLines, processIo } from './io.js';
import { readPlan } from './plan-file.js';
import { paint, type Terminal, terminalOf } from './terminal.js';

export const usage = `stile apply PLAN [--json] [--language zh|en]

  PLAN        as stile plan --out wrote it
  --json      one JSON object, for machines
  --language  the language of the texts; otherwise LC_ALL, LC_MESSAGES or LANG decides
  STILE_URL   where the gateway is (http://127.0.0.1:8080); with several replicas, apply to each
  STILE_TOKEN an operator's token; the sandbox gives one by itself`;

/** @returns 0 when it is in force, 1 when it is not, 2 for wrong arguments */
export async function run(words: string[], io: Io = processIo()): Promise<number> {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { json: { type: 'boolean' }, language: { type: 'string' } },
  });
  const { json = false, language } = values;
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0 || (language !== undefined && language !== 'zh' && language !== 'en')) {
    printLines(io.stderr, [usage]);
    return 2;
  }
  const terminal = terminalOf(io.stdout, io.environment, language);
  const plan = readPlan(file);
  if (plan === undefined) {
    printLines(io.stderr, [`${harmless(file)}${notPlan[terminal.language]}`]);
    return 1;
  }
  const { environment, ended } = io;
  const api = openApi({ language: terminal.language, staff: 'operator', environment, ended });
  const answer = await api.post('/operate/config/apply', plan);
  if (!answer.ok) {
    printLines(io.stderr, answer.lines);
    return 1;
  }
  printLines(io.stdout, json ? [harmlessJson(answer.body, 2)] : changedLines(answer.body as Changed, terminal));
  return 0;
}

/** What the gateway answers to a change. */
export interface Changed {
  readonly outcome: 'changed' | 'unchanged';
  readonly registry: string;
  readonly former?: string;
  readonly record?: string;
}

/** @param changed what to say of a change, `%1` for its record */
export function changedLines(
  { outcome, registry, former, record }: Changed,
  terminal: Terminal,
  changed: Text = words.changed,
): string[] {
  const { language } = terminal;
  if (outcome === 'unchanged') return [words.unchanged[language]];
  return [
    paint(changed[language].replace('%1', record ?? ''), 'green', terminal),
    paint(`${former ?? ''} → ${registry}`, 'dim', terminal),
  ];
}

const words = {
  changed: { zh: '新配置已生效（记录 %1）', en: 'The new config is in force (record %1)' },
  unchanged: { zh: '没有变化。', en: 'Nothing changes.' },
} satisfies Record<string, Text>;
const notPlan: Text = {
  zh: '：没有这个文件，或不是 stile plan --out 写出的计划',
  en: ': there is no such file, or it is no plan that stile plan --out wrote',
};
