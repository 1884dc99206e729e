/** Puts the pure step *decide* to the agreements as they are now, and notes on the trail under which version it was made. */
import { agreementState } from '../agreements/agreement.js';
import type { Grant } from '../agreements/grant.js';
import { type Exit, isExit } from '../problem.js';
import { consider, decide } from './decide.js';
import type { Gateway } from './gateway.js';
import type { Under } from './parts.js';
import type { Asked } from './prepare.js';
import type { Trail } from './trail.js';

/** How often one exchange is decided at the most, should the agreements move under it again and again. */
export const mostDecisions = 8;

export function decideNow(asked: Asked, gateway: Gateway, trail: Trail): Grant | Exit {
  const { client, service, request, received } = asked;
  const agreements = gateway.agreements.current(trail.registry);
  const question = {
    client,
    purpose: received.purpose,
    tokenPurpose: trail.tokenPurpose,
    request,
    now: trail.now,
    registry: trail.registry,
  };
  const grants = agreements.of(client.department, service.id);
  const grant = decide(question, grants);
  trail.purpose = received.purpose ?? trail.tokenPurpose;
  trail.agreements = agreements.version;
  trail.grant = isExit(grant) ? undefined : grant;
  if (trail.kind === 'explain') trail.considered = consider(question, grants);
  return grant;
}

/** Decides once more after the agreements have moved: they and their version are read again in one snapshot. */
export async function decideAgain(asked: Asked, gateway: Gateway, trail: Trail): Promise<Grant | Exit> {
  try {
    await gateway.agreements.refresh((trail.agreements ?? 0) + 1);
  } catch (error) {
    gateway.logger.error({ id: trail.id, err: error }, 'the agreements have moved and cannot be read');
    return { code: 'STILE_RECORD_UNAVAILABLE', retryAfter: 1 };
  }
  const grant = decideNow(asked, gateway, trail);
  return isExit(grant) || stillGranted(trail.under, gateway, trail) ? grant : { code: 'STILE_PART_CHANGED' };
}

/**
 * Whether the agreements that a composite's parts were released under are all as they were then. One of the same version has
 * the same terms, so that only whether it is in force can have changed.
 */
export function stillGranted(under: readonly Under[], gateway: Gateway, { client, registry, now }: Trail): boolean {
  if (under.length === 0) return true;
  const agreements = gateway.agreements.current(registry);
  return under.every(({ service, agreement: { id, version } }) => {
    const grants = agreements.of(client?.department ?? '', service);
    const grant = grants.find(({ agreement }) => agreement.id === id && agreement.version === version);
    return grant?.state === agreementState.active && now >= grant.from && now < grant.until;
  });
}
