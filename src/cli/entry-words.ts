/** An entry in the words of whoever looks: who did what, what became of it, and why. */
import { type ErrorCode, errors } from '../errors.js';
import type { Erased } from '../ledger/texts.js';
import type { Language, Text } from '../text.js';
import type { Paint } from './terminal.js';

export type Entry = Readonly<Record<string, unknown>>;

/** A member as text: nothing when there is none, JSON when it is no scalar. */
export function textIn(entry: Entry, member: string): string {
  const value = entry[member];
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A member that is an object; empty when it is none. */
export function objectIn(entry: Entry, member: string): Entry {
  const value = entry[member];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Entry) : {};
}

const outcomes: Readonly<Record<string, { readonly look: Paint; readonly title: Text }>> = {
  released: { look: 'green', title: { zh: '已放行', en: 'released' } },
  refused: { look: 'yellow', title: { zh: '已拒绝', en: 'refused' } },
  failed: { look: 'red', title: { zh: '失败', en: 'failed' } },
  unknown: { look: 'magenta', title: { zh: '不明', en: 'unknown' } },
};

export const outcomeOf = (entry: Entry, language: Language): string =>
  outcomes[textIn(entry, 'outcome')]?.title[language] ?? textIn(entry, 'outcome');

export const outcomeLook = (entry: Entry): Paint | undefined => outcomes[textIn(entry, 'outcome')]?.look;

/** That what was written beside an entry was erased, when and by which entry. */
export const erasedText = ({ record, time }: Erased, language: Language): string =>
  erased[language].replace('%1', time.slice(0, 10)).replace('%2', record);

const erased: Text = { zh: '文字已于 %1 删除（记录 %2）', en: 'text erased on %1 (record %2)' };

/** The client or member of staff; of a stranger the address. */
export function whoOf(entry: Entry): string {
  const [first] = Array.isArray(entry.sources) ? (entry.sources as Entry[]) : [];
  return (
    textIn(entry, 'client') ||
    textIn(objectIn(entry, 'staff'), 'id') ||
    textIn(entry, 'source') ||
    textIn(first ?? {}, 'source')
  );
}

/** Why nothing was released: in Chinese the code's title, in English the code in words. */
export function whyOf(entry: Entry, language: Language): string {
  const code = textIn(entry, 'code');
  const title = code in errors ? errors[code as ErrorCode].title.zh : code;
  return language === 'zh'
    ? title
    : code
        .replace(/^STILE_/, '')
        .toLowerCase()
        .replaceAll('_', ' ');
}

const kinds: Readonly<Record<string, Text>> = {
  exchange: { zh: '交换', en: 'exchange' },
  explain: { zh: '预检', en: 'explain' },
  intent: { zh: '意向', en: 'intent' },
  refusals: { zh: '多次拒绝', en: 'refusals' },
  search: { zh: '检索', en: 'search' },
  token: { zh: '令牌', en: 'token' },
  agreement: { zh: '共享协议', en: 'agreement' },
  reconciliation: { zh: '核对', en: 'reconciliation' },
  retention: { zh: '保存期限', en: 'retention' },
  erasure: { zh: '删除', en: 'erasure' },
  config: { zh: '配置', en: 'config' },
};

export const kindOf = (entry: Entry, language: Language): string =>
  kinds[textIn(entry, 'kind')]?.[language] ?? textIn(entry, 'kind');

/**
 * What was asked or done: of an exchange its service, of anything else its kind first.
 *
 * @param brief leaves out a service's department
 */
export function whatOf(entry: Entry, language: Language, brief = false): string {
  const named = textIn(entry, 'service');
  const service = brief ? named.slice(named.indexOf('/') + 1) : named;
  const kind = kindOf(entry, language);
  switch (entry.kind) {
    case 'exchange':
      return service;
    case 'refusals':
      return [`${kind} ×${textIn(entry, 'count')}`, service].join(' ').trimEnd();
    case 'search':
      return [kind, questionOf(entry, language)].join(' ').trimEnd();
    case 'agreement':
      return [kind, textIn(entry, 'action'), textIn(objectIn(entry, 'agreement'), 'id')].join(' ').trimEnd();
    case 'retention':
      return [kind, textIn(entry, 'action'), textIn(entry, 'month')].join(' ').trimEnd();
    case 'config':
      return [kind, textIn(entry, 'action'), textIn(entry, 'registry').slice(0, 12)].join(' ').trimEnd();
    case 'erasure':
      return [kind, textIn(entry, 'period') || textIn(entry, 'record')].join(' ').trimEnd();
    default:
      return [kind, service].join(' ').trimEnd();
  }
}

const questions: Readonly<Record<string, Text>> = {
  record: { zh: '记录', en: 'record' },
  tail: { zh: '跟随', en: 'tail' },
  receipt: { zh: '回执', en: 'receipt' },
  bundle: { zh: '条目包', en: 'bundle' },
  adapters: { zh: '适配器', en: 'adapters' },
  config: { zh: '配置', en: 'config' },
};

/** What one looked for: the record, or the filters as one would write them; of a person only that it was one. */
function questionOf(entry: Entry, language: Language): string {
  const { subject, ...filters } = objectIn(entry, 'filter');
  const person = typeof subject === 'object' && subject !== null ? (subject as Entry) : undefined;
  return [
    questions[textIn(entry, 'question')]?.[language] ?? '',
    textIn(entry, 'record'),
    person === undefined ? '' : (subjectKinds[textIn(person, 'kind')]?.[language] ?? textIn(person, 'kind')),
    ...Object.entries(filters).map(([name, values]) => `${name}=${[values].flat().join(',')}`),
  ]
    .filter(part => part !== '')
    .join(' ');
}

const subjectKinds: Readonly<Record<string, Text>> = {
  resident: { zh: '某个人', en: 'a person' },
  organisation: { zh: '某单位', en: 'an organisation' },
};
