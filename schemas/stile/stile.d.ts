/** Generated from stile.json by schemas/generate.ts; do not edit. */

/**
 * config/stile.yaml: one slice a part of the gateway. 网关设置，每个部分一段。
 */
export interface SettingsFile {
  /**
   * Name of this deployment, DNS-like; origin of the ledger's checkpoints, so it never changes. 部署名称，形如域名；台账检查点以它为来源，不可更改。
   */
  deployment: string;
  /**
   * True for the sample deployment only: sample departments, keys and staff are accepted. 仅示例部署可为 true：接受示例部门、密钥与人员。
   */
  sandbox?: boolean;
  /**
   * How changed files come into force: auto by themselves, manual only by stile apply or SIGHUP. 配置文件更改后如何生效：auto 自动；manual 仅在 stile apply 或 SIGHUP 时。
   */
  reload?: 'auto' | 'manual';
  /**
   * Limits of the exchange path. 交换路径的限度。
   */
  exchange?: {
    /**
     * Largest request body, bytes. 请求体上限，字节。
     */
    bodyLimit?: number;
    /**
     * Deepest nesting of a request or reply. 请求与答复的最大嵌套层数。
     */
    depthLimit?: number;
    /**
     * Addresses or networks (CIDR) of the load balancers in front, whose X-Forwarded-For is believed; none: the peer is the source. 可信的前置负载均衡地址或网段，采信其 X-Forwarded-For；为空则以对端为来源。
     */
    trustedProxies?: string[];
    /**
     * Refusals a second that get a record of their own; more are answered at once and become one entry a second. 每秒单独入账的拒绝数；超出者即刻答复并按秒合并入账。
     */
    refusals?: {
      /**
       * Of one source address (IPv6: one /64). 同一来源地址（IPv6 按 /64）。
       */
      source?: number;
      /**
       * Of one client, service and code. 同一调用系统、服务与错误码。
       */
      client?: number;
      /**
       * Over all sources and clients. 全部来源与调用系统合计。
       */
      all?: number;
    };
    /**
     * Most calls a second of one source, refused or not; far above what any system needs. 同一来源每秒调用上限，无论是否拒绝；应远高于任何系统所需。
     */
    sourceRate?: number;
    /**
     * Longest that a reply waits for the release level of its service, milliseconds. 答复等待其服务放行级别的最长时间，毫秒。
     */
    releaseDeadline?: number;
    /**
     * Through how many gateways a call may have come. 一次请求最多可经过的网关数。
     */
    hopLimit?: number;
    /**
     * How long a reply stays repeatable by its Idempotency-Key, seconds. 凭 Idempotency-Key 可重取答复的时长，秒。
     */
    repeatLife?: number;
  };
  /**
   * How the ledger writes. 台账的写入。
   */
  ledger?: {
    /**
     * Longest wait for a record, milliseconds. 等待入账的最长时间，毫秒。
     */
    deadline?: number;
    /**
     * Longest wait for one statement, milliseconds. 单条语句的最长时间，毫秒。
     */
    statementDeadline?: number;
    /**
     * Most entries waiting for a commit. 等待提交的条目上限。
     */
    queue?: number;
    /**
     * Life of a shard's lease, milliseconds. 分片租约时长，毫秒。
     */
    lease?: number;
    /**
     * How many shards a new store is given. 新建台账的分片数。
     */
    shards?: number;
    /**
     * Least time between two checkpoints of a log, milliseconds. 同一日志两次检查点的最短间隔，毫秒。
     */
    checkpointEvery?: number;
    /**
     * Private keys of Ed25519 in PEM that sign the ledger's checkpoints, oldest first, as references; absent: made in the data folder. 签署台账检查点的 Ed25519 私钥（PEM 引用，旧者在前）；缺省时在数据目录生成。
     *
     * @minItems 1
     */
    signingKeys?: string[];
    /**
     * Who is asked to cosign the roll (C2SP tlog-witness). 请其副署总册的见证者（C2SP tlog-witness）。
     *
     * @maxItems 50
     */
    witnesses?: {
      /**
       * Its submission prefix, with no trailing slash. 提交地址，末尾不带斜杠。
       */
      url: string;
      /**
       * As stile witness prints it. 验证密钥，即 stile witness 所打印者。
       */
      key: string;
    }[];
    /**
     * What is asked of the witnesses; of no account where there are none. 对见证者的要求；没有见证者时不起作用。
     */
    witnessPolicy?: {
      /**
       * How many of them must cosign a checkpoint. 一个检查点须有多少见证者副署。
       */
      required?: number;
      /**
       * How old their cosignatures may become, seconds. 副署可有多旧，秒。
       */
      stale?: number;
      /**
       * When too few are that young: warn, or stop releasing. 新近副署不足时：warn 警告，stop 停止放行。
       */
      whenStale?: 'warn' | 'stop';
    };
  };
  /**
   * How long the ledger's months are kept at least; can only be longer than the law's. 台账各月的最短保存期限，只可延长。
   */
  retention?: {
    /**
     * Months after the month's end. 发放过个人数据的月份，月底之后的月数。
     */
    released?: number;
    /**
     * Months after the month's end. 其余月份，月底之后的月数。
     */
    other?: number;
    /**
     * Folder of archived months, from which receipts of dropped records are given; absent: they are refused. 归档目录，已删除月份的回执由此出具；缺省则拒绝。
     */
    archives?: string;
  };
  /**
   * Tokens and their issuer. 令牌及其签发者。
   */
  identity: {
    /**
     * The URL clients know the gateway by, with no trailing slash; tokens and metadata carry it. 调用系统所用的网关地址，末尾不带斜杠；写入令牌与元数据。
     */
    issuer: string;
    /**
     * Seconds. 令牌有效期，秒。
     */
    tokenLife?: number;
    /**
     * Tolerated in assertions, seconds. 断言允许的时钟偏差，秒。
     */
    clockSkew?: number;
    /**
     * A file with the private JWK that signs tokens; absent: made in the data folder. 签发令牌的私钥 JWK 文件；缺省时在数据目录生成。
     */
    signingKeyFile?: string;
  };
  /**
   * Findings of safety rules that are meant to be so, each with its reason; see docs/safety.md. 有意为之的安全发现，各须写明理由。
   */
  exceptions?: Exception[];
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
