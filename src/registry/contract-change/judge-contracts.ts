/** Judges all contracts of a deployment against those they replace, and names the agreements that each change touches. */
import type { Contract, Registry } from '../registry.js';
import type { Schema } from '../schema-store.js';
import { half, lost } from './change-rule.js';
import { type Breaking, judgeContract } from './judge.js';

export interface Contracts {
  /** By `department/service/v1`. */
  readonly contracts: ReadonlyMap<string, Contract>;
  /** By `$id`. */
  readonly schemas: ReadonlyMap<string, Schema>;
}

/** What must be known of an agreement to tell whether a change touches it. */
export interface Party {
  readonly id: string;
  readonly service: string;
  readonly fields: readonly { readonly path: string }[];
}

export interface ServiceBroken extends Breaking {
  /** `department/service/v1` */
  readonly service: string;
  /** Ids of the agreements that are touched. */
  readonly agreements: readonly string[];
}

/** The contracts that a registry serves by; a withheld service is never called, so nothing of it can break. */
export const contractsOf = ({ services, schemas }: Registry): Contracts => ({
  contracts: new Map([...services.values()].map(({ id, contract }) => [id, contract])),
  schemas,
});

/** @param agreements those still in use; what is ended is broken by nothing */
export function judgeContracts(old: Contracts, now: Contracts, agreements: readonly Party[]): readonly ServiceBroken[] {
  return [...old.contracts].flatMap(([service, before]) => {
    const after = now.contracts.get(service);
    const found =
      after === undefined
        ? [removed(before)]
        : judgeContract({ contract: before, schemas: old.schemas }, { contract: after, schemas: now.schemas });
    if (found.length === 0) return [];
    const parties = agreements.filter(each => each.service === service);
    return found.map(breaking => ({
      ...breaking,
      service,
      agreements: parties.filter(party => touches(breaking, party)).map(({ id }) => id),
    }));
  });
}

const removed = ({ request }: Contract): Breaking => ({
  rule: lost.contract,
  half: half.request,
  field: '',
  at: { id: String(request.schema.$id), pointer: '' },
});

/**
 * Whoever asks is touched by whatever becomes of the request. Of a reply an agreement's consumer sees the granted fields
 * alone, so a change elsewhere never reaches it.
 */
export const touches = ({ half: which, field }: Breaking, { fields }: Party): boolean =>
  which === half.request || field === '' || fields.some(({ path }) => isWithin(path, field) || isWithin(field, path));

/** Whether the path is the other, or below it. */
const isWithin = (path: string, other: string): boolean =>
  path === other || path.startsWith(`${other}.`) || path.startsWith(`${other}[]`);
