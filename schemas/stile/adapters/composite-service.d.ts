/** Generated from adapters/composite-service.json by schemas/generate.ts; do not edit. */

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
 * A service made of other services: each step is an exchange of the same client, under its own agreement. 由其他数据服务组成的服务：每个环节都是同一调用系统依自身协议进行的一次交换。
 */
export interface CompositeService {
  /**
   * The services asked, by step; those that need nothing of each other are asked at once. 所询问的服务，以环节为键；互不依赖的环节同时询问。
   */
  steps: {
    [k: string]: Step;
  };
  /**
   * A reply is made of the steps that answered, with a reason for each that did not; without this it is all or nothing. 以已答复的环节组成答复，并说明其余环节的原因；不写则全有或全无。
   */
  partial?: {
    /**
     * Member of the reply that lists step, code and title of each step that did not answer. 答复中列出未答复环节的字段，每项含 step、code、title。
     */
    reasons: string;
  };
  reply: Mapping;
}
export interface Step {
  /**
   * The service asked; it has no effects. 所询问的数据服务，须无办理效果。
   */
  service: string;
  request: Mapping;
  /**
   * The step is asked only where this has one of these values. A value that no reply released is a failure, one that the request leaves out is none of them. 取值属于所列之一时才询问；答复未放行该值视为失败，请求未写则视为不属于。
   */
  when?: {
    /**
     * Path in the source; without it, the source itself. 来源中的路径；省略时为来源本身。
     */
    from?: string;
    /**
     * Path in the contract's request instead. 改取契约请求中的字段。
     */
    request?: string;
    /**
     * The values. 取值。
     *
     * @minItems 1
     */
    in: (string | number | boolean)[];
  };
}
/**
 * The department's codes as keys, the contract's values. Codes in quotes. 代码表：键为部门代码（加引号），值为契约取值。
 */
export interface CodeList {
  [k: string]: string | number | boolean;
}
