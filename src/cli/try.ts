/** `stile try`: one exchange against the files, step by step, with what the department answered beside what would be released. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Text } from '../text.js';
import { openApi } from './api.js';
import { displayWidth, fit, harmless, harmlessJson } from './display.js';
import { type Io, printLines, processIo } from './io.js';
import { paint, type Terminal, terminalOf } from './terminal.js';

export const usage = `stile try SERVICE --with FILE --client CLIENT --purpose PURPOSE [--confirm] [--effects [--key KEY]] [--json] [--language zh|en]

  One exchange against the gateway's files, which need not be in force, by its departments' real systems. It is recorded.

  SERVICE     such as civil-affairs/marriage-status/v1; of one made of others each part is shown
  --with      the request, JSON
  --client    in whose place it is asked, such as housing/permits, under its agreements
  --purpose   for which
  --confirm   show me what the department answers, though it may be about real people; only the sandbox needs no word
  --effects   let the department do what is asked, where the service has effects: it is real, in the sandbox too
  --key       the Idempotency-Key it is done under; a new one unless named. Whoever comes with one again has it done once
  --json      one JSON object, for machines
  --language  the language of the texts; otherwise LC_ALL, LC_MESSAGES or LANG decides
  STILE_URL   where the gateway is (http://127.0.0.1:8080)
  STILE_TOKEN an operator's token; the sandbox gives one by itself`;

interface Tried {
  /** Of a part. */
  readonly step?: string;
  readonly service?: string;
  readonly record?: string;
  readonly intent?: string;
  readonly repeats?: string;
  readonly parts?: readonly Tried[];
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
      effects: { type: 'boolean' },
      key: { type: 'string' },
      json: { type: 'boolean' },
      language: { type: 'string' },
    },
  });
  const { with: file, client, purpose, confirm = false, effects = false, json = false, language } = values;
  const [service, ...more] = positionals;
  const key = values.key ?? (effects ? randomUUID() : undefined);
  const isComplete = service !== undefined && file !== undefined && client !== undefined && purpose !== undefined;
  if (
    !isComplete ||
    more.length > 0 ||
    (key !== undefined && !effects) ||
    (language !== undefined && language !== 'zh' && language !== 'en')
  ) {
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
  const confirmed = { confirm, ...(key === undefined ? {} : { effects, idempotencyKey: key }) };
  const answer = await api.post('/operate/config/try', { service, client, purpose, request, ...confirmed });
  if (!answer.ok) {
    // Whether it was done may be unknown: with the same key it is not done again.
    const under = key === undefined ? [] : [`${texts.key[terminal.language]} ${harmless(key)}`];
    printLines(io.stderr, [...answer.lines, ...under]);
    return 1;
  }
  const tried = answer.body as Tried;
  const shown = { ...tried, ...(key === undefined ? {} : { idempotencyKey: key }) };
  printLines(io.stdout, json ? [harmlessJson(shown, 2)] : triedLines(shown, terminal));
  return tried.stopped === undefined ? 0 : 1;
}

function readRequest(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function triedLines(tried: Tried & { readonly idempotencyKey?: string }, terminal: Terminal): string[] {
  const { record = '', intent, repeats, idempotencyKey, parts = [] } = tried;
  const told = ([name, value]: readonly [keyof typeof texts, string | undefined]): string[] =>
    value === undefined ? [] : [`${texts[name][terminal.language]} ${harmless(value)}`];
  return [
    ...parts.flatMap(part => [...partLines(part, terminal), '']),
    ...questionLines(tried, terminal),
    '',
    ...[['key', idempotencyKey] as const, ['intent', intent] as const, ['repeats', repeats] as const].flatMap(told),
    ...told(['record', record]),
  ];
}

/** A part and its own parts, each under its name. */
function partLines(part: Tried, terminal: Terminal): string[] {
  const { step = '', service = '', record = '', parts = [] } = part;
  return [
    ...parts.flatMap(below => [...partLines({ ...below, step: `${step}/${below.step}` }, terminal), '']),
    paint(`${harmless(step)}  ${harmless(service)}`, 'bold', terminal),
    ...questionLines(part, terminal),
    `${texts.record[terminal.language]} ${record}`,
  ];
}

/** The steps of one question, what stopped it, and the two replies. */
function questionLines({ steps, stopped, raw, released }: Tried, terminal: Terminal): string[] {
  const stages = steps.map(({ stage, milliseconds }, at) => {
    const isStop = stopped !== undefined && at === steps.length - 1;
    return `${paint(isStop ? '✗' : '✓', isStop ? 'red' : 'green', terminal)} ${fit(stage, 16)} ${milliseconds} ms`;
  });
  const why = stopped && [
    paint(`${harmless(stopped.title)} (${stopped.code})`, 'red', terminal),
    ...(stopped.errors ?? []).map(({ pointer, message }) => `  ${harmless(pointer)}: ${harmless(message)}`),
    harmless(stopped.remedy),
  ];
  const replies = raw === undefined && released === undefined ? [] : ['', ...beside(raw, released, terminal)];
  return [...stages, ...(why ?? []), ...replies];
}

/** What was answered and what would be released, line by line beside each other where the terminal is wide enough. */
function beside(raw: unknown, released: unknown, terminal: Terminal): string[] {
  const { language, width = 120 } = terminal;
  const written = (value: unknown): string[] => (value === undefined ? ['—'] : harmlessJson(value, 2).split('\n'));
  const left = [texts.raw[language], ...written(raw)];
  const right = [texts.released[language], ...written(released)];
  const column = Math.max(...left.map(displayWidth)) + 3;
  if (column + Math.max(...right.map(displayWidth)) > width) return [...left, '', ...right];
  const length = Math.max(left.length, right.length);
  return Array.from({ length }, (_, at) => `${fit(left[at] ?? '', column)}${right[at] ?? ''}`.trimEnd());
}

const texts = {
  raw: { zh: '部门的答复', en: 'ANSWERED' },
  released: { zh: '将放行的', en: 'RELEASED' },
  record: { zh: '记录', en: 'record' },
  intent: { zh: '意向', en: 'intent' },
  repeats: { zh: '重放自', en: 'repeats' },
  key: { zh: '幂等键', en: 'Idempotency-Key' },
  notJson: { zh: ' 不是 JSON 文件，或读不到', en: ' is no JSON, or cannot be read' },
} satisfies Record<string, Text>;
