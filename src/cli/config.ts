/** `stile config`: which config a gateway has in force and since which change, and why the files are not in force where they are not. */
import type { Way } from '../configuration/config-entry.js';
import type { HeldBack } from '../configuration/held-back.js';
import type { Failure, Standing } from '../configuration/reloads.js';
import type { Text } from '../text.js';
import { harmless, harmlessJson } from './display.js';
import { faultText } from './fault-text.js';
import { heldBackLine } from './held-back-line.js';
import { type Io, printLines, processIo } from './io.js';
import { dayAndClockOf } from './moment.js';
import { operatorCall } from './operator-call.js';
import { paint, type Terminal } from './terminal.js';

export const usage = `stile config [--json] [--language zh|en]

  Which config the gateway has in force, since which change, and what became of the last change of the files;
  the look is itself recorded.

  --json      one JSON object, for machines
  --language  the language of the texts; otherwise LC_ALL, LC_MESSAGES or LANG decides
  STILE_URL   where the gateway is (http://127.0.0.1:8080); each of several replicas reads files of its own
  STILE_TOKEN an operator's token; the sandbox gives one by itself`;

/** What GET /operate/config answers. */
export interface ConfigShown extends Standing {
  /** Of the look. */
  readonly record: string;
  /** Whether the files have changed since they were last read, or are not in force. */
  readonly due: boolean;
  readonly heldBack: HeldBack | null;
  readonly refused: Failure | null;
}

/** @returns 0 when shown, 1 when the gateway refused or is not there, 2 for wrong arguments */
export async function run(words: string[], io: Io = processIo()): Promise<number> {
  const call = operatorCall(words, usage, io);
  if (call === undefined) return 2;
  const { json, terminal, api } = call;
  const answer = await api.get('/operate/config');
  if (!answer.ok) {
    printLines(io.stderr, answer.lines);
    return 1;
  }
  const shown = answer.body as unknown as ConfigShown;
  printLines(io.stdout, json ? [harmlessJson(shown, 2)] : linesOf(shown, terminal));
  printLines(io.stderr, [paint(texts.looked[terminal.language].replace('%', shown.record), 'dim', terminal)]);
  return 0;
}

export function linesOf(
  { registry, since, change, due, heldBack, refused }: ConfigShown,
  terminal: Terminal,
): string[] {
  const { language } = terminal;
  const lines = [
    texts.inForce[language].replace('%1', () => registry).replace('%2', dayAndClockOf(new Date(since))),
    change === undefined
      ? texts.unrecorded[language]
      : texts.change[language].replace('%1', () => doerOf(change, language)).replace('%2', change.record),
    ...(change?.former === undefined ? [] : [texts.former[language].replace('%', change.former)]),
    '',
  ];
  if (heldBack !== null) lines.push(heldBackLine(heldBack, terminal));
  if (refused !== null) {
    const { time, by, faults } = refused;
    const told = texts.refused[language]
      .replace('%1', dayAndClockOf(new Date(time)))
      .replace('%2', () => doerOf(by, language));
    lines.push(paint(told, 'red', terminal), faultText(faults, terminal));
  }
  if (heldBack !== null || refused !== null) return lines;
  return [
    ...lines,
    due ? paint(texts.due[language], 'yellow', terminal) : paint(texts.same[language], 'green', terminal),
  ];
}

/** Through what a change came, and whose doing it was as far as that is known. */
function doerOf({ way, staff }: Failure['by'], language: Terminal['language']): string {
  return staff === undefined ? ways[way][language] : `${ways[way][language]} (${harmless(staff.id)})`;
}

const ways: Readonly<Record<Way, Text>> = {
  files: { zh: '文件改动', en: 'changed files' },
  signal: { zh: 'SIGHUP', en: 'SIGHUP' },
  api: { zh: '运维人员', en: 'an operator' },
  replica: { zh: '另一副本的回退', en: "another replica's rollback" },
  start: { zh: '启动', en: 'a start' },
};

const texts = {
  inForce: { zh: '正在使用的配置 %1，始于 %2', en: 'In force since %2: %1' },
  change: { zh: '生效途径：%1（记录 %2）', en: 'Put in force by %1 (record %2)' },
  unrecorded: {
    zh: '尚无记录说明它如何生效：账本还没有接受本次启动的记录。',
    en: 'No record tells how it came to be in force yet: the ledger has not taken that of the start.',
  },
  former: { zh: '之前是 %', en: 'Before it: %' },
  same: { zh: '文件就是正在使用的配置。', en: 'The files are what is in force.' },
  due: {
    zh: '文件已改动，尚未生效：stile plan 说明后果，stile apply 或 SIGHUP 使其生效。',
    en: 'The files have changed and are not in force: stile plan tells what they come to, stile apply or SIGHUP takes them up.',
  },
  refused: {
    zh: '文件的改动于 %1 被拒绝（%2），以上配置继续使用：',
    en: 'The last change was refused at %1 (%2); the config above serves on:',
  },
  looked: { zh: '本次查看记为 %', en: 'This look is record %' },
} satisfies Record<string, Text>;
