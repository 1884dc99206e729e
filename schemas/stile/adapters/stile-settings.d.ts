/** Generated from adapters/stile-settings.json by schemas/generate.ts; do not edit. */

/**
 * How to ask another Stile gateway, of another region or tier. 访问另一地区或层级的越篱网关的设置。
 */
export interface StileSettings {
  /**
   * Where the department's system is; a path in it goes before every question's path. 部门系统的地址；其中的路径置于每次请求路径之前。
   */
  baseUrl: string;
  /**
   * The peer's name, as its config/stile.yaml has it; an answer under another is none. 对端的部署名称（见其 config/stile.yaml）；自称他名的答复无效。
   */
  deployment: string;
  /**
   * The URL that the peer goes by, where that is not the base URL: the audience of assertions. 对端的签发者地址（与基础地址不同时）：断言的受众。
   */
  issuer?: string;
  /**
   * This gateway's client id at the peer. 本网关在对端的调用系统编号。
   */
  clientId: string;
  /**
   * The client's private key, PEM: P-256, Ed25519 or RSA; the peer has the public one. 调用系统的私钥（PEM）：P-256、Ed25519 或 RSA；公钥登记在对端。
   */
  privateKey: string;
  /**
   * The kid of that key, where the peer's config gives it one. 该密钥的编号（对端配置了 kid 时）。
   */
  keyId?: string;
  /**
   * The peer's ids of purposes, by this gateway's, where they differ. 用途编号对照：键为本网关的，值为对端的（仅列不同者）。
   */
  purposes?: {
    [k: string]: string;
  };
  tls?: Tls;
  /**
   * Accepts any certificate, so anybody in between can read and answer. Warned of at each start. 接受任何证书，中间人可窃听与冒充；每次启动都会警告。
   */
  unverifiedTls?: true;
  /**
   * Longest wait for a connection, milliseconds. 建立连接的最长等待（毫秒）。
   */
  connectTimeout?: number;
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
