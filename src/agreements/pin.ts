/** Pins: what an agreement was granted on, so that it waits for its provider's consent when one of them moves. */
import type { Service } from '../registry/registry.js';
import type { Pins } from './agreement.js';

/** What an agreement granted on this service now would pin. The sharing type is its own digest: it is one of three words. */
export const pinsOf = (service: Service): Pins => ({
  contract: service.contract.digest,
  mapping: service.mapping,
  sharing: service.sharing,
});

/** The names of the pins that have moved, in a fixed order; empty when the agreement still stands on what it was granted on. */
export function movedPins(pins: Pins, service: Service): readonly (keyof Pins)[] {
  const now = pinsOf(service);
  return (['contract', 'mapping', 'sharing'] as const).filter(name => pins[name] !== now[name]);
}
