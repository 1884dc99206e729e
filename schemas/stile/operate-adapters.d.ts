/** Generated from operate-adapters.json by schemas/generate.ts; do not edit. */

/**
 * Answer of GET /operate/adapters: how departments' systems stand with one replica, since it opened them. 各部门系统的状况（就一个网关副本而言）。
 */
export interface OperateAdapters {
  /**
   * `shard/index`. 台账位置。
   */
  record: string;
  adapters: AdapterStanding[];
}
export interface AdapterStanding {
  /**
   * department/adapter. 部门/适配器。
   */
  id: string;
  kind: string;
  services: string[];
  /**
   * Whether its last question was answered; paused and tried by the breaker. 最近一次请求是否得到答复；paused 与 tried 由熔断器决定。
   */
  state: 'answering' | 'failing' | 'paused' | 'tried' | 'unasked';
  /**
   * Questions being asked. 进行中的请求。
   */
  underWay: number;
  /**
   * Most of them. 其上限。
   */
  concurrency: number;
  /**
   * Questions that wait for their turn. 排队的请求。
   */
  waiting: number;
  /**
   * Most of them. 其上限。
   */
  queue: number;
  answered: number;
  /**
   * RFC 3339, UTC.
   */
  lastAnswer?: string;
  /**
   * How often it failed, by kind. 各类故障的次数。
   */
  failed: {
    [k: string]: number;
  };
  lastFailure?: {
    failure: string;
    at: string;
  };
  /**
   * Questions not put to it: too many under way, or it was left alone. 未提交的请求：过多或已暂停。
   */
  turnedAway: number;
  /**
   * Answers that broke the contract. 违反契约的答复。
   */
  breaches: number;
  /**
   * Milliseconds, of the last five to ten minutes. 最近五至十分钟的耗时，毫秒。
   */
  latency?: {
    count: number;
    p50: number;
    p90: number;
    p99: number;
  };
  /**
   * When the data of its last dated answer was true, as it says itself. 最近一次注明时点的答复所述的数据时点。
   */
  asOf?: string;
  /**
   * What came of the last probe. 最近一次探测的结果。
   */
  probe?: {
    at: string;
    /**
     * Absent when the system can be reached. 可达时没有此项。
     */
    failure?: string;
  };
}
