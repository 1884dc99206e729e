/** An agreement as the API shows it to staff: its terms, the state it is in, and what has moved under it. */
import type { Registry } from '../registry/registry.js';
import type { Agreement, Pins } from './agreement.js';
import { movedPins } from './pin.js';
import { stateOf } from './state.js';

export interface AgreementView extends Omit<Agreement, 'pins'> {
  /** The pins that have moved since it was granted; empty when none has. */
  readonly moved: readonly (keyof Pins)[];
}

/** @param registry the one in force, which says what has moved */
export function viewOf({ pins, ...agreement }: Agreement, registry: Registry): AgreementView {
  const service = registry.services.get(agreement.service);
  const moved = service === undefined ? [] : movedPins(pins, service);
  return { ...agreement, state: stateOf({ ...agreement, pins }, service), moved };
}
