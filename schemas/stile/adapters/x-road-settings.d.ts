/** Generated from adapters/x-road-settings.json by schemas/generate.ts; do not edit. */

/**
 * Media types of replies that are JSON by another name. 实为 JSON 的其他媒体类型。
 */
export type MediaTypes = string[];

/**
 * How to reach a department's services through an X-Road security server, by its message protocol for REST. 经 X-Road 安全服务器（REST 消息协议）访问部门数据服务的设置。
 */
export interface XRoadSettings {
  /**
   * Where the department's system is; a path in it goes before every question's path. 部门系统的地址；其中的路径置于每次请求路径之前。
   */
  baseUrl: string;
  /**
   * Who asks, as registered in X-Road: instance/member class/member code, and /subsystem code where there is one. Written plainly; it is percent-encoded when sent. 在 X-Road 登记的调用方：实例/成员类别/成员代码[/子系统代码]，按原文书写，发送时作百分号编码。
   */
  client: string;
  /**
   * The department's subsystem: instance/member class/member code/subsystem code. 部门的子系统：实例/成员类别/成员代码/子系统代码。
   */
  provider: string;
  /**
   * On whose behalf the client asks: party code, or party class/party code. 被代表方：代码，或 类别/代码。
   */
  representedParty?: string;
  /**
   * Put before the official's id in X-Road-UserId: ISO 3166 code of two letters. 置于 X-Road-UserId 经办人编号之前的两位国家代码（ISO 3166）。
   */
  userIdCountry?: string;
  tls?: Tls;
  /**
   * Accepts any certificate, so anybody in between can read and answer. Warned of at each start. 接受任何证书，中间人可窃听与冒充；每次启动都会警告。
   */
  unverifiedTls?: true;
  /**
   * Longest wait for a connection, milliseconds. 建立连接的最长等待（毫秒）。
   */
  connectTimeout?: number;
  codes?: Codes;
  /**
   * Offset of the department's clock. 部门系统时钟的时区偏移。
   */
  utcOffset?: string;
  /**
   * Asks for compressed replies. 请求压缩答复。
   */
  compression?: boolean;
  mediaTypes?: MediaTypes;
  probe?: Probe;
}
/**
 * What is trusted, and the certificate shown for mutual TLS. PEM, usually from ${file:…}. 信任的证书颁发机构与双向 TLS 证书（PEM，通常取自 ${file:…}）。
 */
export interface Tls {
  /**
   * Certificates trusted instead of the public authorities. 代替公共机构的受信证书。
   */
  authority?: string;
  /**
   * The gateway's own certificate, for mutual TLS. 网关自身的证书，用于双向 TLS。
   */
  identity?: {
    /**
     * The certificate, with those between it and its authority. 证书及其中间证书。
     */
    certificate: string;
    /**
     * Its private key. 证书私钥。
     */
    key: string;
  };
  /**
   * The name on the system's certificate, where it is not the URL's host. 部门系统证书上的名称（与 URL 主机名不同时）。
   */
  serverName?: string;
}
/**
 * Code lists that mappings name. 供映射引用的代码表。
 */
export interface Codes {
  /**
   * The department's codes as keys, the contract's values. Codes in quotes. 代码表：键为部门代码（加引号），值为契约取值。
   */
  [k: string]: {
    [k: string]: string | number | boolean;
  };
}
/**
 * A path that answers 2xx while the system is up; without it, any answer at all counts. 系统正常时返回 2xx 的路径；未设置时任何答复都算正常。
 */
export interface Probe {
  /**
   * Path of the probe. 探测路径。
   */
  path: string;
}
