/** Generated from config-apply.json by schemas/generate.ts; do not edit. */

/**
 * Body of POST /operate/config/apply: what was planned. 应用配置计划。
 */
export interface ConfigApply {
  /**
   * Digest of the config that was in force when it was planned. 计划时正在使用的配置的摘要。
   */
  running: string;
  /**
   * Digest of the files that were planned. 计划所依据的文件的摘要。
   */
  next: string;
}
