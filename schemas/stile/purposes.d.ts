/** Generated from purposes.json by schemas/generate.ts; do not edit. */

/**
 * config/purposes.yaml: every purpose a call may state, with its legal basis. 调用可声明的用途及其法律依据。
 */
export interface PurposesFile {
  /**
   * By purpose id, kebab-case. 以用途编号为键。
   */
  purposes: {
    [k: string]: Purpose;
  };
  /**
   * Findings of safety rules that are meant to be so, each with its reason; see docs/safety.md. 有意为之的安全发现，各须写明理由。
   */
  exceptions?: Exception[];
}
export interface Purpose {
  title: Text;
  basis: Text;
}
/**
 * A text in both languages. 中英双语文本。
 */
export interface Text {
  zh: string;
  en: string;
}
/**
 * One safety rule is not to be told of one place. 某处不再提示某条安全规则。
 */
export interface Exception {
  /**
   * Number of the rule. 规则编号。
   */
  rule: string;
  /**
   * JSON pointer (RFC 6901) within this file; what is below it is excused too. 本文件内的 JSON 指针，其下各处一并例外。
   */
  at: string;
  /**
   * Why this is right here, and who decided it. 为何在此处可行，由谁决定。
   */
  reason: string;
}
