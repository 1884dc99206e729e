/** Generated from adapters/soap-settings.json by schemas/generate.ts; do not edit. */

/**
 * How to reach a department's system that speaks SOAP, document/literal. 与使用 SOAP（document/literal）的部门系统对接的设置。
 */
export interface SoapSettings {
  /**
   * Where the department's system is; a path in it goes before every question's path. 部门系统的地址；其中的路径置于每次请求路径之前。
   */
  baseUrl: string;
  /**
   * Version of SOAP, in quotes. SOAP 版本，加引号书写。
   */
  version: '1.1' | '1.2';
  /**
   * Target namespace of the service: that of the operations' elements, and of those in them unless qualified is false. 服务的目标命名空间。
   */
  namespace: string;
  /**
   * The system's description, a file below config; stile check holds services against it. 部门系统的 WSDL 文件（在 config 目录中）；stile check 据此核对。
   */
  wsdl?: string;
  /**
   * elementFormDefault of its schema: false where elements inside the operation's are in no namespace. 对应 elementFormDefault；内部元素不带命名空间时写 false。
   */
  qualified?: boolean;
  /**
   * Other namespaces, by the prefix under which names of elements in config have them. 其他命名空间，以配置中元素名所用的前缀为键。
   */
  namespaces?: {
    /**
     * The namespace. 命名空间。
     */
    [k: string]: string;
  };
  /**
   * WS-Security: user and password in the header of each message, with a nonce and the time. WS-Security 用户名令牌：每条消息附带用户名、口令、随机数与时间。
   */
  usernameToken?: {
    /**
     * User name. 用户名。
     */
    user: string;
    /**
     * Password. 口令。
     */
    password: string;
    /**
     * text sends the password itself, digest (PasswordDigest) a hash of it. text 发送口令本身，digest 发送其摘要（PasswordDigest）。
     */
    type: 'digest' | 'text';
  };
  authentication?: Authentication;
  tls?: Tls;
  /**
   * Accepts any certificate, so anybody in between can read and answer. Warned of at each start. 接受任何证书，中间人可窃听与冒充；每次启动都会警告。
   */
  unverifiedTls?: true;
  /**
   * Longest wait for a connection, milliseconds. 建立连接的最长等待（毫秒）。
   */
  connectTimeout?: number;
  callHeaders?: CallHeaders;
  /**
   * Header blocks of the envelope that tell the system what of the call. 以信封头部元素告知部门系统调用信息。
   */
  callBlock?: {
    /**
     * Their namespace. 其命名空间。
     */
    namespace: string;
    /**
     * Which element tells what. 各项信息的元素名。
     */
    names: {
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
  };
  codes?: Codes;
  /**
   * Offset of the department's clock. 部门系统时钟的时区偏移。
   */
  utcOffset?: string;
  /**
   * Asks for compressed replies. 请求压缩答复。
   */
  compression?: boolean;
  /**
   * Encoding of what is sent; replies may be in any of these. 请求的编码；答复可用其中任何一种。
   */
  charset?: 'UTF-8' | 'UTF-16' | 'GB18030' | 'GBK';
  probe?: Probe;
}
/**
 * How the gateway proves itself; one of these. Mutual TLS is under tls. 网关证明身份的方式，任选其一；双向 TLS 见 tls。
 */
export interface Authentication {
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
 * Which header tells the system what of the call; what is left out is not sent. 以哪个请求头告知部门系统调用信息；未列出的不发送。
 */
export interface CallHeaders {
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
