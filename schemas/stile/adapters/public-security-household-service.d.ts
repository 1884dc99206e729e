/** Generated from adapters/public-security-household-service.json by schemas/generate.ts; do not edit. */

/**
 * Which of the platform's services is asked. 所请求的平台服务。
 */
export interface PublicSecurityHouseholdService {
  /**
   * The id the platform gave the service (gjgxjhpt_sid). 平台分配的服务标识。
   */
  serviceId: string;
}
