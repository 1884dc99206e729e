/** Generated from agreement-act.json by schemas/generate.ts; do not edit. */

/**
 * Body of POST /operate/agreements/{id}/suspend, resume, end and consent. 中止、恢复、终止与确认共享协议。
 */
export interface AgreementAct {
  /**
   * For whoever asks later; kept beside the ledger, which has only its digest. 原因。
   */
  why: string;
}
