/** Generated from adapters/soap-service.json by schemas/generate.ts; do not edit. */

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
 * How one service is asked through the soap adapter. 经 soap 适配器请求某一数据服务的方式。
 */
export interface SoapService {
  /**
   * Path of the service after the base URL; nothing without one. 基址之后的路径；省略则无。
   */
  path?: string;
  /**
   * Local name of the request's element. 请求元素的本地名。
   */
  operation: string;
  /**
   * Local name of the reply's element; without it, the operation's and Response. 答复元素的本地名；省略时为操作名加 Response。
   */
  replyElement?: string;
  /**
   * SOAPAction of SOAP 1.1, the action of SOAP 1.2. SOAP 1.1 的 SOAPAction，SOAP 1.2 的 action。
   */
  action?: string;
  body?: Mapping;
  reply: Mapping;
  result?: Result;
  /**
   * How the system says that it has nothing on whom was asked, besides codes, and the reply that is then due. 系统表示无数据的方式（代码之外），以及此时应给出的答复。
   */
  absent?: {
    /**
     * A path in the reply's element where there is then no element, a nil one, or none of a list. 无数据时没有元素、元素为 nil 或列表为空的路径。
     */
    missing?: string;
    reply: Mapping;
  };
  /**
   * What a fault means, by its code without prefix; codes listed nowhere mean what SOAP says of them. 错误（Fault）代码（不含前缀）的含义；未列出的按 SOAP 标准处理。
   */
  faults?: {
    /**
     * Path of local names in the fault's detail to a code of the system's own, which is looked up first. 错误详情中系统自有代码的路径（本地名），优先按其判断。
     */
    from?: string;
    /**
     * There is no data; see absent. 无数据，见 absent。
     *
     * @minItems 1
     */
    absent?: (string | number)[];
    /**
     * The question is refused. 请求不被接受。
     *
     * @minItems 1
     */
    rejected?: (string | number)[];
    /**
     * The gateway's credentials are refused. 凭证不被接受。
     *
     * @minItems 1
     */
    denied?: (string | number)[];
    /**
     * Come later. 系统繁忙。
     *
     * @minItems 1
     */
    busy?: (string | number)[];
  };
  asOf?: AsOf;
}
/**
 * The department's codes as keys, the contract's values. Codes in quotes. 代码表：键为部门代码（加引号），值为契约取值。
 */
export interface CodeList {
  [k: string]: string | number | boolean;
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
