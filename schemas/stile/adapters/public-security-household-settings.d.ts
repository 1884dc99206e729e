/** Generated from adapters/public-security-household-settings.json by schemas/generate.ts; do not edit. */

/**
 * How to reach the public security bureau's household register. 与公安户籍系统对接的设置。
 */
export interface PublicSecurityHouseholdSettings {
  /**
   * Where the department's system is; a path in it goes before every question's path. 部门系统的地址；其中的路径置于每次请求路径之前。
   */
  baseUrl: string;
  /**
   * Signs each request (gjgxjhpt_sign). 请求签名密钥。
   */
  secret: string;
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
}
