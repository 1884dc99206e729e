/** `stile rollback`: puts the config in force again that was so before. */
import type { Text } from '../text.js';
import { type Changed, changedLines } from './apply.js';
import { harmlessJson } from './display.js';
import { type Io, printLines, processIo } from './io.js';
import { operatorCall } from './operator-call.js';

export const usage = `stile rollback [--json] [--language zh|en]

  Puts the config in force again that was so before; once more, the one before that.
  The files stay as they are, and are held back: neither the gateway by itself nor a restart takes them up again
  until they change. stile apply and SIGHUP do.

  --json      one JSON object, for machines
  --language  the language of the texts; otherwise LC_ALL, LC_MESSAGES or LANG decides
  STILE_URL   where the gateway is (http://127.0.0.1:8080); replicas that have the same in force follow within seconds
  STILE_TOKEN an operator's token; the sandbox gives one by itself`;

/** @returns 0 when it is in force, 1 when it is not, 2 for wrong arguments */
export async function run(words: string[], io: Io = processIo()): Promise<number> {
  const call = operatorCall(words, usage, io);
  if (call === undefined) return 2;
  const { json, terminal, api } = call;
  const shown = await api.get('/operate/config');
  const answer = shown.ok
    ? await api.post('/operate/config/rollback', { running: (shown.body as { registry: string }).registry })
    : shown;
  if (!answer.ok) {
    printLines(io.stderr, answer.lines);
    return 1;
  }
  if (json) printLines(io.stdout, [harmlessJson(answer.body, 2)]);
  else printLines(io.stdout, [...changedLines(answer.body as Changed, terminal, changed), files[terminal.language]]);
  return 0;
}

const changed: Text = {
  zh: '之前的配置重新生效（记录 %1）',
  en: 'The config from before is in force again (record %1)',
};
const files: Text = {
  zh: '文件没有改动，也不会自动生效，重启也一样。请改正它们；要原样启用，用 stile apply 或 SIGHUP。',
  en: 'The files are as they were, and are held back, through restarts too. Mend them; stile apply or SIGHUP takes them as they are.',
};
