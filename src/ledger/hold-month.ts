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
  /** Null frees it. It stands beside the entry, where it can be erased. */
  readonly why: string | null;
  /** Who does it, on their own word. */
  readonly by: string;
}

/** @throws {OperatorError} when a month is to be freed that is not held, or held that is dropped */
export async function holdMonth({ query, ledger, month, why, by }: HoldOptions): Promise<void> {
  const text = 'SELECT held, dropped_at FROM ledger_retention WHERE month = $1';
  const [row] = (await query(text, [month])).rows;
  if (why === null && (row?.held ?? null) === null) {
    throw new OperatorError({ zh: `${month} 没有处于法定保全中。`, en: `${month} is not under legal hold.` });
  }
  if (why !== null && (row?.dropped_at ?? null) !== null) {
    throw new OperatorError({
      zh: `${month} 已归档并从存储库删除：请保全其归档。`,
      en: `${month} is archived and dropped: hold its archive.`,
    });
  }
  const id = randomId();
  const change = () => query('SELECT ledger_hold_month($1, $2)', [month, why === null ? null : id]);
  // A hold stands before it is told, a release only afterwards: whatever fails between leaves the month held.
  if (why !== null) await change();
  await ledger.append({
    entry: {
      kind: entryKind.retention,
      id,
      action: why === null ? retentionAction.freed : retentionAction.held,
      month,
      operator: { id: by, assurance: 'asserted' },
    },
    ...(why === null ? {} : { text: why }),
  });
  if (why === null) await change();
}
