/** Generated from config-rollback.json by schemas/generate.ts; do not edit. */

/**
 * Body of POST /operate/config/rollback: the config that is to go. 回退配置。
 */
export interface ConfigRollback {
  /**
   * Digest of the config in force, which the one before it shall replace. 正在使用、将被前一份取代的配置的摘要。
   */
  running: string;
}
