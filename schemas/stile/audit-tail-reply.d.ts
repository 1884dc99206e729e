/** Generated from audit-tail-reply.json by schemas/generate.ts; do not edit. */

/**
 * Of a search for a person: months whose keys were deleted, so that nobody can be found in them. 密钥已删除、无法再按人检索的月份。
 */
export type Unsearchable = string[];

/**
 * Answer of POST /audit/tail: what is new, oldest first. 新增的条目，旧者在前。
 */
export interface AuditTailReply {
  /**
   * `shard/index`. 台账位置。
   */
  record: string;
  entries: Found[];
  /**
   * To go on with. 用以继续。
   */
  follow: string;
  /**
   * Of each shard the index of the next entry. 各分片的下一条序号。
   */
  reach: {
    [k: string]: number;
  };
  /**
   * True when there is more to read at once. 尚有可立即读取的条目。
   */
  more: boolean;
  unsearchable?: Unsearchable;
}
/**
 * One entry. 一条条目。
 */
export interface Found {
  /**
   * `shard/index`. 台账位置。
   */
  position: string;
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
  /**
   * `shard/index`. 台账位置。
   */
  record: string;
  time: string;
}
