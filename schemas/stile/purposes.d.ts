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
