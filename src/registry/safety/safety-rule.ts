/** The numbered rules by which the safety of a config is judged: how grave each is, what is wrong, and what would be right. */
import type { Text } from '../../text.js';

/** How grave a finding is: only an error makes `stile check` fail by itself. */
export const severity = { error: 'error', warning: 'warning', note: 'note' } as const;
export type Severity = (typeof severity)[keyof typeof severity];

export interface SafetyRule {
  readonly severity: Severity;
  readonly message: Text;
  readonly fix: Text;
}

const { error, warning, note } = severity;

/** A number is never given to another rule: 00 grants, 01 departments' systems, 02 services, 03 the gateway, 04 purposes, 09 exceptions. */
export const safetyRules = {
  'STILE-S001': {
    severity: warning,
    message: { zh: '授予了答复的全部字段', en: 'the agreement grants every field of the reply' },
    fix: { zh: '只留用途所需的字段', en: 'keep the fields that its purposes need' },
  },
  'STILE-S002': {
    severity: warning,
    message: { zh: '协议没有调用限度', en: 'the agreement has no limits' },
    fix: { zh: '在 limits 写明每秒与每日上限', en: 'say in limits how many calls a second and a day are meant' },
  },
  'STILE-S003': {
    severity: warning,
    message: { zh: '协议期限超过五年', en: 'the agreement lasts longer than five years' },
    fix: { zh: '缩短期限，届时复核后续签', en: 'end it sooner, so that somebody looks at it before it goes on' },
  },
  'STILE-S004': {
    severity: note,
    message: {
      zh: '协议对使用部门的全部调用系统有效，包括日后新增的',
      en: 'any client of the consumer may use the agreement, those to come included',
    },
    fix: { zh: '在 clients 列出需要它的系统', en: 'list the ones that need it in clients' },
  },
  'STILE-S005': {
    severity: warning,
    message: { zh: '敏感字段未脱敏', en: 'a sensitive field is granted without a mask' },
    fix: { zh: '加上 mask，或不授予它', en: 'add a mask, or grant less' },
  },
  'STILE-S006': {
    severity: note,
    message: { zh: '一份协议涵盖五个以上用途', en: 'one agreement serves more than five purposes' },
    fix: { zh: '按用途分立协议，各授所需', en: 'make one for each group of purposes, with the fields that it needs' },
  },
  'STILE-S010': {
    severity: error,
    message: { zh: '不核对部门系统的证书', en: "the certificate of the department's system is not verified" },
    fix: {
      zh: '去掉 unverifiedTls，自签证书写入 tls.authority',
      en: 'remove unverifiedTls, and name the authority in tls.authority where it is one of their own',
    },
  },
  'STILE-S011': {
    severity: error,
    message: { zh: '数据以明文 HTTP 经过网络', en: 'the address is plain HTTP beyond this machine' },
    fix: { zh: '改用 https', en: 'use https' },
  },
  'STILE-S012': {
    severity: error,
    message: { zh: '数据库连接不加密', en: 'the connection to the database is not encrypted' },
    fix: { zh: '去掉 unencrypted', en: 'remove unencrypted' },
  },
  'STILE-S013': {
    severity: warning,
    message: { zh: '网关不向部门系统证明身份', en: "the gateway does not prove itself to the department's system" },
    fix: {
      zh: '写明 authentication，或以 tls.identity 出示证书',
      en: 'write authentication, or show a certificate by tls.identity',
    },
  },
  'STILE-S014': {
    severity: warning,
    message: {
      zh: '密钥写在网址里，会留在沿途日志中',
      en: 'the key is part of the URL, which ends up in logs on the way',
    },
    fix: {
      zh: '请部门改收标头中的密钥（apiKey）或 OAuth 2.0',
      en: 'have them take it in a header (apiKey), or OAuth 2.0',
    },
  },
  'STILE-S015': {
    severity: note,
    message: { zh: '每次询问都发送同一口令', en: 'the same password goes with every question' },
    fix: {
      zh: '部门系统支持时改用 oauth2 或 tls.identity',
      en: 'use oauth2 or tls.identity where their system has it',
    },
  },
  'STILE-S016': {
    severity: note,
    message: {
      zh: '共享平台签名不覆盖询问内容',
      en: "the sharing platform's signature covers no word of the question",
    },
    fix: { zh: '另以 tls.identity 证明身份', en: 'add tls.identity, which does' },
  },
  'STILE-S017': {
    severity: warning,
    message: { zh: '系统的 WSDL 写的是另一个地址', en: "the system's WSDL names another address" },
    fix: {
      zh: '请部门确认 baseUrl；WSDL 写的是内部地址时，在 exceptions 说明理由',
      en: 'have the department confirm baseUrl; where the WSDL names an inner address, say so in exceptions',
    },
  },
  'STILE-S020': {
    severity: warning,
    message: {
      zh: '标识个人或单位的字段写入部门系统的网址',
      en: "who is asked about stands in the URL of the department's system",
    },
    fix: { zh: '部门系统支持时改为 POST 与 body', en: 'use POST with a body where their system has it' },
  },
  'STILE-S021': {
    severity: warning,
    message: { zh: '时限超过 30 秒', en: 'the deadline is longer than 30 seconds' },
    fix: { zh: '缩短 deadline，慢系统会占住连接', en: 'shorten it: a slow system holds connections for so long' },
  },
  'STILE-S022': {
    severity: note,
    message: { zh: '答复上限超过 16 MiB', en: 'replies may be larger than 16 MiB' },
    fix: { zh: '把 replyLimit 降到答复实际所需', en: 'lower replyLimit to what replies need' },
  },
  'STILE-S023': {
    severity: warning,
    message: { zh: '含个人信息的服务标为无条件共享', en: 'a service with personal data is shared unconditionally' },
    fix: { zh: '改为 conditional，由提供部门审批', en: 'make it conditional, so that the provider approves who asks' },
  },
  'STILE-S024': {
    severity: warning,
    message: {
      zh: '答复含个人信息，请求却没有标出被问者',
      en: 'the reply is personal, but no field of the request is marked as who is asked about',
    },
    fix: {
      zh: '在请求契约标 x-stile-subject: asked，否则台账查不到此人',
      en: "mark x-stile-subject: asked in the request's contract, or the ledger cannot be searched by that person",
    },
  },
  'STILE-S025': {
    severity: note,
    message: { zh: '答复有字段未标敏感程度', en: 'fields of the reply say not how sensitive they are' },
    fix: { zh: '在契约为每个字段写 x-stile-sensitivity', en: 'write x-stile-sensitivity for each in the contract' },
  },
  'STILE-S030': {
    severity: warning,
    message: { zh: '令牌有效期超过 15 分钟', en: 'tokens live longer than 15 minutes' },
    fix: { zh: '缩短 tokenLife', en: 'shorten tokenLife' },
  },
  'STILE-S031': {
    severity: warning,
    message: { zh: '没有见证者副署台账', en: 'nobody else cosigns the ledger' },
    fix: { zh: '在 ledger.witnesses 列出他方运行的见证者', en: 'list witnesses that others run in ledger.witnesses' },
  },
  'STILE-S032': {
    severity: note,
    message: {
      zh: '拒绝与检索的记录保存不足一年',
      en: 'records of refusals and searches are kept for less than a year',
    },
    fix: { zh: '把 retention.other 写为 12 以上', en: 'write 12 or more for retention.other' },
  },
  'STILE-S033': {
    severity: error,
    message: { zh: '调用方以明文 HTTP 连接网关', en: 'callers reach the gateway by plain HTTP' },
    fix: { zh: '在前置负载均衡启用 TLS，issuer 写 https', en: 'have TLS in front of it, and write an issuer of https' },
  },
  'STILE-S034': {
    severity: warning,
    message: {
      zh: '可信代理的网段过宽，其中任何人都能自称来源',
      en: 'anyone in a very wide network may say where a call comes from',
    },
    fix: { zh: '只写负载均衡自身的地址', en: 'name the load balancers alone' },
  },
  'STILE-S035': {
    severity: warning,
    message: { zh: '供重取的答复保存超过一天', en: 'replies are kept for repeats longer than a day' },
    fix: { zh: '缩短 exchange.repeatLife', en: 'shorten exchange.repeatLife' },
  },
  'STILE-S040': {
    severity: note,
    message: { zh: '法律依据没有写明法规名称', en: 'the legal basis names no law' },
    fix: { zh: '写明《法规名称》与条款', en: 'name the law, in 《》 in the Chinese text, and its article' },
  },
  'STILE-S090': {
    severity: warning,
    message: { zh: '这条例外没有对应的发现', en: 'this exception excuses nothing' },
    fix: { zh: '删去它，或更正 rule 与 at', en: 'remove it, or mend its rule or place' },
  },
  'STILE-S091': {
    severity: error,
    message: { zh: '没有这条安全规则', en: 'there is no such safety rule' },
    fix: { zh: '更正编号', en: 'mend its number' },
  },
} as const satisfies Readonly<Record<string, SafetyRule>>;

export type SafetyRuleId = keyof typeof safetyRules;

/** Gravest first; whatever is no safety rule is a fault, and an error. */
export const severityOf = (rule: string): Severity =>
  Object.hasOwn(safetyRules, rule) ? safetyRules[rule as SafetyRuleId].severity : severity.error;
