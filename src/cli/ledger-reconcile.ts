/** `stile ledger reconcile FILE`: holds a department's own list of the requests it served against the ledger. */
import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { role } from '../identity/principal.js';
import type { Language, Text } from '../text.js';
import { openApi } from './api.js';
import { type Io, printLines } from './io.js';
import { momentAgo, momentOf } from './moment.js';
import { showReconciliation } from './reconciliation-report.js';
import { environmentLanguage } from './terminal.js';

export const usage = `stile ledger reconcile FILE --service DEPARTMENT/SERVICE/VERSION
Holds a department's list of the requests it served against the ledger, both ways. FILE is CSV with a header, or NDJSON.

  --column NAME                       the column or member that holds the request id (requestId)
  --since 7d                          or 30m, 2h, 1w
  --from TIME --until TIME            02:00, 2026-07-24, "2026-07-24 02:00", RFC 3339; --until is otherwise
                                      when FILE was last written to
  --json                              one JSON object a line: the counts, then each finding
  --language zh|en                    otherwise by LANG
The exit code is 0 when there is no difference, 2 when there is, 1 when nothing was compared. What was compared is itself
recorded, without the ids. STILE_URL and STILE_TOKEN are as for stile audit.`;

interface Wish {
  readonly file: string;
  readonly query: Readonly<Record<string, string>>;
  readonly json: boolean;
  readonly language: Language;
}

/** @returns 0 when there is no difference, 2 when there is, 1 when nothing was compared */
export async function run(words: readonly string[], io: Io): Promise<number> {
  const spoken = environmentLanguage(io.environment);
  const wish = read(words, spoken, Date.now());
  if ('wrong' in wish) {
    printLines(io.stderr, [wish.wrong, help[spoken]]);
    return 1;
  }
  const { file, query, json, language } = wish;
  let list: { readonly type: string; readonly written: Date };
  try {
    list = { type: typeOf(file), written: statSync(file).mtime };
  } catch (error) {
    printLines(io.stderr, [`${unreadable[language]} ${file} (${(error as NodeJS.ErrnoException).code})`]);
    return 1;
  }
  const { environment, ended } = io;
  const api = openApi({ language, staff: role.auditor, environment, ended });
  const parameters = new URLSearchParams({ until: list.written.toISOString(), ...query });
  const answer = await api.upload(`/audit/reconciliations?${parameters}`, list.type, () =>
    Readable.toWeb(createReadStream(file)),
  );
  if (!answer.ok) {
    if (!io.ended.aborted) printLines(io.stderr, answer.lines);
    return 1;
  }
  return showReconciliation(answer.texts, json, language, io);
}

function read(words: readonly string[], language: Language, now: number): Wish | { readonly wrong: string } {
  const parsed = parse(words);
  if (parsed === undefined) return { wrong: unknownOption[language] };
  const { values, positionals } = parsed;
  const spoken = values.language ?? language;
  if (spoken !== 'zh' && spoken !== 'en') return { wrong: wrongLanguage[language] };
  const [file, ...more] = positionals;
  const { service, column, since, from, until, json = false } = values;
  if (file === undefined || more.length > 0) return { wrong: oneFile[spoken] };
  if (service === undefined) return { wrong: noService[spoken] };
  if (since !== undefined && from !== undefined) return { wrong: wrongSince[spoken] };
  const first = since === undefined ? timeOf(from, now) : (momentAgo(since, now) ?? Number.NaN);
  const last = timeOf(until, now);
  if (Number.isNaN(first)) return { wrong: since === undefined ? `--from: ${moments[spoken]}` : wrongSince[spoken] };
  if (Number.isNaN(last)) return { wrong: `--until: ${moments[spoken]}` };
  return {
    file,
    query: {
      service,
      ...(column === undefined ? {} : { column }),
      ...(first === undefined ? {} : { from: new Date(first).toISOString() }),
      ...(last === undefined ? {} : { until: new Date(last).toISOString() }),
    },
    json,
    language: spoken,
  };
}

function parse(words: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        service: text,
        column: text,
        since: text,
        from: text,
        until: text,
        json: { type: 'boolean' },
        language: text,
      },
    });
  } catch {
    return undefined;
  }
}

/** Undefined when it was not given, NaN when there is no such moment. */
const timeOf = (text: string | undefined, now: number): number | undefined =>
  text === undefined ? undefined : (momentOf(text, now) ?? Number.NaN);

/** The list's media type: NDJSON when it begins with a brace, whatever the file is called. */
function typeOf(file: string): string {
  const start = Buffer.alloc(64);
  const opened = openSync(file, 'r');
  try {
    readSync(opened, start);
  } finally {
    closeSync(opened);
  }
  const text = start.toString('utf8').replace(/^\ufeff/, '');
  return text.trimStart().startsWith('{') ? 'application/x-ndjson' : 'text/csv';
}

const help: Text = { zh: '用法见 stile ledger --help', en: 'See stile ledger --help.' };
const unknownOption: Text = {
  zh: '有无法识别的参数，或缺少其值',
  en: 'There is an option that is not known, or lacks its value.',
};
const oneFile: Text = { zh: '请写一个清单文件', en: "Name one file: the department's list." };
const noService: Text = {
  zh: '请以 --service 写明数据服务，如 civil-affairs/marriage-status/v1',
  en: 'Name the service with --service, such as civil-affairs/marriage-status/v1.',
};
const wrongLanguage: Text = { zh: '--language: 请写 zh 或 en', en: '--language: write zh or en' };
const wrongSince: Text = {
  zh: '--since: 请写如 30m、2h、7d，且不与 --from 并用',
  en: '--since: write it like 30m, 2h or 7d, and without --from',
};
const moments: Text = {
  zh: '请写如 02:00、2026-07-24、"2026-07-24 02:00" 或带时区的 RFC 3339 时刻',
  en: 'write it like 02:00, 2026-07-24, "2026-07-24 02:00" or RFC 3339 with its offset',
};
const unreadable: Text = { zh: '无法读取清单', en: 'The list cannot be read:' };
