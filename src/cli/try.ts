/** `stile try`: one exchange against the files, step by step, with what the department answered beside what would be released. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Text } from '../text.js';
import { openApi } from './api.js';
import { displayWidth, fit, harmless, harmlessJson } from './display.js';
import { type Io, printLines, processIo } from './io.js';
import { paint, type Terminal, terminalOf } from './terminal.js';

export const usage = `stile try SERVICE --with FILE --client CLIENT --purpose PURPOSE [--confirm] [--json] [--language zh|en]

  One exchange against the gateway's files, which need not be in force, by its departments' real systems. It is recorded.

  SERVICE     such as civil-affairs/marriage-status/v1; one without effects
  --with      the request, JSON
  --client    in whose place it is asked, such as housing/permits, under its agreements
  --purpose   for which
  --confirm   show me what the department answers, though it may be about real people; only the sandbox needs no word
  --json      one JSON object, for machines
  --language  the language of the texts; otherwise LC_ALL, LC_MESSAGES or LANG decides
  STILE_URL   where the gateway is (http://127.0.0.1:8080)
  STILE_TOKEN an operator's token; the sandbox gives one by itself`;

interface Tried {
  readonly record?: string;
  readonly steps: readonly { readonly stage: string; readonly milliseconds: number }[];
  readonly stopped?: {
    readonly code: string;
    readonly title: string;
    readonly remedy: string;
    readonly errors?: readonly { readonly pointer: string; readonly message: string }[];
  };
  readonly raw?: unknown;
  readonly released?: unknown;
}

/** @returns 0 when it would be released, 1 when it would not, 2 for wrong arguments */
export async function run(words: string[], io: Io = processIo()): Promise<number> {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      with: { type: 'string' },
      client: { type: 'string' },
      purpose: { type: 'string' },
      confirm: { type: 'boolean' },
      json: { type: 'boolean' },
      language: { type: 'string' },
    },
  });
  const { with: file, client, purpose, confirm = false, json = false, language } = values;
  const [service, ...more] = positionals;
  const isComplete = service !== undefined && file !== undefined && client !== undefined && purpose !== undefined;
  if (!isComplete || more.length > 0 || (language !== undefined && language !== 'zh' && language !== 'en')) {
    printLines(io.stderr, [usage]);
    return 2;
  }
  const terminal = terminalOf(io.stdout, io.environment, language);
  const request = readRequest(file);
  if (request === undefined) {
    printLines(io.stderr, [`${harmless(file)}${texts.notJson[terminal.language]}`]);
    return 1;
  }
  const { environment, ended } = io;
  const api = openApi({ language: terminal.language, staff: 'operator', environment, ended });
  const answer = await api.post('/operate/config/try', { service, client, purpose, request, confirm });
  if (!answer.ok) {
    printLines(io.stderr, answer.lines);
    return 1;
  }
  const tried = answer.body as Tried;
  printLines(io.stdout, json ? [harmlessJson(tried, 2)] : triedLines(tried, terminal));
  return tried.stopped === undefined ? 0 : 1;
}

function readRequest(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function triedLines({ record, steps, stopped, raw, released }: Tried, terminal: Terminal): string[] {
  const { language } = terminal;
  const stages = steps.map(({ stage, milliseconds }, at) => {
    const isStop = stopped !== undefined && at === steps.length - 1;
    return `${paint(isStop ? '✗' : '✓', isStop ? 'red' : 'green', terminal)} ${fit(stage, 16)} ${milliseconds} ms`;
  });
  const why = stopped && [
    paint(`${harmless(stopped.title)} (${stopped.code})`, 'red', terminal),
    ...(stopped.errors ?? []).map(({ pointer, message }) => `  ${harmless(pointer)}: ${harmless(message)}`),
    harmless(stopped.remedy),
  ];
  const replies = raw === undefined ? [] : ['', ...beside(raw, released, terminal)];
  return [...stages, ...(why ?? []), ...replies, '', `${texts.record[language]} ${record ?? ''}`];
}

/** What was answered and what would be released, line by line beside each other where the terminal is wide enough. */
function beside(raw: unknown, released: unknown, terminal: Terminal): string[] {
  const { language, width = 120 } = terminal;
  const left = [texts.raw[language], ...harmlessJson(raw, 2).split('\n')];
  const right = [texts.released[language], ...(released === undefined ? ['—'] : harmlessJson(released, 2).split('\n'))];
  const column = Math.max(...left.map(displayWidth)) + 3;
  if (column + Math.max(...right.map(displayWidth)) > width) return [...left, '', ...right];
  const length = Math.max(left.length, right.length);
  return Array.from({ length }, (_, at) => `${fit(left[at] ?? '', column)}${right[at] ?? ''}`.trimEnd());
}

const texts = {
  raw: { zh: '部门的答复', en: 'ANSWERED' },
  released: { zh: '将放行的', en: 'RELEASED' },
  record: { zh: '记录', en: 'record' },
  notJson: { zh: ' 不是 JSON 文件，或读不到', en: ' is no JSON, or cannot be read' },
} satisfies Record<string, Text>;
