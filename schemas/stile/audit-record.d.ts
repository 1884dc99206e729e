/** Generated from audit-record.json by schemas/generate.ts; do not edit. */

/**
 * Answer of GET /audit/records/{shard}/{index}. 一条记录。
 */
export interface AuditRecord {
  /**
   * `shard/index`. 台账位置。
   */
  record: string;
  /**
   * `shard/index`. 台账位置。
   */
  position: string;
  time: string;
  /**
   * SHA-256(0x00 ‖ entry), hex. 叶子哈希。
   */
  leaf: string;
  entry: {
    [k: string]: unknown;
  };
  /**
   * What staff wrote beside the entry. 工作人员在条目旁书写的文字。
   */
  text?: string;
  erased?: Erased;
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
