/** The headers of an exchange, as the API description and its readable page show them. */
import type { Language, Text } from '../../text.js';
import { type Purpose, releaseLevel } from '../registry.js';
import type { Json } from './schema.js';

export interface HeaderRow {
  readonly name: string;
  readonly text: Text;
  readonly schema: Json;
  readonly example?: string;
}

/** What a caller sends with an exchange. */
export const requestHeaders: readonly HeaderRow[] = [
  {
    name: 'Stile-Purpose',
    text: {
      zh: '用途编码。令牌未带用途时必填；令牌带有用途时不得填写其他用途。',
      en: 'The coded purpose. Required unless the token carries one; then it may state no other.',
    },
    schema: { type: 'string', maxLength: 64 },
    example: 'public-rental-housing',
  },
  {
    name: 'Stile-Case',
    text: {
      zh: '所办事项的案件编号，UTF-8；不得含公民身份号码。',
      en: 'The case number this serves, in UTF-8; never a resident identity number.',
    },
    schema: { type: 'string', maxLength: 128 },
    example: 'GZF-2026-000123',
  },
  {
    name: 'Stile-Operator',
    text: { zh: '经办人员编号，记录为“自述”。', en: 'The official at the keyboard; recorded as asserted.' },
    schema: { type: 'string', maxLength: 128 },
    example: 'officer-0417',
  },
  {
    name: 'Idempotency-Key',
    text: {
      zh: '每个不同的请求一个唯一的键；重复发送不会重复办理，而是得到当时的答复。办理类服务必填。',
      en: 'A key unique to the request. Sent again, it acts no second time and gets the reply of then. Required by services with effects.',
    },
    schema: { type: 'string', maxLength: 128, pattern: '^"?[A-Za-z0-9._:/+=-]{1,128}"?$' },
    example: '6f1c9a52-0b1e-4c55-9f0b-2c8f2a7f3a10',
  },
  {
    name: 'traceparent',
    text: {
      zh: 'W3C 跟踪上下文，一直传到提供部门的系统。',
      en: "W3C trace context; passed on to the department's system.",
    },
    schema: { type: 'string', pattern: '^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$' },
  },
  {
    name: 'Accept-Language',
    text: { zh: '错误信息的语言：zh 或 en。', en: 'The language of problems: zh or en.' },
    schema: { type: 'string' },
    example: 'zh',
  },
];

/** What a released reply carries. */
export const replyHeaders: readonly HeaderRow[] = [
  {
    name: 'Stile-Record',
    text: {
      zh: '本次访问记录在台账中的位置，形如 0/42。',
      en: 'Where the ledger has the access record, such as 0/42.',
    },
    schema: { type: 'string', pattern: '^\\d+/\\d+$' },
  },
  {
    name: 'Stile-Release',
    text: {
      zh: '放行前记录已达到的级别：committed 已入账，checkpointed 已有签名的检查点，witnessed 已有见证者副署。',
      en: 'What covered the record before the release: committed, durable and in the tree; checkpointed, a signed checkpoint; witnessed, one that witnesses cosigned.',
    },
    schema: { type: 'string', enum: Object.values(releaseLevel) },
  },
  {
    name: 'Link',
    text: {
      zh: '本次访问记录的回执：可离线证明它在台账中；服务已弃用时，还有接替的服务与说明。',
      en: "The access record's receipt, which proves offline that the ledger has it; of a deprecated service also its successor and documentation.",
    },
    schema: { type: 'string' },
  },
  {
    name: 'Deprecation',
    text: {
      zh: '服务已弃用或将弃用：起始时刻（RFC 9745）。',
      en: 'The service is deprecated, or will be: from when (RFC 9745).',
    },
    schema: { type: 'string', pattern: '^@\\d+$' },
  },
  {
    name: 'Sunset',
    text: {
      zh: '服务已弃用：此刻之后不再承诺服务（RFC 8594）。',
      en: 'The service is deprecated: from then on nothing is promised (RFC 8594).',
    },
    schema: { type: 'string' },
  },
  {
    name: 'Stile-As-Of',
    text: { zh: '数据的时点，若提供部门的系统说明。', en: "When the data was true, if the department's system says." },
    schema: { type: 'string', format: 'date-time' },
  },
  {
    name: 'Content-Digest',
    text: { zh: '答复正文的摘要（RFC 9530）。', en: 'Digest of the reply (RFC 9530).' },
    schema: { type: 'string' },
  },
  {
    name: 'RateLimit',
    text: {
      zh: '各配额窗口的余量与重置秒数。',
      en: 'What is left in each window of the quota, and the seconds until it is reset.',
    },
    schema: { type: 'string' },
  },
  {
    name: 'RateLimit-Policy',
    text: { zh: '协议给予的配额。', en: 'The quota that the agreement grants.' },
    schema: { type: 'string' },
  },
  {
    name: 'traceparent',
    text: { zh: 'W3C 跟踪上下文。', en: 'W3C trace context.' },
    schema: { type: 'string' },
  },
];

const problemHeaders: readonly HeaderRow[] = [
  { name: 'Content-Language', text: { zh: '文字的语言。', en: 'Language of the texts.' }, schema: { type: 'string' } },
  {
    name: 'Retry-After',
    text: { zh: '多少秒后重试可能有效。', en: 'Seconds after which trying again may help.' },
    schema: { type: 'integer' },
  },
  {
    name: 'WWW-Authenticate',
    text: { zh: '令牌有何问题（RFC 6750）。', en: 'What is wrong with the token (RFC 6750).' },
    schema: { type: 'string' },
  },
];

/** `components.parameters`; the purposes that exist are the values of `Stile-Purpose`. */
export function parameterComponents(purposes: ReadonlyMap<string, Purpose>, language: Language): Json {
  return Object.fromEntries(
    requestHeaders.map(({ name, text, schema, example }) => {
      const listed = name === 'Stile-Purpose' ? { type: 'string', enum: [...purposes.keys()] } : schema;
      const parameter = { name, in: 'header', description: text[language], schema: listed };
      return [name, example === undefined ? parameter : { ...parameter, example }];
    }),
  );
}

/** `components.headers`. */
export const headerComponents = (language: Language): Json =>
  Object.fromEntries(
    [...replyHeaders, ...problemHeaders].map(({ name, text, schema }) => [
      name,
      { description: text[language], schema },
    ]),
  );
