/** Generated from audit-search.json by schemas/generate.ts; do not edit. */

export type Time = string;
export type Kind =
  | (
      | 'exchange'
      | 'explain'
      | 'intent'
      | 'refusals'
      | 'search'
      | 'token'
      | 'agreement'
      | 'reconciliation'
      | 'retention'
      | 'erasure'
      | 'config'
    )
  | (
      | 'exchange'
      | 'explain'
      | 'intent'
      | 'refusals'
      | 'search'
      | 'token'
      | 'agreement'
      | 'reconciliation'
      | 'retention'
      | 'erasure'
      | 'config'
    )[];
export type Outcome =
  ('released' | 'refused' | 'failed' | 'unknown') | ('released' | 'refused' | 'failed' | 'unknown')[];
/**
 * @minItems 1
 * @maxItems 50
 */
export type Code = string | string[];
/**
 * @minItems 1
 * @maxItems 50
 */
export type Actor = string | string[];
/**
 * @minItems 1
 * @maxItems 50
 */
export type Department = string | string[];
/**
 * @minItems 1
 * @maxItems 50
 */
export type Service = string | string[];
/**
 * @minItems 1
 * @maxItems 50
 */
export type Purpose = string | string[];
/**
 * @minItems 1
 * @maxItems 50
 */
export type Words = string | string[];

/**
 * Body of POST /audit/search: which entries are asked for. An entry satisfies every filter given; a list is satisfied by any of its values. 检索台账：条目须满足每一项条件；列表满足其一即可。
 */
export interface AuditSearch {
  from?: Time;
  until?: Time;
  kind?: Kind;
  outcome?: Outcome;
  code?: Code;
  actor?: Actor;
  consumer?: Department;
  provider?: Department;
  service?: Service;
  purpose?: Purpose;
  case?: Words;
  operator?: Words;
  subject?: Subject;
  /**
   * Most entries in one page. 每页条目数。
   */
  limit?: number;
  /**
   * From the page before, to go on with the same search until there is none. 上一页给出的游标；一直取到没有为止。
   */
  cursor?: string;
}
/**
 * Whom the entries are about. The number is turned into tags and kept nowhere. 条目涉及的对象；号码只用于计算标签，不留存。
 */
export interface Subject {
  kind: 'resident' | 'organisation';
  identifier: string;
}
