/** Generated from adapters/sql-settings.json by schemas/generate.ts; do not edit. */

/**
 * How to reach a department's database, to read it and no more. 与部门数据库对接的设置，只读。
 */
export interface SqlSettings {
  /**
   * Which database it is: postgresql; or mysql, for MySQL and MariaDB. 数据库种类：postgresql；mysql 指 MySQL 与 MariaDB。
   */
  driver: 'postgresql' | 'mysql';
  /**
   * The database's host name or address, or the absolute path of its Unix socket: for PostgreSQL, of the folder that the socket is in. 数据库的主机名或地址，或 Unix 套接字的绝对路径（PostgreSQL 为套接字所在文件夹）。
   */
  host: string;
  /**
   * Its port; without it, the database's usual one. 端口；省略时为该数据库的常用端口。
   */
  port?: number;
  /**
   * Name of the database. 数据库名称。
   */
  database: string;
  /**
   * A login of the gateway's own, which may read what its services need and no more. 网关专用的登录名，只可读取数据服务所需的内容。
   */
  user: string;
  /**
   * Its password. 口令。
   */
  password: string;
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
     * The name on the database's certificate, where it is not the host. 数据库证书上的名称（与主机名不同时）。
     */
    serverName?: string;
  };
  /**
   * Accepts any certificate, so anybody in between can read and answer. Warned of at each start. 接受任何证书，中间人可窃听与冒充；每次启动都会警告。
   */
  unverifiedTls?: true;
  /**
   * Connects without TLS, so anybody in between can read and change what passes. Warned of at each start. 不使用 TLS，中间人可窃听与篡改；每次启动都会警告。
   */
  unencrypted?: true;
  /**
   * Longest wait for a connection, milliseconds. 建立连接的最长等待（毫秒）。
   */
  connectTimeout?: number;
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
   * Offset of the department's clock; the database writes times by it. 部门系统时钟的时区偏移；数据库依此书写时间。
   */
  utcOffset?: string;
}
