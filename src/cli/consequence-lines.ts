/** What a changed config comes to, as lines for people. */
import {
  type Consequence,
  type Effect,
  effect,
  type Reason,
  type Thing,
  type Why,
} from '../configuration/consequence.js';
import type { Language, Text } from '../text.js';
import { harmless } from './display.js';
import { type Paint, paint, type Terminal } from './terminal.js';

/** One line each, `+ service housing/permits/v1: new`; and how many there are. */
export function consequenceLines(consequences: readonly Consequence[], terminal: Terminal): string[] {
  const { language } = terminal;
  const lines = consequences.map(each => {
    const { mark, look } = looks[each.effect];
    const why = each.why.map(reason => whyText(reason, language)).join(separators[language]);
    const what = `${things[each.thing][language]} ${harmless(each.id)}`;
    return `${paint(mark, look, terminal)} ${what}${colons[language]}${paint(why || looks[each.effect][language], look, terminal)}`;
  });
  return [...lines, '', paint(countText(consequences, language), 'bold', terminal)];
}

const colons = { zh: '：', en: ': ' } as const;
const separators = { zh: '，', en: ', ' } as const;

const looks: Readonly<Record<Effect, Text & { readonly mark: string; readonly look: Paint }>> = {
  [effect.gains]: { mark: '+', look: 'green', zh: '增加', en: 'gained' },
  [effect.loses]: { mark: '-', look: 'red', zh: '失去', en: 'lost' },
  [effect.breaks]: { mark: '!', look: 'red', zh: '不兼容', en: 'broken' },
  [effect.changes]: { mark: '~', look: 'yellow', zh: '更改', en: 'changed' },
};

const things: Readonly<Record<Thing, Text>> = {
  setting: { zh: '设置', en: 'setting' },
  purpose: { zh: '用途', en: 'purpose' },
  department: { zh: '部门', en: 'department' },
  client: { zh: '调用系统', en: 'client' },
  adapter: { zh: '适配器', en: 'adapter' },
  service: { zh: '数据服务', en: 'service' },
  agreement: { zh: '共享协议', en: 'agreement' },
  consumer: { zh: '使用部门', en: 'consumer' },
};

/** `%1` stands for what it is about. */
const reasons: Readonly<Record<Reason, Text>> = {
  added: { zh: '新增', en: 'new' },
  removed: { zh: '取消', en: 'gone' },
  member: { zh: '%1', en: '%1' },
  reference: { zh: '所引用的值已变', en: 'what it refers to has moved' },
  restart: { zh: '重启后才生效', en: 'takes a restart' },
  waits: { zh: '等待提供部门确认', en: "waits for its provider's consent" },
  resumes: { zh: '恢复有效', en: 'is in force again' },
  contract: { zh: '契约 %1', en: 'contract %1' },
  effects: {
    zh: '改为有副作用，调用须带 Idempotency-Key',
    en: 'has effects now, so that callers must send an Idempotency-Key',
  },
  part: { zh: '组成部分 %1', en: 'part %1' },
  purpose: { zh: '用途 %1 取消', en: 'purpose %1 is gone' },
  client: { zh: '调用系统 %1 取消', en: 'client %1 is gone' },
  service: { zh: '%1', en: '%1' },
};

const whyText = ({ reason, of = '' }: Why, language: Language): string =>
  reasons[reason][language].replace('%1', () => harmless(of));

function countText(consequences: readonly Consequence[], language: Language): string {
  const counts = Object.values(effect).flatMap(each => {
    const count = consequences.filter(one => one.effect === each).length;
    return count === 0 ? [] : [language === 'zh' ? `${looks[each].zh} ${count}` : `${count} ${looks[each].en}`];
  });
  return counts.join(separators[language]);
}
