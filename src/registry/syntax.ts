/** What the YAML reader's error codes mean, in both languages; its own messages are left out, as they quote the file. */
import type { Text } from '../text.js';

interface SyntaxText {
  readonly message: Text;
  readonly fix: Text;
}

const texts: Readonly<Record<string, SyntaxText>> = {
  NOT_UTF8: {
    message: { zh: '文件不是 UTF-8 编码', en: 'the file is not UTF-8' },
    fix: { zh: '以 UTF-8 保存', en: 'save it as UTF-8' },
  },
  TOO_DEEP: {
    message: { zh: '嵌套过深', en: 'the file nests too deeply' },
    fix: { zh: '嵌套不超过 100 层', en: 'nest no deeper than 100 levels' },
  },
  NOT_JSON: {
    message: { zh: '这是 YAML，不是 JSON', en: 'this is YAML but not JSON' },
    fix: { zh: '去掉注释与多余的逗号，字符串用双引号', en: 'no comments, no last comma, double quotes' },
  },
  DUPLICATE_KEY: {
    message: { zh: '键重复', en: 'the key is written twice' },
    fix: { zh: '删去其中一个', en: 'remove one of the two' },
  },
  BAD_INDENT: {
    message: { zh: '缩进不对，或括号未闭合', en: 'wrong indentation, or a bracket that is not closed' },
    fix: { zh: '与同级键对齐，并闭合括号', en: 'line it up with its neighbours and close every bracket' },
  },
  TAB_AS_INDENT: {
    message: { zh: '缩进用了制表符', en: 'a tab indents this line' },
    fix: { zh: '用空格缩进', en: 'indent with spaces' },
  },
  MISSING_CHAR: {
    message: { zh: '缺少结束的引号、括号或空格', en: 'a closing quote, a bracket or a space is missing' },
    fix: { zh: '补上缺少的字符', en: 'add the missing character' },
  },
  BAD_SCALAR_START: {
    message: { zh: '值不能以该字符开头', en: 'a plain value cannot begin with this character' },
    fix: { zh: '给该值加引号', en: 'put the value in quotes' },
  },
  BLOCK_AS_IMPLICIT_KEY: {
    message: { zh: '一行里有两个“键: 值”', en: 'there are two “key: value” on one line' },
    fix: { zh: '换行缩进，或给含冒号的值加引号', en: 'break the line, or put a value with a colon in quotes' },
  },
  MULTILINE_IMPLICIT_KEY: {
    message: { zh: '键跨了多行，多半缺了冒号', en: 'a key runs over several lines; a colon is probably missing' },
    fix: { zh: '在键后写冒号与空格', en: 'write a colon and a space after the key' },
  },
  MULTIPLE_DOCS: {
    message: { zh: '一个文件里有多份文档', en: 'there is more than one document in the file' },
    fix: {
      zh: '删去 --- 及其后内容，或另存一个文件',
      en: 'remove the “---” and what follows, or make it a file of its own',
    },
  },
  NON_STRING_KEY: {
    message: { zh: '键不是字符串', en: 'a key is not a string' },
    fix: { zh: '键写成一个词', en: 'write the key as one word' },
  },
  TAG_RESOLVE_FAILED: {
    message: { zh: '不接受 YAML 标签', en: 'YAML tags are not accepted' },
    fix: { zh: '去掉 ! 标签；若 ! 属于值则加引号', en: 'remove the “!” tag, or quote a value that begins with “!”' },
  },
  ANCHOR: {
    message: { zh: '不接受锚点与引用（& 与 *）', en: 'anchors and aliases (& and *) are not accepted' },
    fix: { zh: '把内容原样写出', en: 'write the content out' },
  },
  DIRECTIVE: {
    message: { zh: '不接受 % 指令', en: '% directives are not accepted' },
    fix: { zh: '删去该行；文件一律按 YAML 1.2 读', en: 'remove the line; every file is read as YAML 1.2' },
  },
};

const otherwise: SyntaxText = {
  message: { zh: '不是合法的 YAML 1.2', en: 'this is not YAML 1.2' },
  fix: { zh: '检查此处的缩进、冒号与引号', en: 'check indentation, colons and quotes here' },
};

/** The text for one of the reader's error codes. */
export const syntaxText = (code: string): SyntaxText => texts[code] ?? otherwise;
