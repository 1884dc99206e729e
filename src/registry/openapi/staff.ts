/** The staff's paths of the API description: searching the ledger, and seeing and changing agreements. */
import type { ErrorCode } from '../../errors.js';
import type { Text } from '../../text.js';
import type { Deployment } from './deployment.js';
import { codesOf, problemResponses } from './problems.js';
import type { Json, SchemaComponents } from './schema.js';

/** The tag of these paths. */
export const staffTag = 'staff';

const body: readonly ErrorCode[] = [
  'STILE_MEDIA_TYPE',
  'STILE_BODY_TOO_LARGE',
  'STILE_BODY_NOT_JSON',
  'STILE_BODY_TOO_DEEP',
  'STILE_BODY_DUPLICATE_KEY',
  'STILE_BODY_FORBIDDEN_KEY',
  'STILE_BODY_NUMBER_RANGE',
];
const caller: readonly ErrorCode[] = [
  'STILE_TOKEN_MISSING',
  'STILE_TOKEN_INVALID',
  'STILE_TOKEN_EXPIRED',
  'STILE_ROLE_REQUIRED',
];
const end: readonly ErrorCode[] = ['STILE_RECORD_UNAVAILABLE', 'STILE_FAULT'];

interface StaffOperation {
  readonly id: string;
  readonly summary: Text;
  readonly roles: readonly string[];
  readonly codes: readonly ErrorCode[];
  readonly parameters?: readonly string[];
  readonly request?: Json;
  readonly reply: Json;
}

const watchers = ['security', 'auditor'];
const officers = ['officer'];
const everyone = ['officer', 'security', 'auditor', 'operator'];

const acts = {
  suspend: { zh: '中止共享协议', en: 'Suspend an agreement' },
  resume: { zh: '恢复共享协议', en: 'Resume an agreement' },
  consent: { zh: '确认共享协议继续', en: 'Consent that an agreement goes on' },
  end: { zh: '终止共享协议', en: 'End an agreement' },
} as const;

/** The paths that take a staff token. */
export function staffPaths({ language }: Deployment, components: SchemaComponents): Json {
  const audit = codesOf(['audit']);
  const operation = ({ id, summary, roles, codes, parameters = [], request, reply }: StaffOperation): Json => ({
    tags: [staffTag],
    operationId: id,
    summary: summary[language],
    security: [{ staff: [] }],
    'x-stile-roles': roles,
    ...(parameters.length === 0
      ? {}
      : { parameters: parameters.map(name => ({ name, in: 'path', required: true, schema: { type: 'string' } })) }),
    ...(request === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: request } } } }),
    responses: {
      200: {
        description: summary[language],
        headers: { 'Stile-Record': { $ref: '#/components/headers/Stile-Record' } },
        content: { 'application/json': { schema: reply } },
      },
      ...problemResponses([...(request === undefined ? [] : body), ...caller, ...codes, ...end], language),
    },
  });
  const act = (id: keyof typeof acts): Json => ({
    post: operation({
      id: `agreements.${id}`,
      summary: acts[id],
      roles: officers,
      codes: codesOf(['agreements']),
      parameters: ['id'],
      request: components.needOwn('agreement-act'),
      reply: { type: 'object', properties: { agreement: { type: 'object' }, record: { type: 'string' } } },
    }),
  });

  return {
    '/audit/search': {
      post: operation({
        id: 'audit.search',
        summary: { zh: '检索台账；检索本身也记入台账', en: 'Search the ledger; the search is itself an entry' },
        roles: watchers,
        codes: audit.filter(code => code !== 'STILE_RECORD_UNKNOWN'),
        request: components.needOwn('audit-search'),
        reply: components.needOwn('audit-search-reply'),
      }),
    },
    '/audit/tail': {
      post: operation({
        id: 'audit.tail',
        summary: { zh: '跟随台账的新条目', en: 'Follow what is added to the ledger' },
        roles: watchers,
        codes: audit.filter(code => code !== 'STILE_RECORD_UNKNOWN'),
        request: components.needOwn('audit-tail'),
        reply: components.needOwn('audit-tail-reply'),
      }),
    },
    '/audit/records/{shard}/{index}': {
      get: operation({
        id: 'audit.record',
        summary: { zh: '查看一条记录', en: 'Look at one record' },
        roles: watchers,
        codes: audit,
        parameters: ['shard', 'index'],
        reply: components.needOwn('audit-record'),
      }),
    },
    '/operate/agreements': {
      get: operation({
        id: 'agreements.list',
        summary: { zh: '列出共享协议', en: 'List the agreements' },
        roles: everyone,
        codes: [],
        reply: {
          type: 'object',
          properties: { version: { type: 'integer' }, agreements: { type: 'array', items: { type: 'object' } } },
        },
      }),
      post: operation({
        id: 'agreements.import',
        summary: { zh: '导入共享协议', en: 'Import agreements' },
        roles: officers,
        codes: codesOf(['agreements']),
        request: components.needOwn('agreements'),
        reply: { type: 'object', properties: { agreements: { type: 'array', items: { type: 'object' } } } },
      }),
    },
    '/operate/agreements/{id}': {
      get: operation({
        id: 'agreements.show',
        summary: { zh: '查看一份共享协议及其历史', en: 'Look at one agreement and its history' },
        roles: everyone,
        codes: ['STILE_AGREEMENT_UNKNOWN'],
        parameters: ['id'],
        reply: {
          type: 'object',
          properties: { agreement: { type: 'object' }, history: { type: 'array', items: { type: 'object' } } },
        },
      }),
    },
    ...Object.fromEntries(
      (Object.keys(acts) as (keyof typeof acts)[]).map(id => [`/operate/agreements/{id}/${id}`, act(id)]),
    ),
  };
}
