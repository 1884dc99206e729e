/** Generated from agreements.json by schemas/generate.ts; do not edit. */

export type Id = string;
/**
 * As `status`, `spouse.name`, `members[].name`. 字段路径。
 */
export type Path = string;

/**
 * config/agreements/*.yaml: what `stile agreements import` reads. 供导入的共享协议。
 */
export interface AgreementsFile {
  agreements: Agreement[];
  /**
   * Findings of safety rules that are meant to be so, each with its reason; see docs/safety.md. 有意为之的安全发现，各须写明理由。
   */
  exceptions?: Exception[];
}
/**
 * A provider grants a consumer some fields of a service, for named purposes, for a time, within limits. 提供部门按用途、期限与限度授予使用部门某服务的若干字段。
 */
export interface Agreement {
  id: Id;
  provider: Id;
  /**
   * Department that may ask; one behind a peer is `<peer>.<department>`. 使用部门；经对端网关的写作“对端.部门”。
   */
  consumer: string;
  /**
   * `department/service/v1`. 数据服务。
   */
  service: string;
  /**
   * Ids in config/purposes.yaml. 用途编号。
   *
   * @minItems 1
   */
  purposes: Id[];
  /**
   * Client ids within the consumer; absent: all of them. 使用部门内可用的调用系统；缺省为全部。
   *
   * @minItems 1
   */
  clients?: Id[];
  /**
   * First day, YYYY-MM-DD, UTC+8. 起始日（含）。
   */
  from: string;
  /**
   * Last day, YYYY-MM-DD, UTC+8, included. 截止日（含）。
   */
  until: string;
  /**
   * What is granted; a path to an object or array grants all below it. 授予的字段；对象或数组路径授予其下全部。
   *
   * @minItems 1
   */
  fields: GrantedField[];
  /**
   * Rules on the request that must hold. 请求须满足的条件。
   */
  constraints?: Constraint[];
  /**
   * Calls allowed in each window. 各时间窗内的调用上限。
   */
  limits?: {
    second?: number;
    day?: number;
  };
}
export interface GrantedField {
  path: Path;
  mask?: Mask;
}
/**
 * How the value is coarsened before release. 放行前的脱敏方式。
 */
export interface Mask {
  kind: 'keep-first' | 'keep-last' | 'year-only' | 'hash' | 'exists';
  /**
   * Characters kept. 保留的字符数。
   */
  count?: number;
}
export interface Constraint {
  /**
   * own-division: the identity number's division lies in the consumer's; one-of: the field has one of the values. own-division：身份证号所属区划在使用部门辖区内；one-of：取值在列。
   */
  kind: 'own-division' | 'one-of';
  field: Path;
  /**
   * @minItems 1
   */
  values?: (string | number | boolean)[];
}
/**
 * One safety rule is not to be told of one place. 某处不再提示某条安全规则。
 */
export interface Exception {
  /**
   * Number of the rule. 规则编号。
   */
  rule: string;
  /**
   * JSON pointer (RFC 6901) within this file; what is below it is excused too. 本文件内的 JSON 指针，其下各处一并例外。
   */
  at: string;
  /**
   * Why this is right here, and who decided it. 为何在此处可行，由谁决定。
   */
  reason: string;
}
