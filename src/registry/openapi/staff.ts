/** The staff's paths of the API description: searching the ledger, and seeing and changing agreements. */
import type { ErrorCode } from '../../errors.js';
import { configPaths } from './config.js';
import type { Deployment } from './deployment.js';
import { codesOf } from './problems.js';
import type { Json, SchemaComponents } from './schema.js';
import { type QueryParameter, type StaffOperation, staffOperation } from './staff-operation.js';

const listQuery: readonly QueryParameter[] = [
  { name: 'service', required: true, description: { zh: '数据服务', en: 'department/service/version' } },
  {
    name: 'from',
    required: false,
    description: { zh: '起始时刻（含），RFC 3339', en: 'First moment, included, RFC 3339' },
  },
  {
    name: 'until',
    required: false,
    description: {
      zh: '截止时刻（不含），RFC 3339；默认为此刻',
      en: 'Last moment, excluded, RFC 3339; now by default',
    },
  },
  {
    name: 'column',
    required: false,
    description: {
      zh: '清单中请求编号所在的列或成员，默认 requestId',
      en: "The list's column or member that holds the request id; requestId by default",
    },
  },
];

/** Of the audit's codes those that other operations answer with. */
const notOfLists: readonly ErrorCode[] = [
  'STILE_SEARCH_INVALID',
  'STILE_RECORD_UNKNOWN',
  'STILE_ERASURE_INVALID',
  'STILE_TEXT_NONE',
];

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
  const search: readonly ErrorCode[] = ['STILE_SEARCH_INVALID', 'STILE_SEARCH_TOO_WIDE', 'STILE_SEARCH_UNAVAILABLE'];
  const operation = (given: StaffOperation): Json => staffOperation(given, language);
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
        codes: search,
        request: components.needOwn('audit-search'),
        reply: components.needOwn('audit-search-reply'),
      }),
    },
    '/audit/tail': {
      post: operation({
        id: 'audit.tail',
        summary: { zh: '跟随台账的新条目', en: 'Follow what is added to the ledger' },
        roles: watchers,
        codes: search,
        request: components.needOwn('audit-tail'),
        reply: components.needOwn('audit-tail-reply'),
      }),
    },
    '/audit/records/{shard}/{index}': {
      get: operation({
        id: 'audit.record',
        summary: { zh: '查看一条记录', en: 'Look at one record' },
        roles: watchers,
        codes: ['STILE_SEARCH_UNAVAILABLE', 'STILE_SEARCH_TOO_WIDE', 'STILE_RECORD_UNKNOWN'],
        parameters: ['shard', 'index'],
        reply: components.needOwn('audit-record'),
      }),
    },
    '/audit/reconciliations': {
      post: operation({
        id: 'audit.reconcile',
        summary: {
          zh: '以部门自己的请求清单核对台账（至多 256 MiB、一百万个编号）',
          en: "Hold a department's own list of requests against the ledger (at most 256 MiB and a million ids)",
        },
        roles: watchers,
        codes: ['STILE_BODY_TOO_LARGE', ...codesOf(['audit']).filter(code => !notOfLists.includes(code))],
        query: listQuery,
        file: ['text/csv', 'application/x-ndjson'],
        reply: { oneOf: [components.needOwn('reconciliation'), components.needOwn('reconciliation-finding')] },
        replyType: 'application/x-ndjson',
      }),
    },
    '/audit/erasures': {
      post: operation({
        id: 'audit.erase',
        summary: { zh: '删除条目旁的文字，不可恢复', en: 'Erase the text beside an entry, for good' },
        roles: ['security'],
        codes: ['STILE_ERASURE_INVALID', 'STILE_TEXT_NONE', 'STILE_SEARCH_UNAVAILABLE'],
        request: components.needOwn('erasure'),
        reply: {
          type: 'object',
          properties: { record: { type: 'string' }, erased: { type: 'string' } },
        },
      }),
    },
    ...configPaths(language, components),
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
