/** What a list is to be held against: read from the query of `POST /audit/reconciliations`. */
import type { Exit } from '../problem.js';
import type { Registry, Violation } from '../registry/registry.js';
import type { Text } from '../text.js';

export interface Scope {
  /** `department/service/version`, of the registry in force. */
  readonly service: string;
  /** First millisecond since 1970 UTC, included. */
  readonly from: number | undefined;
  /** Last, excluded; now, when the query does not say. */
  readonly until: number;
  /** The column or member of the list that holds the request id. */
  readonly column: string;
}

/** The column's name where nothing is said. */
const usualColumn = 'requestId';
const longestColumn = 100;

/**
 * @param query as Fastify parses it: a text for each name, a list where one stands twice
 * @param now milliseconds since 1970 UTC
 */
export function scopeOf(query: unknown, registry: Registry, now: number): Scope | Exit {
  const violations: Violation[] = [];
  const given = new Map(Object.entries(query as object));
  const refuse = (name: string, message: Text): undefined => {
    violations.push({ pointer: `/${name}`, keyword: 'stile', message });
  };
  const text = (name: string): string | undefined => {
    const value: unknown = given.get(name);
    given.delete(name);
    return value === undefined || typeof value === 'string' ? value : refuse(name, words.once);
  };
  const time = (name: string): number | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    const moment = rfc3339.test(value) ? Date.parse(value) : Number.NaN;
    return Number.isNaN(moment) ? refuse(name, words.time) : moment;
  };

  const service = text('service') ?? '';
  if (!registry.services.has(service)) refuse('service', words.service);
  const from = time('from');
  const until = time('until') ?? now;
  if (from !== undefined && from >= until) refuse('until', words.backwards);
  const column = text('column') ?? usualColumn;
  if (column === '' || column.length > longestColumn) refuse('column', words.column);
  if (given.size > 0) violations.push({ pointer: '', keyword: 'stile', message: words.unknown });
  return violations.length > 0
    ? { code: 'STILE_RECONCILIATION_INVALID', violations }
    : { service, from, until, column };
}

const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

const words = {
  service: {
    zh: '请写已登记的数据服务，如 civil-affairs/marriage-status/v1',
    en: 'name a service there is, such as civil-affairs/marriage-status/v1',
  },
  time: { zh: '请写 RFC 3339 时刻', en: 'write it as RFC 3339 has it' },
  backwards: { zh: '须晚于 from', en: 'must be later than from' },
  column: { zh: '须为 1 至 100 个字符', en: 'must have 1 to 100 characters' },
  once: { zh: '只可出现一次', en: 'must stand there once' },
  unknown: { zh: '含有未知的参数', en: 'there is a parameter that is not known' },
} satisfies Record<string, Text>;
