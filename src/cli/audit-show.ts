/** `stile audit show SHARD/INDEX`: one record, each field under its name in both languages. */
import type { AuditRecord } from '../../schemas/stile/audit-record.js';
import { type ErrorCode, errors } from '../errors.js';
import type { Language, Text } from '../text.js';
import type { Api } from './api.js';
import { displayWidth, fit, harmless, harmlessJson, wrap } from './display.js';
import { type Entry, erasedText, kindOf, outcomeLook, outcomeOf, textIn } from './entry-words.js';
import { type Io, printLines } from './io.js';
import { dayAndClockOf, zoneOf } from './moment.js';
import { type Paint, paint, type Terminal, terminalOf } from './terminal.js';

/** @returns the exit code */
export async function showRecord(
  position: string,
  { json, language }: { readonly json: boolean; readonly language: Language },
  api: Api,
  io: Io,
): Promise<number> {
  const answer = await api.get(`/audit/records/${position}`);
  if (!answer.ok) {
    if (!io.ended.aborted) printLines(io.stderr, answer.lines);
    return 1;
  }
  const record = answer.body as AuditRecord;
  if (json) {
    printLines(io.stdout, [harmlessJson(record)]);
    return 0;
  }
  const terminal = terminalOf(io.stdout, io.environment, language);
  printLines(io.stdout, recordLines(record, terminal));
  printLines(io.stderr, [paint(`${looked[language]} ${record.record}`, 'dim', terminal)]);
  return 0;
}

/** The record as lines of name and value; a value wider than the terminal goes on below itself. */
export function recordLines(record: AuditRecord, terminal: Terminal): readonly string[] {
  const { language, width } = terminal;
  const fields = fieldsOf(record, language);
  const nameWidth = Math.max(...fields.map(({ name }) => displayWidth(name))) + 2;
  const room = width === undefined ? Number.POSITIVE_INFINITY : Math.max(20, width - nameWidth);
  return fields.flatMap(({ name, value, look }) =>
    wrap(harmless(value), room).map((line, number) => {
      const label = paint(fit(number === 0 ? name : '', nameWidth), 'dim', terminal);
      return label + paint(line, look, terminal);
    }),
  );
}

interface Field {
  readonly name: string;
  readonly value: string;
  readonly look?: Paint | undefined;
}

/** The members that have a name of their own, in its order, then whatever else the entry holds. */
function fieldsOf({ position, leaf, entry, text, erased }: AuditRecord, language: Language): readonly Field[] {
  const look = outcomeLook(entry);
  // In the place of its digest, which says nothing to a reader.
  const written = erased === undefined ? text : erasedText(erased, language);
  const values: Entry = { position, ...entry, ...(written === undefined ? {} : { text: written }), leaf };
  const known = Object.keys(names).filter(name => name in values);
  const others = Object.keys(values).filter(name => !(name in names));
  return [...known, ...others].map(name => ({
    name: nameOf(name, language),
    value: textOf(name, values, language),
    look: name === 'outcome' || name === 'code' ? look : undefined,
  }));
}

function nameOf(member: string, language: Language): string {
  const chinese = names[member] ?? '';
  return (language === 'zh' ? [chinese, member] : [member, chinese]).filter(part => part !== '').join(' ');
}

/** A member's value, with its words beside a coded one. */
function textOf(name: string, values: Entry, language: Language): string {
  const value = plain(values[name]);
  if (name === 'time') {
    const date = new Date(value);
    return `${dayAndClockOf(date)}.${value.slice(20, 23)} ${zoneOf(date)}`;
  }
  const words = wordsOf[name]?.(values, language) ?? '';
  return words === '' || words === value ? value : `${value}  ${words}`;
}

const wordsOf: Readonly<Record<string, (values: Entry, language: Language) => string>> = {
  kind: kindOf,
  outcome: outcomeOf,
  code: (values, language) => titleOf(textIn(values, 'code'), language),
};

const titleOf = (code: string, language: Language): string =>
  code in errors ? errors[code as ErrorCode].title[language] : '';

/** `a, b` of a list, `name: value, …` of an object. */
function plain(value: unknown): string {
  if (Array.isArray(value)) return value.map(plain).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, held]) => `${name}: ${typeof held === 'object' && held !== null ? `(${plain(held)})` : String(held)}`)
    .join(', ');
}

/** The members in the order of who reads them: what happened, who, about what, why it may be so, proof. */
const names: Readonly<Record<string, string>> = {
  position: '记录',
  time: '时间',
  kind: '类别',
  outcome: '结果',
  code: '原因',
  stage: '环节',
  staff: '工作人员',
  client: '调用系统',
  consumer: '使用部门',
  operator: '经办人',
  source: '来源地址',
  provider: '提供部门',
  service: '数据服务',
  purpose: '用途',
  case: '办件编号',
  agreement: '共享协议',
  action: '操作',
  state: '状态',
  fields: '放行字段',
  subjects: '数据主体',
  asked: '已询问部门',
  peers: '对端网关',
  signature: '对部门的签名',
  question: '检索方式',
  month: '月份',
  period: '密钥月份',
  filter: '检索条件',
  record: '所指记录',
  again: '首次删除的记录',
  reason: '删除理由',
  text: '文字',
  last: '最近条数',
  after: '起始位置',
  count: '次数',
  counts: '各类数量',
  list: '部门清单',
  from: '起',
  until: '止',
  sources: '来源',
  intent: '意向',
  parent: '所属组合服务的意向',
  parts: '组成部分的记录',
  repeats: '重放自',
  cached: '复用答复所属交换',
  withholds: '未发出之答复的记录',
  digests: '摘要',
  registry: '登记版本',
  trace: '追踪编号',
  id: '编号',
  v: '格式版本',
  leaf: '叶子哈希',
};

const looked: Text = { zh: '本次查看记为', en: 'This look is record' };
