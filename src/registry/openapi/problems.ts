/** The error answers of the API description: every code of the table in errors.ts that a route may answer with, by status. */
import { type ErrorCode, type ErrorRow, errors } from '../../errors.js';
import { problem } from '../../problem.js';
import type { Language, Text } from '../../text.js';
import type { Json } from './schema.js';

const rows: readonly (readonly [ErrorCode, ErrorRow])[] = Object.entries(errors) as [ErrorCode, ErrorRow][];

/** Stages of one exchange, in order. */
export const exchangeStages = [
  'receive',
  'identify',
  'match',
  'check-request',
  'decide',
  'limit',
  'repeat',
  'intend',
  'ask',
  'check-reply',
  'record',
  'exchange',
] as const;

/** Codes of those stages that no client's token can lead to. */
const staffOnly: ReadonlySet<string> = new Set(['STILE_ROLE_REQUIRED']);

/** The codes of the stages named, in the table's order. */
export const codesOf = (stages: readonly string[]): ErrorCode[] =>
  rows.filter(([code, row]) => stages.includes(row.stage) && !staffOnly.has(code)).map(([code]) => code);

/** RFC 9457 with Stile's members, as src/problem.ts writes it. */
export const problemSchema = (language: Language): Json => ({
  title: { zh: '问题详情（RFC 9457）', en: 'Problem details (RFC 9457)' }[language],
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'stage', 'remedy'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: rows.map(([code]) => code) },
    stage: { type: 'string', enum: [...new Set(rows.map(([, row]) => row.stage))] },
    remedy: {
      type: 'string',
      description: { zh: '调用方可以怎样做，以及向谁询问。', en: 'What the caller can do, and whom to ask.' }[language],
    },
    record: {
      type: 'string',
      pattern: '^\\d+/\\d+$',
      description: { zh: '该次拒绝在台账中的位置。', en: 'Where the ledger has the refusal.' }[language],
    },
    errors: {
      type: 'array',
      description: { zh: '数据中的错误，从不包含数据值。', en: 'What is wrong with the data; never a value of it.' }[
        language
      ],
      items: {
        type: 'object',
        required: ['pointer', 'message'],
        properties: { pointer: { type: 'string', format: 'json-pointer' }, message: { type: 'string' } },
      },
    },
    parts: {
      type: 'array',
      description: {
        zh: '组合服务中未能答复的各项，与直接请求该项服务所得相同。',
        en: 'Of a composite service: the parts that gave no reply, as their own services would have told it.',
      }[language],
      items: {
        type: 'object',
        required: ['step', 'service', 'code', 'title', 'remedy'],
        properties: {
          step: { type: 'string' },
          service: { type: 'string' },
          code: { type: 'string', enum: rows.map(([code]) => code) },
          title: { type: 'string' },
          remedy: { type: 'string' },
          retryAfter: { type: 'integer' },
          record: { type: 'string', pattern: '^\\d+/\\d+$' },
          errors: { $ref: '#/components/schemas/problem/properties/errors' },
          parts: { $ref: '#/components/schemas/problem/properties/parts' },
        },
      },
    },
  },
});

const mayRetry: ReadonlySet<number> = new Set([429, 503]);
const anyError: Text = { zh: '其一：', en: 'One of: ' };

/** One response a status, each code with its example. */
export function problemResponses(codes: readonly ErrorCode[], language: Language): Json {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) byStatus.set(errors[code].status, [...(byStatus.get(errors[code].status) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].map(([status, found]) => [
      String(status),
      {
        description:
          anyError[language] +
          found.map(code => `[\`${code}\`](/docs#${code}) ${errors[code].title[language]}`).join('; '),
        headers: {
          'Content-Language': { $ref: '#/components/headers/Content-Language' },
          ...(mayRetry.has(status) ? { 'Retry-After': { $ref: '#/components/headers/Retry-After' } } : {}),
          ...(status === 401 ? { 'WWW-Authenticate': { $ref: '#/components/headers/WWW-Authenticate' } } : {}),
        },
        content: {
          'application/problem+json': {
            schema: { $ref: '#/components/schemas/problem' },
            examples: Object.fromEntries(found.map(code => [code, { value: problem({ code }, language) }])),
          },
        },
      },
    ]),
  );
}

const exchangeCodes = codesOf(exchangeStages);
const componentOf = (status: number | string): string => `exchange.${status}`;

/** The error responses of an exchange: the same for every service, and so kept once, among the components. */
export const exchangeResponses = (language: Language): Json =>
  Object.fromEntries(
    Object.entries(problemResponses(exchangeCodes, language)).map(([status, response]) => [
      componentOf(status),
      response,
    ]),
  );

/** What a service's operation refers to them by. */
export const exchangeResponseRefs: Json = Object.fromEntries(
  exchangeCodes.map(code => {
    const { status } = errors[code];
    return [String(status), { $ref: `#/components/responses/${componentOf(status)}` }];
  }),
);
