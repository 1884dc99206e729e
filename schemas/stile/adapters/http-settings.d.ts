/** Generated from adapters/http-settings.json by schemas/generate.ts; do not edit. */

/**
 * How to reach a department's system that speaks HTTP and JSON. 与使用 HTTP 和 JSON 的部门系统对接的设置。
 */
export interface HttpSettings {
  /**
   * Where the department's system is; a path in it goes before every question's path. 部门系统的地址；其中的路径置于每次请求路径之前。
   */
  baseUrl: string;
  /**
   * How the gateway proves itself; one of these. Mutual TLS is under tls. 网关证明身份的方式，任选其一；双向 TLS 见 tls。
   */
  authentication?: {
    /**
     * A key in a header. 请求头中的密钥。
     */
    apiKey?: {
      /**
       * Header that carries the key. 携带密钥的请求头。
       */
      header: string;
      /**
       * Word before the key, such as APPCODE. 密钥前的方案名，如 APPCODE。
       */
      scheme?: string;
      /**
       * The key. 密钥。
       */
      key: string;
    };
    /**
     * A key in a query parameter; it ends up in logs on the way, so only where nothing else is possible. 查询参数中的密钥；会留在沿途日志中，非不得已不用。
     */
    queryKey?: {
      /**
       * Query parameter that carries the key. 携带密钥的查询参数。
       */
      parameter: string;
      /**
       * The key. 密钥。
       */
      key: string;
    };
    /**
     * User and password (RFC 7617). 用户名与口令。
     */
    basic?: {
      /**
       * User name. 用户名。
       */
      user: string;
      /**
       * Password. 口令。
       */
      password: string;
    };
    /**
     * A token that does not expire (RFC 6750). 长期有效的令牌。
     */
    bearer?: {
      /**
       * The token. 令牌。
       */
      token: string;
    };
    /**
     * Client credentials (RFC 6749, section 4.4). 客户端凭证模式。
     */
    oauth2?: {
      /**
       * The token endpoint. 令牌端点。
       */
      tokenUrl: string;
      /**
       * client_id. 客户端编号。
       */
      clientId: string;
      /**
       * client_secret. 客户端密钥。
       */
      clientSecret?: string;
      /**
       * Assertions signed with a private key in place of a secret (RFC 7523, section 2.2). 以私钥签署的断言代替客户端密钥。
       */
      privateKeyJwt?: {
        /**
         * The private key, PEM: P-256, Ed25519 or RSA. 私钥（PEM）：P-256、Ed25519 或 RSA。
         */
        key: string;
        /**
         * The kid by which the server knows the key. 授权服务器登记的密钥编号（kid）。
         */
        keyId?: string;
        /**
         * The aud of the assertions; the token endpoint when absent. 断言的受众；缺省为令牌端点。
         */
        audience?: string;
      };
      /**
       * Where id and secret are sent. 编号与密钥的发送位置。
       */
      credentials?: 'header' | 'body';
      /**
       * Scope to ask for. 申请的权限范围。
       */
      scope?: string;
      /**
       * Audience to ask for. 申请的受众。
       */
      audience?: string;
    };
    /**
     * Signature of the national data sharing and exchange platform (gjgxjhpt_* headers). It covers the service, the requester and the time, not the question. 国家数据共享交换平台签名（gjgxjhpt_* 请求头）；只覆盖服务、请求者与时间，不覆盖请求内容。
     */
    sharingPlatform?: {
      /**
       * gjgxjhpt_rid: who asks, as the platform knows it. 请求者身份标识。
       */
      requester: string;
      /**
       * gjgxjhpt_sid: the platform's code of the service; an adapter for each. 平台服务编码；每个服务一个适配器。
       */
      service: string;
      /**
       * The key that the platform gave for it. 平台发放的服务授权码。
       */
      appKey: string;
      /**
       * Where the platform lends application secrets. 获取密钥（appsecret）的接口地址。
       */
      secretUrl: string;
    };
  };
  /**
   * What is trusted, and the certificate shown for mutual TLS. PEM, usually from ${file:…}. 信任的证书颁发机构与双向 TLS 证书（PEM，通常取自 ${file:…}）。
   */
  tls?: {
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
  };
  /**
   * Accepts any certificate, so anybody in between can read and answer. Warned of at each start. 接受任何证书，中间人可窃听与冒充；每次启动都会警告。
   */
  unverifiedTls?: true;
  /**
   * Longest wait for a connection, milliseconds. 建立连接的最长等待（毫秒）。
   */
  connectTimeout?: number;
  /**
   * Which header tells the system what of the call; what is left out is not sent. 以哪个请求头告知部门系统调用信息；未列出的不发送。
   */
  callHeaders?: {
    /**
     * The record's id. 访问记录编号。
     */
    requestId?: string;
    /**
     * W3C trace context. W3C 跟踪上下文。
     */
    traceparent?: string;
    /**
     * The service asked for. 所请求的数据服务。
     */
    service?: string;
    /**
     * The purpose. 用途。
     */
    purpose?: string;
    /**
     * The case number. 案件编号。
     */
    case?: string;
    /**
     * The official at the keyboard. 经办人。
     */
    operator?: string;
  };
  /**
   * Code lists that mappings name. 供映射引用的代码表。
   */
  codes?: {
    /**
     * The department's codes as keys, the contract's values. Codes in quotes. 代码表：键为部门代码（加引号），值为契约取值。
     */
    [k: string]: {
      [k: string]: string | number | boolean;
    };
  };
  /**
   * Offset of the department's clock. 部门系统时钟的时区偏移。
   */
  utcOffset?: string;
  /**
   * Asks for compressed replies. 请求压缩答复。
   */
  compression?: boolean;
  /**
   * Media types of replies that are JSON by another name. 实为 JSON 的其他媒体类型。
   */
  mediaTypes?: string[];
  /**
   * A path that answers 2xx while the system is up; without it, any answer at all counts. 系统正常时返回 2xx 的路径；未设置时任何答复都算正常。
   */
  probe?: {
    /**
     * Path of the probe. 探测路径。
     */
    path: string;
  };
}
