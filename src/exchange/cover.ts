/** Whether the ledger is watched as config demands: where its witnesses are away too long, nothing more is released. */
import type { Exit } from '../problem.js';
import type { Gateway } from './gateway.js';
import type { Trail } from './trail.js';

/**
 * Looked at before the department is asked, so that nothing is fetched or done there which could not be told. What is under
 * way by then ends as it would.
 */
export function requireWitnesses(gateway: Gateway, trail: Trail): Exit | undefined {
  const { whenStale } = trail.registry.settings.ledger.witnessPolicy;
  return whenStale === 'stop' && gateway.signed.tooFewWitnesses()
    ? { code: 'STILE_WITNESSES_AWAY', retryAfter: 10 }
    : undefined;
}
