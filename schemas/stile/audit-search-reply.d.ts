/** Generated from audit-search-reply.json by schemas/generate.ts; do not edit. */

/**
 * `shard/index`. 台账位置。
 */
export type Position = string;
/**
 * Of a search for a person: months whose keys were deleted, so that nobody can be found in them. 密钥已删除、无法再按人检索的月份。
 */
export type Unsearchable = string[];

/**
 * Answer of POST /audit/search: one page, newest first. 检索结果的一页，新者在前。
 */
export interface AuditSearchReply {
  record: Position;
  entries: Found[];
  /**
   * For the next page; absent on the last. A page with a cursor may hold few entries or none: it has gone over its share of the ledger. 下一页的游标；末页没有。有游标的页可能条目很少甚至没有：每页只查阅台账的一段。
   */
  cursor?: string;
  /**
   * With a cursor: how far back the search has come, RFC 3339, UTC. 有游标时给出：已检索到的时刻。
   */
  reached?: string;
  unsearchable?: Unsearchable;
}
/**
 * One entry. 一条条目。
 */
export interface Found {
  position: Position;
  /**
   * RFC 3339, UTC, milliseconds. 入账时刻。
   */
  time: string;
  erased?: Erased;
  /**
   * The entry as it is in the ledger. 台账中的原文。
   */
  entry: {
    [k: string]: unknown;
  };
}
/**
 * That what staff wrote beside the entry was erased: when, and by which entry. 条目旁的文字已删除：时间与记录。
 */
export interface Erased {
  record: Position;
  time: string;
}
