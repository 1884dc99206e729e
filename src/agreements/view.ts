/** An agreement as the API shows it to staff: its terms, the state it is in, and what has moved under it. */
import type { Beside, Erased } from '../ledger/texts.js';
import type { Registry } from '../registry/registry.js';
import type { Agreement, Pins } from './agreement.js';
import { movedPins } from './pin.js';
import { stateOf } from './state.js';
import type { StoredVersion } from './store.js';

export interface AgreementView extends Agreement {
  /** The pins that have moved since it was granted; empty when none has. */
  readonly moved: readonly (keyof Pins)[];
}

/** A version of an agreement as staff see it, with what whoever made it wrote. */
export type ShownVersion = StoredVersion & {
  readonly why?: string;
  /** When what was written was erased, and by which entry. */
  readonly erased?: Erased;
};

/** @param texts of the ledger's entries, by their ids */
export function shownVersion(version: StoredVersion, texts: ReadonlyMap<string, Beside>): ShownVersion {
  const beside = texts.get(version.entry);
  if (beside === undefined) return version;
  return 'text' in beside ? { ...version, why: beside.text } : { ...version, ...beside };
}

/** @param registry the one in force, which says what has moved */
export function viewOf(agreement: Agreement, registry: Registry): AgreementView {
  const service = registry.services.get(agreement.service);
  const moved = service === undefined ? [] : movedPins(agreement.pins, service);
  return { ...agreement, state: stateOf(agreement, service), moved };
}
