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
}
