/** Generated from config-try.json by schemas/generate.ts; do not edit. */

/**
 * Body of POST /operate/config/try: one exchange against the files. 按配置文件试做一次交换。
 */
export interface ConfigTry {
  /**
   * Which is asked. 所询问的数据服务。
   */
  service: string;
  /**
   * In whose place it is asked, under that client's agreements. 以哪个调用系统的名义、按其协议询问。
   */
  client: string;
  /**
   * Its purpose. 用途。
   */
  purpose: string;
  /**
   * The request, by the service's contract. 符合契约的请求。
   */
  request: {
    [k: string]: unknown;
  };
  /**
   * That the operator is to see what the department answers, before it is cut to the agreement. Outside the sandbox nothing is asked without it. 确认运维人员可以看到裁剪前的答复；沙箱之外必须确认。
   */
  confirm?: boolean;
  /**
   * That the department may do what is asked; without it a service with effects is not asked, in the sandbox neither. 确认部门系统可以照办；有副作用的数据服务没有它便不询问，沙箱中亦然。
   */
  effects?: boolean;
  /**
   * Of a service with effects: the same key is acted on once, whoever comes with it. 有副作用的数据服务所需：同一个键只办理一次。
   */
  idempotencyKey?: string;
}
