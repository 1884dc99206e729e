/** The words after `stile audit …`: which entries are asked for, and how they are to be shown. */
import { parseArgs } from 'node:util';
import type { Language, Text } from '../text.js';
import { momentAgo, momentOf } from './moment.js';

export interface AuditOptions {
  /** As the API's body has them; the gateway is who checks their values. */
  readonly filters: Readonly<Record<string, string | readonly string[]>>;
  /** A person or enterprise is asked for too; its number is to be read. */
  readonly subject: boolean;
  /** Most entries. */
  readonly limit: number;
  readonly follow: boolean;
  readonly json: boolean;
  readonly language: Language;
  /** Folder of archives to search instead of the ledger. */
  readonly archive?: string;
  /** Folder of the months' keys, to find a person in an archive. */
  readonly periods?: string;
  /** The words that are no options. */
  readonly rest: readonly string[];
}

/** Filters whose values may be several, by commas or by naming the option again. */
const lists = [
  'kind',
  'outcome',
  'code',
  'actor',
  'consumer',
  'provider',
  'service',
  'purpose',
  'case',
  'operator',
] as const;
type List = (typeof lists)[number];

const list = { type: 'string', multiple: true } as const;
const options = {
  kind: list,
  outcome: list,
  code: list,
  actor: list,
  consumer: list,
  provider: list,
  service: list,
  purpose: list,
  case: list,
  operator: list,
  since: { type: 'string' },
  from: { type: 'string' },
  until: { type: 'string' },
  subject: { type: 'string' },
  limit: { type: 'string', short: 'n' },
  follow: { type: 'boolean', short: 'f' },
  json: { type: 'boolean' },
  language: { type: 'string' },
  archive: { type: 'string' },
  periods: { type: 'string' },
} as const;

const mostEntries = 100_000;

/**
 * @param language of what is said when an option is wrong, and of the rest unless the words say another
 * @param usualLimit most entries when the words do not say
 * @returns or what is wrong, in the reader's language
 */
export function readOptions(
  words: readonly string[],
  language: Language,
  usualLimit: number,
  now: number,
): AuditOptions | { readonly wrong: string } {
  const parsed = parse(words);
  if ('wrong' in parsed) return { wrong: unknownOption[language].replace('%', parsed.wrong) };
  const { values, positionals } = parsed;
  const spoken = values.language ?? language;
  if (spoken !== 'zh' && spoken !== 'en') return wrong('--language', language);
  const { subject } = values;
  if (subject !== undefined && subject !== '-') return { wrong: numberGiven[spoken] };
  const from = values.since === undefined ? timeOf(values.from, now) : momentAgo(values.since, now);
  const until = timeOf(values.until, now);
  if (values.since !== undefined && (from === undefined || values.from !== undefined)) return wrong('--since', spoken);
  if (values.from !== undefined && from === undefined) return wrong('--from', spoken);
  if (values.until !== undefined && until === undefined) return wrong('--until', spoken);
  const limit = Number(values.limit ?? usualLimit);
  if (!Number.isInteger(limit) || limit < (values.follow ? 0 : 1) || limit > mostEntries)
    return wrong('--limit', spoken);
  return {
    filters: {
      ...(from === undefined ? {} : { from: new Date(from).toISOString() }),
      ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
      ...named(values),
    },
    subject: subject === '-',
    limit,
    follow: values.follow ?? false,
    json: values.json ?? false,
    language: spoken,
    ...(values.archive === undefined ? {} : { archive: values.archive }),
    ...(values.periods === undefined ? {} : { periods: values.periods }),
    rest: positionals,
  };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], allowPositionals: true, options });
  } catch (error) {
    // The message would repeat a word that may be a person's number; the option's name is enough.
    return { wrong: /'(-{1,2}[a-zA-Z-]{1,20})/.exec((error as Error).message)?.[1] ?? '' };
  }
}

function named(values: Partial<Record<List, string[]>>): Partial<Record<List, string[]>> {
  const found: Partial<Record<List, string[]>> = {};
  for (const name of lists) {
    const given = values[name]?.flatMap(value => value.split(',')).filter(value => value !== '');
    if (given !== undefined && given.length > 0) found[name] = name === 'code' ? given.map(codeOf) : given;
  }
  return found;
}

/** `agreement-suspended`, as a table shows it, is `STILE_AGREEMENT_SUSPENDED`. */
function codeOf(text: string): string {
  const code = text.toUpperCase().replace(/[\s-]/g, '_');
  return code.startsWith('STILE_') ? code : `STILE_${code}`;
}

const timeOf = (text: string | undefined, now: number): number | undefined =>
  text === undefined ? undefined : momentOf(text, now);

const wrong = (option: keyof typeof wrongValue, language: Language) => ({
  wrong: `${option}: ${wrongValue[option][language]}`,
});

const unknownOption: Text = { zh: '无法识别的参数 %', en: 'this option is not known or lacks its value: %' };

const numberGiven: Text = {
  zh: '--subject 后请写 -，再输入号码或由管道送入：写在命令行上的号码会留在命令历史里，也会出现在进程列表中。',
  en: 'write --subject - and type the number, or pipe it in: on the command line it stays in the history of the shell and shows in the list of processes.',
};

const moments: Text = {
  zh: '请写如 02:00、2026-07-24、"2026-07-24 02:00" 或带时区的 RFC 3339 时刻',
  en: 'write it like 02:00, 2026-07-24, "2026-07-24 02:00" or RFC 3339 with its offset',
};

const wrongValue = {
  '--since': { zh: '请写如 30m、2h、7d，且不与 --from 并用', en: 'write it like 30m, 2h or 7d, and without --from' },
  '--from': moments,
  '--until': moments,
  '--limit': { zh: `请写 0 至 ${mostEntries} 的整数`, en: `write a whole number from 0 to ${mostEntries}` },
  '--language': { zh: '请写 zh 或 en', en: 'write zh or en' },
} satisfies Record<string, Text>;
