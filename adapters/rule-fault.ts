/** Faults in mapping rules that no schema sees, said as an operator would, in both languages. */
import type { SettingFault } from './adapter.js';

export const ruleFault = {
  unknownCodeList: 'unknown-code-list',
  /** Two of the department's codes mean the same, so there is no one way back. */
  ambiguousCodeList: 'ambiguous-code-list',
  unknownDateForm: 'unknown-date-form',
} as const;
export type RuleFault = (typeof ruleFault)[keyof typeof ruleFault];

const texts: Readonly<Record<RuleFault, Omit<SettingFault, 'pointer'>>> = {
  [ruleFault.unknownCodeList]: {
    message: { zh: '没有这个代码表', en: 'there is no code list of this name' },
    fix: { zh: '在适配器设置的 codes 中定义它', en: "define it under codes in the adapter's settings" },
  },
  [ruleFault.ambiguousCodeList]: {
    message: {
      zh: '多个代码对应同一取值，无法反向映射',
      en: 'several codes have one value, so there is no one way back',
    },
    fix: {
      zh: '在此处写明每个取值只对应一个代码的代码表',
      en: 'write out a code list here that has each value once',
    },
  },
  [ruleFault.unknownDateForm]: {
    message: { zh: '日期格式不可用', en: 'this is no form of a date' },
    fix: {
      zh: '写成含 YYYY、MM、DD 的模式，或 iso、epoch-ms、epoch-s、http-date',
      en: 'write a pattern with YYYY, MM and DD, or iso, epoch-ms, epoch-s or http-date',
    },
  },
};

export const settingFault = (pointer: string, fault: RuleFault): SettingFault => ({ pointer, ...texts[fault] });
