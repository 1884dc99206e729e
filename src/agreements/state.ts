/** The states of an agreement and what leads from one to another, in one table. */
import type { Service } from '../registry/registry.js';
import { type Agreement, type AgreementState, agreementState } from './agreement.js';
import { movedPins } from './pin.js';

/** What may be done to an agreement. */
export const agreementAction = {
  /** Makes an agreement, or gives it new terms. */
  import: 'import',
  suspend: 'suspend',
  resume: 'resume',
  /** Agrees that it goes on though what it was granted on has moved. */
  consent: 'consent',
  end: 'end',
} as const;
export type AgreementAction = (typeof agreementAction)[keyof typeof agreementAction];

const { active, suspended, waiting, ended } = agreementState;

/** From which state an action leads to which; what is not here is not allowed. New terms never revive a suspended one. */
const transitions: Readonly<Record<AgreementAction, Partial<Record<AgreementState, AgreementState>>>> = {
  import: { [active]: active, [suspended]: suspended, [waiting]: active },
  suspend: { [active]: suspended, [waiting]: suspended },
  resume: { [suspended]: active },
  consent: { [waiting]: active },
  end: { [active]: ended, [suspended]: ended, [waiting]: ended },
};

/** The state an action leads to; undefined when the state does not allow it. */
export const nextState = (action: AgreementAction, state: AgreementState): AgreementState | undefined =>
  transitions[action][state];

/**
 * The state an agreement is in: what is stored, or `waiting` when it is active but stands on what has moved.
 *
 * @param service the agreement's, or undefined when the registry no longer has it
 */
export function stateOf(agreement: Agreement, service: Service | undefined): AgreementState {
  if (agreement.state !== active) return agreement.state;
  return service === undefined || movedPins(agreement.pins, service).length > 0 ? waiting : active;
}
