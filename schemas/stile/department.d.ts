/** Generated from department.json by schemas/generate.ts; do not edit. */

export type Id = string;

/**
 * config/departments/<id>.yaml: an organisation with its clients, adapters and services. 部门及其调用系统、适配器与数据服务。
 */
export interface DepartmentFile {
  id: Id;
  name: Text;
  /**
   * GB/T 2260 code of the area the department serves; in quotes. 所辖行政区划代码（GB/T 2260），加引号书写。
   */
  division: string;
  /**
   * Whom a caller may ask; named in remedies. 供调用方联系的人或方式。
   */
  contact: string;
  /**
   * Another Stile gateway, of another region or tier: the clients are that gateway, and each of their calls is on behalf of a department listed here, which agreements know as `<id>.<department>`. 另一地区或层级的越篱网关：下列调用系统即该网关，每次调用都代表此处所列的某个部门；协议中以“编号.部门”称之。
   */
  peer?: {
    /**
     * The peer's name, as its config/stile.yaml has it. 对端的部署名称（见其 config/stile.yaml）。
     */
    deployment: string;
    /**
     * For whom the peer may speak, by the ids it knows them by. 对端可代表的部门，以其在对端的编号为键。
     */
    departments: {
      [k: string]: RepresentedDepartment;
    };
  };
  /**
   * The department's calling systems, by id. 部门的调用系统，以编号为键。
   */
  clients?: {
    [k: string]: Client;
  };
  /**
   * How to speak to the department's own systems, by id. 与部门自有系统对接的适配器，以编号为键。
   */
  adapters?: {
    [k: string]: Adapter;
  };
  /**
   * The questions the department answers, by `service/v1`. Contracts are schemas/<department>/<service>/v1/request.json and reply.json. 部门提供的数据服务，以“服务/版本”为键；契约在 schemas/ 下同名目录。
   */
  services?: {
    [k: string]: Service;
  };
  /**
   * Findings of safety rules that are meant to be so, each with its reason; see docs/safety.md. 有意为之的安全发现，各须写明理由。
   */
  exceptions?: Exception[];
}
/**
 * A text in both languages. 中英双语文本。
 */
export interface Text {
  zh: string;
  en: string;
}
/**
 * A department that asks through a peer. 经对端网关提出请求的部门。
 */
export interface RepresentedDepartment {
  name: Text;
  /**
   * GB/T 2260 code of the area it serves; the peer's when absent; in quotes. 所辖行政区划代码（GB/T 2260），加引号书写；缺省为对端的。
   */
  division?: string;
}
/**
 * A calling system; its OAuth client_id is `department/client`. 调用系统，OAuth client_id 为“部门/系统”。
 */
export interface Client {
  name: Text;
  /**
   * JWKs (RFC 7517) that verify the client's assertions: P-256, Ed25519 or RSA of 2048 bits and more. Public members only. 验证断言的公钥 JWK；只写公开成员。
   *
   * @minItems 1
   * @maxItems 10
   */
  keys: PublicKey[];
}
/**
 * A public JWK (RFC 7517). 公钥 JWK。
 */
export interface PublicKey {
  kty: 'EC' | 'OKP' | 'RSA';
  crv?: 'P-256' | 'Ed25519';
  x?: string;
  y?: string;
  n?: string;
  e?: string;
  kid?: string;
  alg?: 'ES256' | 'EdDSA' | 'Ed25519' | 'PS256';
  use?: 'sig';
}
export interface Adapter {
  /**
   * The adapter module. 适配器模块。
   */
  kind: string;
  /**
   * By the module's own schema; secrets only as ${env:NAME} or ${file:path}. 依模块自身的模式；密钥只能写作 ${env:NAME} 或 ${file:path}。
   */
  settings: {
    [k: string]: unknown;
  };
  resilience?: Resilience;
}
/**
 * How long, how often and how much the department's system is asked. 询问部门系统的时限、重试与并发。
 */
export interface Resilience {
  /**
   * Longest time a question may take, milliseconds, waiting and retries included; a service may have its own. 每次请求的最长时间，毫秒，含排队与重试；服务可另设。
   */
  deadline?: number;
  /**
   * How often a safe question is asked again after a failure that may pass, within its deadline. 安全的请求在可能恢复的故障后、截止时间内的重试次数。
   */
  retries?: number;
  /**
   * Most questions at a time, and so most connections; by the adapter's kind where it is not given. 最大并发请求数，亦即最大连接数；未写时依适配器种类而定。
   */
  concurrency?: number;
  /**
   * Most questions that wait for their turn; more are refused as busy at once. 排队等候的最大请求数；超出即视为繁忙。
   */
  queue?: number;
  /**
   * When a system that keeps failing is left alone. 部门系统持续故障时暂停询问的条件。
   */
  breaker?: {
    /**
     * The questions of so many milliseconds are counted. 统计最近多少毫秒内的请求。
     */
    window?: number;
    /**
     * Fewest questions in the window to judge by. 窗口内据以判断的最少请求数。
     */
    questions?: number;
    /**
     * It is left alone when more than this part of them failed. 失败比例超过此值即暂停。
     */
    failures?: number;
    /**
     * For so many milliseconds; then one question tries it. 暂停的毫秒数，其后以一次请求试探。
     */
    pause?: number;
  };
}
export interface Service {
  title: Text;
  description?: Text;
  /**
   * unconditional 无条件共享, conditional 有条件共享, withheld 不予共享.
   */
  sharing: 'unconditional' | 'conditional' | 'withheld';
  reason?: Text;
  /**
   * True when asking changes nothing at the department: retries and GET are allowed. 询问不改变部门数据时为 true：可重试、可用 GET。
   */
  safe: boolean;
  /**
   * True: an intent is durable before the department is asked. Always so for services that are not safe, and for those of another gateway. 为 true 时先记下意图再询问；非 safe 服务与经另一网关的服务一律如此。
   */
  intent?: boolean;
  adapter?: Id;
  /**
   * This service's own settings, by the schema of its adapter's module. 本服务在该适配器中的设置，依模块自身的模式。
   */
  ask?: {
    [k: string]: unknown;
  };
  /**
   * Callers are told to move: headers Deprecation (RFC 9745), Sunset (RFC 8594) and Link with every reply. Nothing ends by itself. 已弃用：每个答复都带相应标头，提醒调用方迁移；到期不会自行停用。
   */
  deprecated?: {
    /**
     * First day it is deprecated, in UTC+8; in quotes. 弃用首日，加引号书写。
     */
    since: string;
    /**
     * Last day it is promised to be answered, in UTC+8; in quotes. 承诺服务的最后一日，加引号书写。
     */
    sunset?: string;
    /**
     * The service to call instead. 接替的数据服务。
     */
    successor?: string;
    /**
     * Page that says what to do. 迁移说明的网址。
     */
    documentation?: string;
  };
  /**
   * Longest time the department may take, milliseconds, waiting and retries included; that of its adapter where it is not given. 部门答复的最长时间，毫秒，含排队与重试；未写时依适配器。
   */
  deadline?: number;
  /**
   * For reference data about nobody: replies are kept in memory and given again to the same request. 仅限与任何人无关的参考数据：答复留存在内存中，供相同请求复用。
   */
  cache?: {
    /**
     * How long a reply is given again. 答复复用的秒数。
     */
    seconds: number;
  };
  /**
   * What must cover the record before its reply is released: committed, durable and in the tree 已入账; checkpointed, a signed checkpoint 已有签名的检查点; witnessed, one that the witnesses cosigned 已有见证者副署.
   */
  release?: 'committed' | 'checkpointed' | 'witnessed';
  /**
   * Largest reply accepted from the department, bytes. 部门答复上限，字节。
   */
  replyLimit?: number;
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
