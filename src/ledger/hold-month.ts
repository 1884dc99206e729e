/** Puts a month under legal hold, or frees it: first an entry of the ledger, then the row that keeps it from being dropped. */
import { OperatorError } from '../operator-error.js';
import { randomId } from '../random.js';
import { entryKind, type Ledger, type Query, retentionAction } from './ledger.js';

export interface HoldOptions {
  /** As the owner of the tables. */
  readonly query: Query;
  readonly ledger: Pick<Ledger, 'append'>;
  /** `YYYY-MM`, in UTC. */
  readonly month: string;
  /** Null frees it. The ledger gets a keyed digest of it only. */
  readonly why: string | null;
  /** Who does it, on their own word. */
  readonly by: string;
}

/** @throws {OperatorError} when a month is to be freed that is not held */
export async function holdMonth({ query, ledger, month, why, by }: HoldOptions): Promise<void> {
  const held = await query('SELECT FROM ledger_retention WHERE month = $1 AND held IS NOT NULL', [month]);
  if (why === null && held.rows.length === 0) {
    throw new OperatorError({ zh: `${month} 没有处于法定保全中。`, en: `${month} is not under legal hold.` });
  }
  const change = () => query('SELECT ledger_hold_month($1, $2)', [month, why]);
  // A hold stands before it is told, a release only afterwards: whatever fails between leaves the month held.
  if (why !== null) await change();
  await ledger.append({
    entry: {
      kind: entryKind.retention,
      id: randomId(),
      action: why === null ? retentionAction.freed : retentionAction.held,
      month,
      operator: { id: by, assurance: 'asserted' },
    },
    ...(why === null ? {} : { digests: { why } }),
  });
  if (why === null) await change();
}
