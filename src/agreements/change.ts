/** Changes to agreements: planned on what is held, then committed with their ledger entries in one transaction. */
import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { StaffPrincipal } from '../identity/principal.js';
import { type Ledger, LedgerError, type Position } from '../ledger/ledger.js';
import { type Exit, isExit } from '../problem.js';
import type { Registry } from '../registry/registry.js';
import type { Agreement } from './agreement.js';
import type { AgreementIndex } from './agreement-index.js';
import { changeDraft } from './change-entry.js';
import type { AgreementAction } from './state.js';
import { addVersions } from './store.js';

/** What changing agreements needs. */
export interface AgreementChanges {
  readonly pool: Pool;
  readonly ledger: Ledger;
  readonly index: AgreementIndex;
  readonly registry: () => Registry;
  readonly logger: Logger;
}

/** An agreement as it shall be: its next version. */
export interface PlannedChange {
  readonly agreement: Agreement;
  readonly action: AgreementAction;
  readonly why?: string;
}

export interface Committed {
  /** The agreements' version from now on. */
  readonly version: number;
  /** Ledger position of each change's entry, in their order. */
  readonly positions: readonly Position[];
}

/** Most changes of one transaction, as every append of every shard waits for it. */
export const mostChanges = 500;

/** Seconds after which to try again what could not be recorded. */
const retryAfter = 1;

/** Thrown in the transaction to undo it; never leaves this file. */
class Overtaken extends Error {}

/**
 * Commits changes, all or none. Once it resolves nothing is released under what held before, on any replica.
 *
 * @param registry the one the changes were planned on
 * @returns `overtaken` when an agreement has changed since it was read: then nothing was done, and it is planned anew
 */
async function commitChanges(
  changes: readonly PlannedChange[],
  by: StaffPrincipal,
  registry: Registry,
  { ledger, index, logger }: AgreementChanges,
): Promise<Committed | 'overtaken' | Exit> {
  const staff = { id: by.id, role: by.role };
  const versions = changes.map(({ agreement, action, why }) => {
    return { agreement, action, staff, why, entry: randomBytes(16).toString('base64url') };
  });
  const [first, ...further] = versions.map(version => changeDraft(version, registry.digest));
  if (first === undefined) throw new RangeError('there is no change to commit');
  try {
    const { position, version } = await ledger.appendWithChange(
      first,
      async query => {
        if (!(await addVersions(query, versions))) throw new Overtaken();
      },
      further,
    );
    // The append's comparison already keeps this replica from the old grants; this only saves the next call the detour.
    await index
      .refresh(version)
      .catch((error: unknown) => logger.error({ err: error }, 'the changed agreements cannot be read yet'));
    const { shard } = position;
    return { version, positions: versions.map((_, at) => ({ shard, index: position.index + at })) };
  } catch (error) {
    if (error instanceof Overtaken) return 'overtaken';
    if (!(error instanceof LedgerError)) throw error;
    logger.error({ err: error }, 'a change of agreements could not be recorded');
    return { code: 'STILE_RECORD_UNAVAILABLE', retryAfter };
  }
}

/** How often a change is planned, should others overtake it again and again. */
const mostPlans = 20;

/**
 * Plans and commits, as often as others are faster.
 *
 * @param plan reads what is held and says what shall change, or why nothing can
 */
export async function changeAgreements<Plan extends { readonly changes: readonly PlannedChange[] }>(
  plan: (registry: Registry) => Promise<Plan | Exit>,
  by: StaffPrincipal,
  changes: AgreementChanges,
): Promise<{ readonly plan: Plan; readonly committed: Committed | undefined } | Exit> {
  for (let plans = 0; plans < mostPlans; plans++) {
    const registry = changes.registry();
    const planned = await plan(registry);
    if (isExit(planned)) return planned;
    if (planned.changes.length === 0) return { plan: planned, committed: undefined };
    const committed = await commitChanges(planned.changes, by, registry, changes);
    if (committed === 'overtaken') continue;
    return isExit(committed) ? committed : { plan: planned, committed };
  }
  return { code: 'STILE_AGREEMENT_STATE' };
}
