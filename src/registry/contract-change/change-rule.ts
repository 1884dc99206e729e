/** The rules by which a changed contract is judged: what each finds, and why whoever calls is broken by it. */
import type { Text } from '../../text.js';

/** What may be wrong with either half, found by keywords. */
export const gap = {
  type: 'type',
  values: 'values',
  pattern: 'pattern',
  format: 'format',
  bound: 'bound',
  required: 'required',
  member: 'member',
  items: 'items',
  alternatives: 'alternatives',
  unjudged: 'unjudged',
} as const;
export type Gap = (typeof gap)[keyof typeof gap];

/** Which half of a contract. */
export const half = { request: 'request', reply: 'reply' } as const;
export type Half = (typeof half)[keyof typeof half];

/** What is found by comparing fields, and contracts as wholes. */
export const lost = {
  contract: 'contract-removed',
  field: 'reply-field-removed',
  subject: 'subject',
  sensitivity: 'sensitivity',
} as const;

export type ChangeRule =
  | `${Half}-${Gap}`
  | `${Half}-${typeof lost.subject | typeof lost.sensitivity}`
  | typeof lost.contract
  | typeof lost.field;

/** Every rule with what it says; docs/contracts.md explains each. */
export const changeRules: Readonly<Record<ChangeRule, Text>> = {
  'request-type': { zh: '不再接受从前接受的类型', en: 'a type that was accepted is refused' },
  'request-values': { zh: '不再接受从前接受的取值', en: 'a value that was accepted is refused' },
  'request-pattern': {
    zh: '正则表达式变了，从前接受的文本可能被拒绝',
    en: 'the pattern moved, so a text that was accepted may be refused',
  },
  'request-format': {
    zh: '格式变了，从前接受的文本可能被拒绝',
    en: 'the format moved, so a text that was accepted may be refused',
  },
  'request-bound': { zh: '界限收紧了', en: 'a bound is tighter' },
  'request-required': { zh: '从前可缺的成员成了必需', en: 'a member that could be left out is demanded' },
  'request-member': { zh: '不再接受从前接受的成员', en: 'a member that was accepted is refused' },
  'request-items': { zh: '不再接受从前接受的元素', en: 'items that were accepted may be refused' },
  'request-alternatives': {
    zh: '从前接受的内容不符合任何一种可选模式',
    en: 'what was accepted fits none of the alternatives, or more than one where one is asked for',
  },
  'request-unjudged': { zh: '无法判断这一处，按不兼容处理', en: 'this cannot be judged, and counts as breaking' },
  'request-subject': { zh: '所指的数据主体变了', en: 'whom the field names has moved' },
  'request-sensitivity': { zh: '敏感程度提高了', en: 'the field has become more sensitive' },
  'reply-type': { zh: '会出现从前没有承诺的类型', en: 'a type may come that was not promised' },
  'reply-values': { zh: '会出现从前没有承诺的取值', en: 'a value may come that was not promised' },
  'reply-pattern': {
    zh: '正则表达式变了，不再保证从前的写法',
    en: 'the pattern moved, so a text may come that was not promised',
  },
  'reply-format': {
    zh: '格式变了，不再保证从前的格式',
    en: 'the format moved, so a text may come that was not promised',
  },
  'reply-bound': { zh: '界限放宽了', en: 'a bound is wider' },
  'reply-required': { zh: '从前必有的成员可能缺失', en: 'a member that always came may be missing' },
  'reply-member': { zh: '会出现从前没有的成员', en: 'a member may come that never came' },
  'reply-items': { zh: '会出现从前没有承诺的元素', en: 'items may come that were not promised' },
  'reply-alternatives': {
    zh: '答复可能不符合从前的任何一种可选模式',
    en: 'a reply may fit none of the alternatives there were, or more than one where one was promised',
  },
  'reply-unjudged': { zh: '无法判断这一处，按不兼容处理', en: 'this cannot be judged, and counts as breaking' },
  'reply-subject': { zh: '所指的数据主体变了', en: 'whom the field names has moved' },
  'reply-sensitivity': { zh: '敏感程度提高了', en: 'the field has become more sensitive' },
  'reply-field-removed': {
    zh: '字段没有了，已授予的协议将得不到它',
    en: 'the field is gone, and who was granted it gets it no more',
  },
  'contract-removed': { zh: '契约没有了', en: 'the contract is gone' },
};
