/** Faults in mapping rules that no schema sees, said as an operator would, in both languages. */
import type { SettingFault } from './adapter.js';
import type { ExpressionFault } from './expression.js';

export const ruleFault = {
  unknownCodeList: 'unknown-code-list',
  /** Two of the department's codes mean the same, so there is no one way back. */
  ambiguousCodeList: 'ambiguous-code-list',
  unknownDateForm: 'unknown-date-form',
  /** Of the text of an SQL statement, from here on. */
  severalStatements: 'several-statements',
  comment: 'comment',
  positionalParameter: 'positional-parameter',
  openQuote: 'open-quote',
  ambiguousText: 'ambiguous-text',
  quotedParameter: 'quoted-parameter',
  noSelect: 'no-select',
  /** It writes, or locks what it reads. */
  writing: 'writing',
  unusedParameter: 'unused-parameter',
  notAnElement: 'not-an-element',
  /** The prefix of an element's name, of which the settings have no namespace. */
  unknownPrefix: 'unknown-prefix',
  /** Of the file adapter, from here on. */
  undatedName: 'undated-name',
  noCredential: 'no-credential',
  noKeyColumn: 'no-key-column',
  missingKeyColumn: 'missing-key-column',
  oneOfSeveral: 'one-of-several',
  noColumn: 'no-column',
  columnWithoutPosition: 'column-without-position',
  /** A line feed of UTF-16 cannot be told from half of a character. */
  wideEncoding: 'wide-encoding',
  /** Of the steps of a composite service, from here on. */
  unknownStep: 'unknown-step',
  circularStep: 'circular-step',
  unusedStep: 'unused-step',
  /** A partial reply that cannot do without a step which may not answer. */
  demandedOfStep: 'demanded-of-step',
  /** Of JSONata, where a mapping is made at once. */
  expressionHere: 'expression-here',
} as const;
type NamedFault = (typeof ruleFault)[keyof typeof ruleFault];
export type RuleFault = NamedFault | ExpressionFault;

const texts: Readonly<Record<NamedFault, Omit<SettingFault, 'pointer'>>> = {
  [ruleFault.expressionHere]: {
    message: { zh: '此处不可使用表达式', en: 'there can be no expression here' },
    fix: {
      zh: '网址、标头与组合服务中须能看出取哪些字段；此处用其他映射规则',
      en: 'what an address, a header or a composite service reads must be plain to see; write another rule here',
    },
  },
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
      zh: '写成含 YYYY、MM、DD 的模式，或 iso、epoch-ms、epoch-s、excel-days、http-date',
      en: 'write a pattern with YYYY, MM and DD, or iso, epoch-ms, epoch-s, excel-days or http-date',
    },
  },
  [ruleFault.severalStatements]: {
    message: { zh: '语句不止一条，或带有分号', en: 'this is more than one statement, or ends with a semicolon' },
    fix: { zh: '只写一条语句，不带分号', en: 'write one statement, without a semicolon' },
  },
  [ruleFault.comment]: {
    message: { zh: '语句中有注释，或 --、/*、#', en: 'the statement holds a comment, or one of --, /* and #' },
    fix: {
      zh: '注释写在 YAML 中；不要使用这些符号',
      en: 'put comments into the YAML, and write the statement without these signs',
    },
  },
  [ruleFault.positionalParameter]: {
    message: { zh: '语句中有 ? 或 $', en: 'the statement holds ? or $' },
    fix: { zh: '参数写成 :名称', en: 'write parameters as :name' },
  },
  [ruleFault.openQuote]: {
    message: { zh: '引号没有结束', en: 'a quote is not closed' },
    fix: { zh: '结束引号', en: 'close the quote' },
  },
  [ruleFault.ambiguousText]: {
    message: {
      zh: '语句中有反斜杠或控制字符，不同数据库理解不同',
      en: 'the statement holds a backslash or a control character, which databases read differently',
    },
    fix: { zh: '去掉它；必要时作为参数传入', en: 'leave it out, or hand it over as a parameter' },
  },
  [ruleFault.quotedParameter]: {
    message: { zh: '引号中的参数不会被替换', en: 'a parameter within quotes is text, not a parameter' },
    fix: {
      zh: '去掉参数两边的引号；需要拼接时用 CONCAT 或 ||',
      en: 'take the quotes away; to put texts together use CONCAT or ||',
    },
  },
  [ruleFault.noSelect]: {
    message: { zh: '语句不以 SELECT 或 WITH 开头', en: 'the statement does not begin with SELECT or WITH' },
    fix: { zh: '此适配器只读取数据：写成一条 SELECT', en: 'this adapter only reads: write a SELECT' },
  },
  [ruleFault.writing]: {
    message: { zh: '语句会写入数据或锁定所读的行', en: 'the statement writes, or locks what it reads' },
    fix: { zh: '去掉 INTO、FOR UPDATE、FOR SHARE 等', en: 'leave out INTO, FOR UPDATE, FOR SHARE and the like' },
  },
  [ruleFault.unusedParameter]: {
    message: { zh: '语句中没有这个参数', en: 'the statement has no such parameter' },
    fix: { zh: '在语句中写 :名称，或删去它', en: 'write it as :name in the statement, or remove it' },
  },
  [ruleFault.notAnElement]: {
    message: { zh: '这不是 XML 元素名', en: 'this is no name of an XML element' },
    fix: {
      zh: '写元素的本地名，其他命名空间的元素写成“前缀:名称”；各级之间用点分隔',
      en: "write the element's local name, or prefix:name for one in another namespace, with dots between steps",
    },
  },
  [ruleFault.unknownPrefix]: {
    message: { zh: '没有这个命名空间前缀', en: 'there is no namespace of this prefix' },
    fix: {
      zh: '在适配器设置的 namespaces 中定义它',
      en: "define it under namespaces in the adapter's settings",
    },
  },
  [ruleFault.undatedName]: {
    message: {
      zh: '花括号里不是日期格式',
      en: 'the braces hold no form of a date',
    },
    fix: { zh: '写成含 YYYY、MM、DD 的模式', en: 'write a pattern with YYYY, MM and DD in them' },
  },
  [ruleFault.noCredential]: {
    message: { zh: '没有写明如何登录', en: 'nothing says how to sign in' },
    fix: { zh: '写明 key 或 password', en: 'write a key, or a password' },
  },
  [ruleFault.columnWithoutPosition]: {
    message: { zh: '这一列没有位置', en: 'this column has no position' },
    fix: { zh: '在 positions 中写明它的位置', en: 'say under positions where it is' },
  },
  [ruleFault.wideEncoding]: {
    message: { zh: '定宽文件不支持 UTF-16', en: 'a file of fixed width is not read in UTF-16' },
    fix: { zh: '请部门以其他编码投放', en: 'have it dropped in another encoding' },
  },
  [ruleFault.noKeyColumn]: {
    message: { zh: '这一列不在适配器设置的 key 中', en: "this column is not in the adapter's key" },
    fix: { zh: '只写键的列', en: 'map the columns of the key, and no others' },
  },
  [ruleFault.missingKeyColumn]: {
    message: { zh: '键有列没有取值', en: 'a column of the key has no mapping' },
    fix: { zh: '为适配器设置的 key 中每一列写一条映射', en: "map every column of key, in the adapter's settings" },
  },
  [ruleFault.oneOfSeveral]: {
    message: {
      zh: '适配器设置允许多行同键，此处却只取一行',
      en: "the adapter's settings let several rows have one key, and this takes one row",
    },
    fix: { zh: '写成 rows: each，或去掉 repeats', en: 'write rows: each, or remove repeats' },
  },
  [ruleFault.noColumn]: {
    message: { zh: '适配器设置的 columns 中没有这一列', en: "columns, in the adapter's settings, has no such column" },
    fix: { zh: '把它写入 columns', en: 'add it to columns' },
  },
  [ruleFault.unknownStep]: {
    message: { zh: '没有这个环节', en: 'there is no such step' },
    fix: {
      zh: '路径以 steps 中的环节名开头；取自本服务请求的值写成 { request: 字段 }',
      en: "begin the path with the name of a step; write { request: field } for a value of this service's own request",
    },
  },
  [ruleFault.circularStep]: {
    message: { zh: '该环节的请求最终依赖于自身的答复', en: "the step's question depends on its own reply in the end" },
    fix: { zh: '去掉其中一处引用', en: 'take one of the references away' },
  },
  [ruleFault.unusedStep]: {
    message: { zh: '没有谁使用该环节的答复', en: "nobody uses the step's reply" },
    fix: {
      zh: '在 reply 或其他环节中使用它，或删去该环节：不查询用不到的数据',
      en: 'use it in reply or in another step, or remove the step: what is not needed is not asked',
    },
  },
  [ruleFault.demandedOfStep]: {
    message: {
      zh: '允许部分答复，此处却必须有值',
      en: 'a partial reply may lack this, and here it must be there',
    },
    fix: { zh: '加上 optional: true', en: 'add optional: true' },
  },
};

export const settingFault = (pointer: string, fault: RuleFault): SettingFault => ({
  pointer,
  ...(typeof fault === 'string' ? texts[fault] : expressionTexts(fault)),
});

const expressionTexts = ({ position, reason }: ExpressionFault): Omit<SettingFault, 'pointer'> => ({
  message: { zh: `表达式第 ${position} 个字符处：${reason.zh}`, en: `at character ${position}: ${reason.en}` },
  fix: {
    zh: '改写为 docs/adapters.md 所列的 JSONata',
    en: 'write JSONata as docs/adapters.md has it',
  },
});
