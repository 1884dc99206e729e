/** What an agreement comes to under a registry. */
import { type Agreement, type AgreementState, agreementState } from '../agreements/agreement.js';
import { stateOf } from '../agreements/state.js';
import type { Registry } from '../registry/registry.js';

export interface AgreementStanding {
  readonly state: AgreementState;
  /** Those that the registry has. */
  readonly purposes: readonly string[];
  readonly clients: readonly string[];
}

export function standingOf(agreement: Agreement, registry: Registry): AgreementStanding {
  const { consumer } = agreement;
  const there = registry.departments.has(consumer);
  return {
    state: there ? stateOf(agreement, registry.services.get(agreement.service)) : agreementState.waiting,
    purposes: agreement.purposes.filter(id => registry.purposes.has(id)),
    clients: (agreement.clients ?? []).filter(id => registry.clients.has(`${consumer}/${id}`)),
  };
}
