/** What a release needs beyond its record: that the ledger is watched, and that signatures cover the record, as config demands. */
import type { Position } from '../ledger/ledger.js';
import { type SignedBy, signedBy } from '../ledger/signed.js';
import { type Exit, isExit } from '../problem.js';
import { type ReleaseLevel, releaseLevel } from '../registry/registry.js';
import type { RawCall } from './call.js';
import { decideAgain } from './decision.js';
import type { Gateway } from './gateway.js';
import type { Prepared } from './prepare.js';
import type { Trail } from './trail.js';

/** Whose signatures a level waits for. */
const signers: Readonly<Record<Exclude<ReleaseLevel, typeof releaseLevel.committed>, SignedBy>> = {
  [releaseLevel.checkpointed]: signedBy.ledger,
  [releaseLevel.witnessed]: signedBy.witnesses,
};

const late: Exit = { code: 'STILE_RELEASE_LATE', retryAfter: 1 };

/**
 * Looked at before the department is asked, so that nothing is fetched or done there which could not be told. What is under
 * way by then ends as it would.
 */
export function requireWitnesses({ service }: Prepared, gateway: Gateway, trail: Trail): Exit | undefined {
  const { whenStale } = trail.registry.settings.ledger.witnessPolicy;
  const isNeeded = whenStale === 'stop' || service.release === releaseLevel.witnessed;
  return isNeeded && gateway.signed.tooFewWitnesses() ? { code: 'STILE_WITNESSES_AWAY', retryAfter: 10 } : undefined;
}

/**
 * Waits until the record is covered as the service demands. As that takes a while, the agreements are looked at once more
 * then: what was suspended meanwhile is not released.
 *
 * @returns why nothing may be sent
 */
export async function reachLevel(
  prepared: Prepared,
  position: Position,
  call: RawCall,
  gateway: Gateway,
  trail: Trail,
): Promise<Exit | undefined> {
  const { release } = prepared.service;
  if (release === releaseLevel.committed) return undefined;
  const { releaseDeadline } = trail.registry.settings.exchange;
  const covered = await gateway.signed.covers(position, signers[release], releaseDeadline);
  if (covered === null) return late;
  if (call.gone()) return { code: 'STILE_CALLER_GONE' };
  if (covered.agreements === trail.agreements) return undefined;
  const { id, version } = prepared.grant.agreement;
  const grant = await decideAgain(prepared, gateway, trail);
  if (isExit(grant)) return grant;
  // The reply was cut to the grant as it was.
  return grant.agreement.id === id && grant.agreement.version === version ? undefined : late;
}
