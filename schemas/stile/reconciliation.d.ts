/** Generated from reconciliation.json by schemas/generate.ts; do not edit. */

/**
 * First line of the answer of POST /audit/reconciliations: how many of what. 核对结果的首行：各类数量。
 */
export interface Reconciliation {
  /**
   * `shard/index`. 台账位置。
   */
  record: string;
  service: string;
  /**
   * RFC 3339, UTC, milliseconds, included. 起始时刻（含）。
   */
  from?: string;
  /**
   * RFC 3339, UTC, milliseconds, excluded. 截止时刻（不含）。
   */
  until: string;
  counts: {
    /**
     * Different ids in the list. 清单中不同的请求编号数。
     */
    listed: number;
    /**
     * Records of that time whose department was or may have been asked. 该时段内已询问或可能已询问部门的记录数。
     */
    records: number;
    /**
     * Ids of the list with a record of that time. 在该时段内有记录的编号数。
     */
    matched: number;
    /**
     * Ids of the list whose record is before or after that time. 记录在该时段之外的编号数。
     */
    outside: number;
    /**
     * Served without a record. 部门已答而台账无记录。
     */
    unrecorded: number;
    /**
     * Answered by the department as the ledger has it, and not in the list. 台账记为部门已答而清单中没有。
     */
    unserved: number;
    /**
     * Not in the list, and failed perhaps before the department was reached: no difference. 清单中没有，但可能未到达部门即已失败，不算差异。
     */
    unreached: number;
    /**
     * Ids that stand in the list more than once. 在清单中重复的编号数。
     */
    repeated: number;
  };
  list: {
    /**
     * SHA-256 of the file's bytes, hex. 文件字节的 SHA-256，十六进制。
     */
    digest: string;
    bytes: number;
  };
}
