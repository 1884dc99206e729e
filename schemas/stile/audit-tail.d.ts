/** Generated from audit-tail.json by schemas/generate.ts; do not edit. */

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
 * Body of POST /audit/tail: begins to follow the ledger, or goes on. 跟随台账：开始，或继续。
 */
export interface AuditTail {
  kind?:
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
  outcome?: ('released' | 'refused' | 'failed' | 'unknown') | ('released' | 'refused' | 'failed' | 'unknown')[];
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
   * To begin: how many of the newest entries to show first; fewer where they are far back. 开始时先给出的最新条目数；若相隔太久则少于此数。
   */
  last?: number;
  /**
   * To begin: of each shard the index of the first entry wanted, as `reach` of an earlier follow. 开始时各分片的起点。
   */
  after?: {
    [k: string]: number;
  };
  /**
   * To go on: from the answer before. 继续时所持的凭证。
   */
  follow?: string;
  /**
   * Most entries in one answer. 每次条目数。
   */
  limit?: number;
}
/**
 * Whom the entries are about. The number is turned into tags and kept nowhere. 条目涉及的对象；号码只用于计算标签，不留存。
 */
export interface Subject {
  kind: 'resident' | 'organisation';
  identifier: string;
}
