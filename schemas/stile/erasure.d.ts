/** Generated from erasure.json by schemas/generate.ts; do not edit. */

/**
 * Body of POST /audit/erasures: erases what staff wrote beside an entry, for good. 删除工作人员在条目旁书写的文字，不可恢复。
 */
export interface Erasure {
  /**
   * Position of the entry whose text is erased, `shard/index`; the entry itself stays. 文字所在条目的位置；条目本身保留。
   */
  record: string;
  /**
   * `request`: a person it tells about asked for it. `order`: a court or an authority ordered it. `mistake`: it should never have been written. 当事人要求、依令删除、误写。
   */
  reason: 'request' | 'order' | 'mistake';
}
