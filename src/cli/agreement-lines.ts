/** Agreements as lines for people: a table of all, or one with its terms and history. */
import type { AgreementState, Constraint, GrantedField } from '../agreements/agreement.js';
import type { AgreementView, ShownVersion } from '../agreements/view.js';
import type { Language, Text } from '../text.js';
import { harmless } from './display.js';
import { erasedText } from './entry-words.js';
import { type Column, layOut, rowLine, titleLine } from './table.js';
import { type Paint, paint, type Terminal } from './terminal.js';

/** What `GET /operate/agreements/{id}` answers. */
export interface ShownAgreement {
  readonly agreement: AgreementView;
  readonly history: readonly ShownVersion[];
}

export function listLines(agreements: readonly AgreementView[], terminal: Terminal): readonly string[] {
  if (agreements.length === 0) return [none[terminal.language]];
  const layout = layOut(listColumns(terminal.language), agreements, terminal.width);
  return [titleLine(layout, terminal), ...agreements.map(each => rowLine(layout, each, terminal))];
}

function listColumns(language: Language): readonly Column<AgreementView>[] {
  const look = ({ state }: AgreementView) => looks[state];
  return [
    { title: titles.id[language], rank: 0, least: 16, usual: 30, cell: each => each.id },
    { title: titles.state[language], rank: 0, least: 6, usual: 9, cell: each => stateText(each.state, language), look },
    { title: titles.consumer[language], rank: 1, least: 8, usual: 16, cell: each => each.consumer },
    { title: titles.service[language], rank: 0, least: 16, usual: 34, cell: each => each.service },
    { title: titles.purposes[language], rank: 2, least: 12, usual: 24, cell: each => each.purposes.join(', ') },
    { title: titles.until[language], rank: 1, least: 10, usual: 10, cell: each => each.until },
    { title: titles.fields[language], rank: 3, least: 6, usual: 6, cell: each => String(each.fields.length) },
    { title: titles.version[language], rank: 3, least: 4, usual: 7, cell: each => String(each.version) },
  ];
}

export function showLines({ agreement, history }: ShownAgreement, terminal: Terminal): readonly string[] {
  const { language } = terminal;
  const { state, moved, clients, constraints, limits } = agreement;
  const title = (name: keyof typeof titles) =>
    paint(`${titles[name][language]}${language === 'zh' ? '：' : ': '}`, 'dim', terminal);
  const line = (name: keyof typeof titles, text: string) => `${title(name)}${harmless(text)}`;
  const movedText = moved.length === 0 ? '' : ` (${moved.map(pin => pins[pin][language]).join(', ')})`;
  const limitText = Object.entries(limits).map(([window, most]) => `${most}/${window}`);
  return [
    paint(harmless(agreement.id), 'bold', terminal),
    `${title('state')}${paint(stateText(state, language), looks[state], terminal)}${movedText}`,
    line('version', String(agreement.version)),
    line('provider', agreement.provider),
    line('consumer', agreement.consumer + (clients === undefined ? '' : ` (${clients.join(', ')})`)),
    line('service', agreement.service),
    line('purposes', agreement.purposes.join(', ')),
    line('force', `${agreement.from} – ${agreement.until}`),
    ...(limitText.length === 0 ? [] : [line('limits', limitText.join(', '))]),
    title('fields').trimEnd(),
    ...agreement.fields.map(field => `  ${harmless(fieldText(field))}`),
    ...(constraints.length === 0 ? [] : [title('constraints').trimEnd()]),
    ...constraints.map(each => `  ${harmless(constraintText(each))}`),
    title('history').trimEnd(),
    ...history.map(each => `  ${harmless(versionText(each, language))}`),
  ];
}

function fieldText({ path, mask }: GrantedField): string {
  if (mask === undefined) return path;
  return `${path}  ${mask.kind}${'count' in mask ? ` ${mask.count}` : ''}`;
}

const constraintText = (constraint: Constraint): string =>
  `${constraint.field}  ${constraint.kind}${'values' in constraint ? ` ${constraint.values.join(', ')}` : ''}`;

function versionText(version: ShownVersion, language: Language): string {
  const { agreement, action, staff, changedAt } = version;
  const why = version.erased === undefined ? version.why : erasedText(version.erased, language);
  const state = stateText(agreement.state, language);
  return `${agreement.version}  ${changedAt}  ${action} → ${state}  ${staff.id}${why === undefined ? '' : `  ${why}`}`;
}

const looks: Readonly<Record<AgreementState, Paint>> = {
  active: 'green',
  suspended: 'red',
  waiting: 'yellow',
  ended: 'dim',
};

/** The state in the reader's words. */
export const stateText = (state: AgreementState, language: Language): string => states[state][language];

const states: Readonly<Record<AgreementState, Text>> = {
  active: { zh: '有效', en: 'active' },
  suspended: { zh: '已中止', en: 'suspended' },
  waiting: { zh: '待确认', en: 'waiting' },
  ended: { zh: '已终止', en: 'ended' },
};

const pins = {
  contract: { zh: '契约有变', en: 'contract has moved' },
  mapping: { zh: '映射有变', en: 'mapping has moved' },
  sharing: { zh: '共享类型有变', en: 'sharing type has moved' },
} satisfies Record<string, Text>;

const none: Text = { zh: '还没有共享协议。', en: 'There is no agreement yet.' };

const titles = {
  id: { zh: '编号', en: 'ID' },
  state: { zh: '状态', en: 'STATE' },
  version: { zh: '版本', en: 'VERSION' },
  provider: { zh: '提供部门', en: 'PROVIDER' },
  consumer: { zh: '使用部门', en: 'CONSUMER' },
  service: { zh: '数据服务', en: 'SERVICE' },
  purposes: { zh: '用途', en: 'PURPOSES' },
  until: { zh: '截止日', en: 'UNTIL' },
  force: { zh: '期限', en: 'IN FORCE' },
  limits: { zh: '限额', en: 'LIMITS' },
  fields: { zh: '字段', en: 'FIELDS' },
  constraints: { zh: '限定', en: 'CONSTRAINTS' },
  history: { zh: '历史', en: 'HISTORY' },
} satisfies Record<string, Text>;
