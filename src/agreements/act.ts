/** Acts on one agreement: suspends, resumes or ends it, or consents to what has moved under it. */
import type { StaffPrincipal } from '../identity/principal.js';
import { type Exit, isExit } from '../problem.js';
import { checkAgreement } from '../registry/agreement-check.js';
import type { Registry } from '../registry/registry.js';
import type { Agreement } from './agreement.js';
import { type AgreementChanges, type Committed, changeAgreements, type PlannedChange } from './change.js';
import { pinsOf } from './pin.js';
import { type AgreementAction, agreementAction, nextState, stateOf } from './state.js';
import { readHistory } from './store.js';

export interface Acted {
  readonly agreement: Agreement;
  readonly committed: Committed;
}

/**
 * @param by an officer; one of a department acts only on what that department provides
 * @param why the officer's own words, kept beside the ledger
 */
export async function act(
  action: Exclude<AgreementAction, 'import'>,
  id: string,
  why: string,
  by: StaffPrincipal,
  changes: AgreementChanges,
): Promise<Acted | Exit> {
  const plan = (registry: Registry) => planAct({ action, id, why, by }, registry, changes);
  const found = await changeAgreements(plan, by, changes);
  if (isExit(found)) return found;
  const { plan: planned, committed } = found;
  if (committed === undefined) throw new Error('an act always changes something');
  return { agreement: planned.changes[0].agreement, committed };
}

interface AskedAct {
  readonly action: AgreementAction;
  readonly id: string;
  readonly why: string;
  readonly by: StaffPrincipal;
}

async function planAct(
  { action, id, why, by }: AskedAct,
  registry: Registry,
  { pool }: AgreementChanges,
): Promise<{ readonly changes: readonly [PlannedChange] } | Exit> {
  const [latest] = await readHistory(pool, id);
  if (latest === undefined) return { code: 'STILE_AGREEMENT_UNKNOWN' };
  const held = latest.agreement;
  if (by.department !== undefined && by.department !== held.provider) return { code: 'STILE_AGREEMENT_PROVIDER' };
  const agreement = next(action, held, registry);
  return isExit(agreement) ? agreement : { changes: [{ agreement, action, why }] };
}

function next(action: AgreementAction, held: Agreement, registry: Registry): Agreement | Exit {
  const service = registry.services.get(held.service);
  const state = nextState(action, stateOf(held, service));
  if (state === undefined) return { code: 'STILE_AGREEMENT_STATE' };
  const agreement = { ...held, version: held.version + 1, state };
  if (action !== agreementAction.consent) return agreement;
  const { version: _version, state: _state, pins: _pins, ...terms } = held;
  const { findings } = checkAgreement(terms, registry);
  if (findings.length === 0 && service !== undefined) return { ...agreement, pins: pinsOf(service) };
  // Consent cannot mend terms that no longer fit: they need a new import.
  const violations = findings.map(({ pointer, rule, message }) => ({ pointer, keyword: rule, message }));
  return { code: 'STILE_AGREEMENT_INVALID', violations };
}
