/** Generated from reconciliation-finding.json by schemas/generate.ts; do not edit. */

/**
 * Each further line of the answer of POST /audit/reconciliations: one request. 核对结果的其余各行：一次请求。
 */
export interface ReconciliationFinding {
  /**
   * As in counts. 同 counts。
   */
  finding: 'unrecorded' | 'repeated' | 'unserved' | 'unreached';
  requestId: string;
  /**
   * Where it stands first in the list. 在清单中首次出现的行。
   */
  line?: number;
  /**
   * How often it stands there. 出现次数。
   */
  times?: number;
  /**
   * `shard/index`. 台账位置。
   */
  record?: string;
  /**
   * Of the record, RFC 3339, UTC, milliseconds. 记录的时刻。
   */
  time?: string;
  outcome?: 'released' | 'refused' | 'failed' | 'unknown';
  code?: string;
}
