/** `stile audit search|show|tail`: the ledger in the terminal, for whoever looks at night. */
import { role } from '../identity/principal.js';
import type { Text } from '../text.js';
import { openApi } from './api.js';
import { showArchived } from './audit-archive.js';
import { followEntries } from './audit-follow.js';
import { type AuditOptions, readOptions } from './audit-options.js';
import { showFound } from './audit-search.js';
import { showRecord } from './audit-show.js';
import { type Io, printLines, processIo } from './io.js';
import { type AskedSubject, askSubject } from './subject-prompt.js';
import { environmentLanguage } from './terminal.js';

export const usage = `stile audit search [FILTERS]          newest first
stile audit tail [FILTERS] [--follow] the newest last; with --follow, also what comes
stile audit show SHARD/INDEX          one record

FILTERS, several values by commas:
  --since 2h                          or 30m, 7d, 1w
  --from TIME --until TIME            02:00, 2026-07-24, "2026-07-24 02:00", RFC 3339
  --outcome refused,failed            released, refused, failed, unknown
  --consumer --provider --service --purpose --case --operator --actor --kind --code
  --subject -                         a person or enterprise; the number is typed unseen, or piped in
OPTIONS:
  --limit N, -n N                     most entries: 50 of a search, 20 of a tail
  --json                              one JSON object a line
  --language zh|en                    otherwise by LANG
  --archive DIR                       search archived months instead, offline
  --periods FOLDER                    with --archive and --subject: the months' keys (keys/periods)
Each look is itself recorded. STILE_URL says where the gateway is (http://127.0.0.1:8080), STILE_TOKEN holds a token of
the role security or auditor; in the sandbox it is got by itself.`;

const usualLimits: Readonly<Record<string, number>> = { search: 50, tail: 20, show: 1 };

/** @returns 0 when shown, 1 when the gateway refused, is not there or the user broke off, 2 for wrong arguments */
export async function run(words: string[], io: Io = processIo()): Promise<number> {
  const [command = '', ...rest] = words;
  const language = environmentLanguage(io.environment);
  const usualLimit = usualLimits[command];
  if (usualLimit === undefined) {
    printLines(io.stderr, [usage]);
    return 2;
  }
  const options = readOptions(rest, language, usualLimit, Date.now());
  const wrong = 'wrong' in options ? options.wrong : misplaced(command, options);
  if ('wrong' in options || wrong !== undefined) {
    printLines(io.stderr, [wrong ?? '', `stile audit ${command}: ${help[language]}`]);
    return 2;
  }
  const { environment, ended } = io;
  const api = openApi({ language: options.language, staff: role.security, environment, ended });
  if (command === 'show') return showRecord(options.rest[0] ?? '', options, api, io);
  const subject = options.subject ? await askSubject(io, options.language) : undefined;
  if (subject === null) {
    printLines(io.stderr, [noNumber[options.language]]);
    return 2;
  }
  const { archive } = options;
  if (archive !== undefined) return showArchived(archive, options, subject, io);
  return look(command, options, subject, api, io);
}

function look(
  command: string,
  options: AuditOptions,
  subject: AskedSubject | undefined,
  api: ReturnType<typeof openApi>,
  io: Io,
): Promise<number> {
  if (command === 'search') return showFound(options, subject, 'newest-first', api, io);
  return options.follow
    ? followEntries(options, subject, api, io)
    : showFound(options, subject, 'newest-last', api, io);
}

/** What does not belong to the command; undefined when all does. */
function misplaced(
  command: string,
  { rest, filters, follow, subject, archive, periods, language }: AuditOptions,
): string | undefined {
  if (command === 'show') {
    const alone =
      rest.length === 1 && Object.keys(filters).length === 0 && !follow && !subject && archive === undefined;
    return alone && /^\d+\/\d+$/.test(rest[0] ?? '') ? undefined : onePosition[language];
  }
  if (rest.length > 0) return noMore[language];
  if (archive === undefined ? periods !== undefined : command !== 'search') return onlyArchive[language];
  if (follow && ('from' in filters || 'until' in filters)) return noTimes[language];
  return follow && command !== 'tail' ? onlyTail[language] : undefined;
}

const help: Text = { zh: '用法见 stile audit', en: 'see stile audit for what there is' };
const onePosition: Text = { zh: '请写一条记录的位置，如 0/42', en: "write one record's position, such as 0/42" };
const noMore: Text = { zh: '多出了不是选项的词', en: 'there is a word that is no option' };
const noTimes: Text = {
  zh: '--follow 只看此后的条目，不能限定时间',
  en: '--follow is for what comes: it takes no times',
};
const onlyTail: Text = { zh: '--follow 只用于 tail', en: '--follow goes with tail' };
const onlyArchive: Text = {
  zh: '--archive 只用于 search，--periods 只与 --archive 并用',
  en: '--archive goes with search, and --periods with --archive',
};
const noNumber: Text = {
  zh: '不是合法的公民身份号码或统一社会信用代码，未检索。',
  en: 'That is no valid resident identity number or unified social credit code; nothing was searched.',
};
