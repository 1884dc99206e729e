/** Generated from receipt.json by schemas/generate.ts; do not edit. */

/**
 * Answer of GET /ledger/receipts/{shard}/{index}: proves offline that an entry is in the ledger. 回执：可离线证明某条目在台账中。
 */
export interface Receipt {
  /**
   * shard/index. 位置：分片/序号。
   */
  position: string;
  /**
   * The entry's exact text. 条目原文。
   */
  entry: string;
  /**
   * c2sp.org/tlog-proof of the entry in its shard. 条目在分片中的证明。
   */
  proof: string;
  /**
   * The roll's entry that holds the shard's checkpoint, and its proof. 总册中记载该分片检查点的条目及其证明。
   */
  roll: {
    entry: string;
    proof: string;
  };
}
