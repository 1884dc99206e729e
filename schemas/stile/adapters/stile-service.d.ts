/** Generated from adapters/stile-service.json by schemas/generate.ts; do not edit. */

/**
 * How one service is asked of another Stile gateway; request and reply are those of its contract. 经另一越篱网关请求某一数据服务的方式；请求与答复即其契约。
 */
export interface StileService {
  /**
   * The service's id at the peer, `department/service/v1`. 对端网关上的数据服务编号。
   */
  service: string;
}
