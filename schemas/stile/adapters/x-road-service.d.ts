/** Generated from adapters/x-road-service.json by schemas/generate.ts; do not edit. */

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
 * How one service is asked through the x-road adapter. 经 x-road 适配器请求某一数据服务的方式。
 */
export interface XRoadService {
  /**
   * The service's code under the provider's subsystem. 提供方子系统下的服务代码。
   */
  serviceCode: string;
  /**
   * HTTP method. HTTP 方法。
   */
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /**
   * Path template after the service code; nothing without one. {name} is a parameter below, or a field of the request. 服务代码之后的路径模板，省略则无；{名称} 取自下方参数或请求字段。
   */
  path?: string;
  parameters?: Parameters;
  query?: Query;
  /**
   * Further request headers, by name; X-Road's own are the adapter's. 其他请求头；X-Road 自身的请求头由适配器填写。
   */
  headers?: {
    [k: string]: Mapping;
  };
  body?: Mapping;
  reply: Mapping;
  result?: Result;
  absent?: Absent;
  asOf?: AsOf;
}
/**
 * Values for the path that are more than a field of the request. 路径中需要转换的取值。
 */
export interface Parameters {
  [k: string]: Mapping;
}
/**
 * The department's codes as keys, the contract's values. Codes in quotes. 代码表：键为部门代码（加引号），值为契约取值。
 */
export interface CodeList {
  [k: string]: string | number | boolean;
}
/**
 * Query parameters, by name. 查询参数。
 */
export interface Query {
  [k: string]: Mapping;
}
/**
 * For systems that say in the body what happened; a code listed nowhere means the system failed. 适用于在答复体中以代码说明结果的系统；未列出的代码视为系统出错。
 */
export interface Result {
  /**
   * Path of the code. 结果代码的路径。
   */
  from: string;
  /**
   * Codes of an answer. 成功。
   *
   * @minItems 1
   */
  answer: (string | number | boolean)[];
  /**
   * Codes that mean there is no data; see absent. 无数据，见 absent。
   *
   * @minItems 1
   */
  absent?: (string | number | boolean)[];
  /**
   * Codes that refuse the question. 请求不被接受。
   *
   * @minItems 1
   */
  rejected?: (string | number | boolean)[];
  /**
   * Codes that refuse the gateway's credentials. 凭证不被接受。
   *
   * @minItems 1
   */
  denied?: (string | number | boolean)[];
  /**
   * Codes that ask to come later. 系统繁忙。
   *
   * @minItems 1
   */
  busy?: (string | number | boolean)[];
}
/**
 * How the system says that it has nothing on whom was asked, and the reply that is then due. 系统表示无数据的方式，以及此时应给出的答复。
 */
export interface Absent {
  /**
   * HTTP statuses that say so; where there are result codes, the code must say so too. 表示无数据的 HTTP 状态码；若设有结果代码，则代码也须如此表示。
   *
   * @minItems 1
   */
  statuses?: number[];
  /**
   * A path in the answer that is then absent, null or an empty list. 无数据时缺失、为 null 或为空列表的路径。
   */
  missing?: string;
  reply: Mapping;
}
/**
 * Where the system says when the data was true: a header or a path, and its form as under time. 系统说明数据时间的位置（请求头或路径）及其格式。
 */
export interface AsOf {
  /**
   * A header of the reply. 答复头。
   */
  header?: string;
  /**
   * A path in the reply. 答复中的路径。
   */
  from?: string;
  /**
   * Its form. 时间格式。
   */
  time: string;
}
