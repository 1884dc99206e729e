/** Generated from adapters/file-service.json by schemas/generate.ts; do not edit. */

/**
 * A path in the source, or a rule. 来源中的路径，或一条映射规则。
 */
export type Mapping =
  | string
  | {
      /**
       * Path in the source; without it, the source itself. 来源中的路径；省略时为来源本身。
       */
      from?: string;
      /**
       * Path in the contract's request instead. 改取契约请求中的字段。
       */
      request?: string;
      /**
       * This value, whatever the source says. 固定值。
       */
      constant?: string | number | boolean | (string | number | boolean)[];
      /**
       * Left out when the source has none; otherwise that is a fault. 来源没有时省略；否则视为有误。
       */
      optional?: boolean;
      /**
       * Values that say there is none, besides absent and null. 除缺失与 null 外也表示“无”的取值。
       */
      none?: (string | number | boolean)[];
      /**
       * An object of further values, by name. 对象：逐字段映射。
       */
      fields?: {
        [k: string]: Mapping;
      };
      each?: Mapping;
      /**
       * A code list, or the name of one in the adapter's settings. 代码表，或适配器设置中代码表的名称。
       */
      codes?: string | CodeList;
      /**
       * The department's form of a date: a pattern such as YYYYMMDD, or iso, epoch-ms, epoch-s, excel-days, http-date. 部门的日期格式：YYYYMMDD 之类的模式，或 iso、epoch-ms、epoch-s、excel-days、http-date。
       */
      date?: string;
      /**
       * The department's form of a date with time, as under date. 部门的日期时间格式，写法同 date。
       */
      time?: string;
      /**
       * JSONata of what is at from, for what no other rule says; the request is $request. Not in an address, a header or a composite service. 以 JSONata 由来源求值，用于其他规则无法表达之处；$request 为契约请求。不用于网址、标头与组合服务。
       */
      expression?: string;
      /**
       * How many of the contract's units the department's one is, such as 0.01 for fen that become yuan; exact, never rounded. 部门的一个单位等于契约的多少单位，如分换算为元写 0.01；精确计算，不作舍入。
       */
      times?: number;
      /**
       * The kind of value wanted. 目标值的类型。
       */
      as?: 'text' | 'number';
    };

/**
 * How one service is asked through the file adapter. 经 file 适配器请求某一数据服务的方式。
 */
export interface FileService {
  /**
   * A mapping of the request for each column of the key. 键的每一列取自请求的映射。
   */
  key: {
    [k: string]: Mapping;
  };
  /**
   * one: the source of the reply is the one row of the key, its columns by name; each: it has all of them, as the list rows. one：答复来自该键的一行，以列名取值；each：来自该键的全部行，即列表 rows。
   */
  rows?: 'one' | 'each';
  /**
   * Most rows of an answer; one with more is not released. 最大行数；超出即不放行。
   */
  rowLimit?: number;
  reply: Mapping;
  absent?: Absent;
  /**
   * The column that says when the data was true, and its form as under time; it goes before the file's own time. 说明数据时间的列及其格式；优先于文件自身的时间。
   */
  asOf?: {
    /**
     * The column, or with rows: each a path such as rows.0.gxsj. 列名；rows 为 each 时为 rows.0.gxsj 之类的路径。
     */
    from: string;
    /**
     * Its form. 时间格式。
     */
    time: string;
  };
}
/**
 * The department's codes as keys, the contract's values. Codes in quotes. 代码表：键为部门代码（加引号），值为契约取值。
 */
export interface CodeList {
  [k: string]: string | number | boolean;
}
/**
 * What is due when there is no row. 查无数据时的答复。
 */
export interface Absent {
  reply: Mapping;
}
